import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import type { Coverage } from '../../../api/features/patrols/contract.ts'
import { allItems, call } from '../lib/api.ts'
import { nameOf, t, timeZone } from '../lib/text/text.svelte.ts'
import { boxOf } from '../map/box.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { type Period, PERIODS, spanOfPeriod } from './period.ts'
import { byNeglect, type Side, sideRows, sidesOf } from './sides.ts'

export const VIEWS = ['plan', 'coverage', 'rounds'] as const
export type View = (typeof VIEWS)[number]
export const COLOURINGS = ['age', 'passes'] as const
export type Colouring = (typeof COLOURINGS)[number]

const oneOf = <T extends string>(all: readonly T[], name: string): T =>
  all.find((one) => one === route.get(name)) ?? all[0]!

/** What the page shows: view, period, grid and side lie in the address; streets, grids and coverage are the server's. */
class PatrolsState {
  readonly view = $derived<View>(oneOf(VIEWS, 'view'))
  readonly period = $derived<Period>(oneOf(PERIODS, 'period'))
  readonly colouring = $derived<Colouring>(oneOf(COLOURINGS, 'by'))
  /** The grid that the list is of; null for all. */
  readonly gridId = $derived(route.get('grid'))
  readonly chosen = $derived(route.get('side'))
  now = $state(Date.now())
  failure = $state.raw<unknown>(null)
  coverage = $state.raw<Coverage | null>(null)
  #segments = $state.raw<readonly InventoryFeature<'street_segments'>[]>([])
  grids = $state.raw<readonly InventoryFeature<'grids'>[]>([])
  #asked = 0

  readonly sides = $derived(sidesOf(this.#segments))
  readonly rows = $derived(
    this.coverage ? sideRows(this.sides, this.coverage).sort(byNeglect) : null,
  )
  /** Midnights around the period, epoch milliseconds. */
  readonly span = $derived(spanOfPeriod(this.period, this.now, timeZone()))
  /** Ages are counted to here: now, or the end of a period that is over. */
  readonly asOf = $derived(Math.min(this.now, this.span.to))

  readonly #grids = $derived(
    new Map(this.grids.map(({ id, properties }) => [id, nameOf(properties, id)])),
  )

  /** A grid's name; sides far from all grids are nobody's. */
  gridName(id: string | null): string {
    return id === null ? t('patrols.no_grid') : (this.#grids.get(id) ?? t('patrols.old_grid'))
  }

  sideName(side: Side): string {
    const street = nameOf(side, t('inspect.unnamed_street'))
    return t('inspect.side_of', { street, direction: t(`inspect.side_${side.compass}`) })
  }

  async loadGround(): Promise<void> {
    const slug = community.getSlug()
    try {
      const [segments, grids] = await Promise.all([
        allItems('street_segments', { community: slug }),
        allItems('grids', { community: slug }),
      ])
      if (community.current?.slug !== slug) return
      this.#segments = segments
      this.grids = grids.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    } catch (error) {
      this.failure = error
    }
  }

  /** Reads the coverage of the period in view; what is shown stays until the new one has come. */
  async loadCoverage(): Promise<void> {
    const asked = ++this.#asked
    const query = {
      community: community.getSlug(),
      from: new Date(this.span.from).toISOString(),
      to: new Date(this.span.to).toISOString(),
    }
    try {
      const coverage = await call('GET /api/patrols/coverage', { query })
      if (asked !== this.#asked) return
      this.coverage = coverage
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  /** Another period's figures must not stand under this one's name. */
  forget(): void {
    this.coverage = null
  }

  choose(key: string | null): void {
    route.set({ side: key })
  }

  show(line: Side['line']): void {
    mapView.showBox(boxOf({ coordinates: line }), 18)
  }

  /** Lists the sides of all grids again; the view stays. */
  unlistGrid(): void {
    route.set({ grid: null })
  }

  /** Lists the sides of one grid (null: of all), and brings it into view. */
  chooseGrid(id: string | null): void {
    route.set({ grid: id, side: null })
    const grid = this.grids.find((one) => one.id === id)
    if (grid) mapView.showBox(boxOf(grid.geometry), 18)
  }
}

export const patrols = new PatrolsState()

const orderOf = ({ id, properties }: InventoryFeature<'grids'>): string =>
  properties.external_id ?? id
