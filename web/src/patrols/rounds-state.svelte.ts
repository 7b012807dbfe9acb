import type { PatrolDetails, PatrolView } from '../../../api/features/patrols/contract.ts'
import { call } from '../lib/api.ts'
import { timeZone } from '../lib/text/text.svelte.ts'
import { boxOf } from '../map/box.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { sideKey } from '../parts/side-names.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { patrols } from './patrols-state.svelte.ts'
import { dateAfter, dateOf, spanOfDay } from './period.ts'
import type { Side } from './sides.ts'

const A_DATE = /^(19|20|21)\d\d-\d\d-\d\d$/
const A_PAGE = 200

type WalkedSide = PatrolDetails['sides'][number] & { known: Side }

/** The rounds of one local day, and the one that is open. */
class RoundsState {
  readonly today = $derived(dateOf(patrols.now, timeZone()))
  readonly day = $derived.by(() => {
    const asked = route.get('day') ?? ''
    return A_DATE.test(asked) && !Number.isNaN(Date.parse(asked)) ? asked : this.today
  })
  readonly openId = $derived(route.get('patrol'))
  list = $state.raw<readonly PatrolView[] | null>(null)
  open = $state.raw<PatrolDetails | null>(null)
  failure = $state.raw<unknown>(null)
  #asked = 0
  #openAsked = 0

  /** The sides that the open round walked and the inventory knows, in the order of the walk. */
  readonly walkedSides = $derived.by((): WalkedSide[] =>
    (this.open?.sides ?? []).flatMap((pass) => {
      const known = patrols.sides.get(sideKey(pass))
      return known ? [{ ...pass, known }] : []
    }),
  )

  chooseDay(day: string): void {
    if (A_DATE.test(day)) route.set({ day: day === this.today ? null : day, patrol: null })
  }

  moveDay(days: 1 | -1): void {
    this.chooseDay(dateAfter(this.day, days))
  }

  choose(id: string | null): void {
    route.set({ patrol: id, side: null })
  }

  /** Reads the day's rounds, oldest first. */
  async load(): Promise<void> {
    const asked = ++this.#asked
    const { from, to } = spanOfDay(this.day, timeZone())
    const found: PatrolView[] = []
    try {
      let cursor: string | null = null
      do {
        const query: Record<string, string | number | null> = {
          community: community.getSlug(),
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          limit: A_PAGE,
          cursor,
        }
        const page = await call('GET /api/patrols', { query })
        found.push(...page.patrols)
        cursor = page.next_cursor
      } while (cursor !== null)
      if (asked !== this.#asked) return
      this.list = found.reverse()
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  /** Reads the open round; brought into view when it is opened, not when it grows. */
  async loadOpen(): Promise<void> {
    const asked = ++this.#openAsked
    const id = this.openId
    if (id === null) {
      this.open = null
      return
    }
    const isNew = this.open?.id !== id
    if (isNew) this.open = null
    try {
      const query = { community: community.getSlug() }
      const open = await call('GET /api/patrols/:id', { params: { id }, query })
      if (asked !== this.#openAsked) return
      this.open = open
      const lines = [
        ...this.walkedSides.map(({ known }) => known.line),
        ...(open.track ? [open.track] : []),
      ]
      if (isNew && lines.length > 0) mapView.showBox(boxOf({ coordinates: lines }), 18)
    } catch (error) {
      if (asked === this.#openAsked) this.failure = error
    }
  }

  /** Another day's rounds must not stand under this one's date. */
  forget(): void {
    this.list = null
  }

  async refresh(): Promise<void> {
    await Promise.all([this.load(), this.loadOpen()])
  }
}

export const rounds = new RoundsState()
