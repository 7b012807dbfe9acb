import type { Bulletin } from '../../../api/features/bulletins/contract.ts'
import { call } from '../lib/api.ts'
import { locale, timeZone } from '../lib/text/text.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'

/** How many months back the picker goes. */
const MONTHS = 24

/** One month's bulletin. */
class BulletinState {
  bulletin = $state.raw<Bulletin | null>(null)
  failure = $state.raw<unknown>(null)
  readonly months = $derived(monthsBack(Date.now(), timeZone()))
  /** YYYY-MM on the community's clock; the running month where the address names none. */
  readonly month = $derived(
    this.months.find((month) => month === route.get('month')) ?? this.months[0]!,
  )

  /** Reads the month in view; another month's figures leave at once. */
  async load(): Promise<void> {
    const { month } = this
    if (this.bulletin?.month !== month) this.bulletin = null
    try {
      const query = { community: community.getSlug(), month }
      const bulletin = await call('GET /api/bulletins', { query })
      if (this.month !== month) return
      this.bulletin = bulletin
      this.failure = null
    } catch (error) {
      if (this.month === month) this.failure = error
    }
  }

  /** The address of a spreadsheet. */
  sheet(name: 'bulletins.xlsx' | 'bulletins/hazards.xlsx', isOfMonth = true): string {
    const query = new URLSearchParams({
      community: community.getSlug(),
      ...(isOfMonth && { month: this.month }),
      lang: locale(),
    })
    return `/api/${name}?${query}`
  }
}

export const bulletins = new BulletinState()

/** Months on a clock, the running one first, as YYYY-MM. */
function monthsBack(now: number, zone: string): string[] {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    timeZone: zone,
  }).formatToParts(now)
  const year = Number(parts.find(({ type }) => type === 'year')!.value)
  const month = Number(parts.find(({ type }) => type === 'month')!.value)
  return Array.from({ length: MONTHS }, (_, back) => {
    const count = year * 12 + month - 1 - back
    return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
  })
}

/** 2026年9月. */
export function monthName(month: string): string {
  return new Intl.DateTimeFormat(locale(), {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(Date.parse(`${month}-01T00:00:00Z`))
}
