import type {
  Allocation,
  Stall,
  StallCalendar,
  TradingZone,
} from '../../../api/features/stalls/contract.ts'
import { call } from '../lib/api.ts'
import { timeZone } from '../lib/text/text.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { session } from '../state/session.svelte.ts'

/** Trading zones, and of the open one its stalls, who has them and the week's calendar. */
class ZonesState {
  zones = $state.raw<readonly TradingZone[] | null>(null)
  stalls = $state.raw<readonly Stall[]>([])
  allocations = $state.raw<readonly Allocation[]>([])
  calendar = $state.raw<StallCalendar | null>(null)
  failure = $state.raw<unknown>(null)
  /** Monday of the week that the calendar shows, local; null for this week. */
  monday = $state<string | null>(null)
  #asked = 0

  readonly openId = $derived(route.get('zone'))
  readonly open = $derived(this.zones?.find(({ id }) => id === this.openId) ?? null)
  readonly mayManage = $derived(session.mayDo('manage_stalls'))
  readonly mayRead = $derived(session.mayDo('read_stalls'))
  readonly week = $derived(this.monday ?? mondayOf(today()))

  async load(): Promise<void> {
    const asked = ++this.#asked
    const query = { community: community.getSlug() }
    const id = this.openId
    try {
      const { zones } = await call('GET /api/vendor_zones', { query })
      const known = id !== null && zones.some((zone) => zone.id === id) ? id : null
      const [stalls, calendar, allocations] = await Promise.all([
        known === null
          ? []
          : call('GET /api/vendor_zones/:id/stalls', { params: { id: known }, query }).then(
              (reply) => reply.stalls,
            ),
        known === null
          ? null
          : call('GET /api/vendor_zones/:id/calendar', {
              params: { id: known },
              query: { ...query, from: this.week },
            }),
        known === null || !this.mayRead
          ? []
          : call('GET /api/stall_allocations', { query: { ...query, zone_id: known } }).then(
              (reply) => reply.allocations,
            ),
      ])
      if (asked !== this.#asked) return
      this.zones = zones
      this.stalls = stalls
      this.calendar = calendar
      this.allocations = allocations
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  /** The calendar a week on or back. */
  turn(weeks: number): void {
    this.monday = addDays(this.week, 7 * weeks)
  }
}

export const zones = new ZonesState()

/** Today's date in the community. */
export const today = (): string => dateIn(timeZone(), Date.now())

export const addDays = (date: string, days: number): string =>
  dateIn('UTC', Date.parse(date) + days * DAY_MS)

const DAY_MS = 86_400_000
/** 1970-01-01 was a Thursday. */
const mondayOf = (date: string): string => addDays(date, -((Date.parse(date) / DAY_MS + 3) % 7))

/** Swedes write dates as ISO 8601 does. */
const dateIn = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at)
