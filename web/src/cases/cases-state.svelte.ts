import type { Static } from 'typebox'
import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'
import type { CaseCounts, CaseView, UnitList } from '../../../api/features/cases/contract.ts'
import { type Step, STEPS } from '../../../api/domain/case-flow.ts'
import { allItems, call } from '../lib/api.ts'
import { nameOf } from '../lib/text/text.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { type CaseFilter, PagedCases } from './paged-cases.svelte.ts'

type Unit = Static<typeof UnitList>['units'][number]
type Counts = Static<typeof CaseCounts>

export const VIEWS = ['board', 'list', 'map'] as const
export type View = (typeof VIEWS)[number]

/** Members of the address by which cases are filtered. */
const FILTERS = ['q', 'kind', 'unit', 'grid', 'overdue', 'hazard'] as const
type FilterName = (typeof FILTERS)[number]

/** The board of cases: what is asked for lies in the address, so that every view of it can be linked to. */
class CasesState {
  kinds = $state.raw<readonly CaseKind[]>([])
  units = $state.raw<readonly Unit[]>([])
  grids = $state.raw<readonly { id: string; name: string }[]>([])
  counts = $state.raw<Counts | null>(null)
  failure = $state.raw<unknown>(null)
  /** The case that is open, and the etag that its next change needs. */
  open = $state.raw<CaseView | null>(null)
  openFailure = $state.raw<unknown>(null)
  /** Drawn anew each half minute, because time runs out by itself. */
  now = $state(Date.now())
  readonly columns = STEPS.map((step) => ({ step, cases: new PagedCases() }))
  readonly list = new PagedCases()

  readonly view = $derived<View>(VIEWS.find((view) => view === route.get('view')) ?? 'board')
  readonly openId = $derived(route.get('case'))
  readonly filter = $derived<CaseFilter>({
    community: community.current?.slug ?? null,
    q: route.get('q'),
    kind_id: route.get('kind'),
    unit_id: route.get('unit'),
    grid_id: route.get('grid'),
    overdue: route.get('overdue') === null ? null : true,
    hazard: route.get('hazard') === null ? null : true,
  })
  readonly isFiltered = $derived(FILTERS.some((name) => route.get(name) !== null))

  get(name: FilterName): string {
    return route.get(name) ?? ''
  }

  set(name: FilterName, value: string): void {
    route.set({ [name]: value === '' ? null : value })
  }

  clear(): void {
    route.set(Object.fromEntries(FILTERS.map((name) => [name, null])))
  }

  setView(view: View): void {
    route.set({ view: view === 'board' ? null : view })
  }

  choose(id: string | null): void {
    route.set({ case: id })
  }

  /** Names that every view needs. */
  async loadNames(): Promise<void> {
    const query = { community: community.getSlug() }
    const [kinds, units, grids] = await Promise.all([
      call('GET /api/case_kinds', { query }),
      call('GET /api/units', { query }),
      allItems('grids', query),
    ])
    this.kinds = kinds.case_kinds
    this.units = units.units
    this.grids = grids.map(({ id, properties }) => ({ id, name: nameOf(properties, id) }))
  }

  /** Reads counts and what the view shows under the filter in force. */
  show(): void {
    const { filter } = this
    void this.#loadCounts()
    if (this.view === 'board')
      for (const { step, cases } of this.columns)
        cases.show({ ...filter, step, ...(isAtWork(step) && { open: true }) })
    else this.list.show(filter)
  }

  /** After somebody's change: the same again, and the case that is open. */
  refresh(): void {
    void this.#loadCounts()
    if (this.view === 'board') for (const { cases } of this.columns) cases.refresh()
    else this.list.refresh()
    if (this.openId) void this.loadOpen(this.openId)
  }

  async loadOpen(id: string): Promise<void> {
    if (this.open?.id !== id) {
      this.open = null
      this.openFailure = null
    }
    try {
      const query = { community: community.getSlug() }
      const found = await call('GET /api/cases/:id', { params: { id }, query })
      if (this.openId !== id) return
      this.open = found
      this.openFailure = null
    } catch (error) {
      // What is being read or written stays; a broken network takes nothing off the screen.
      if (this.openId === id && !this.open) this.openFailure = error
    }
  }

  async #loadCounts(): Promise<void> {
    const { filter } = this
    try {
      const counts = await call('GET /api/cases/counts', { query: filter })
      if (filter === this.filter) this.counts = counts
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }

  kindName(id: string): string {
    const kind = this.kinds.find((one) => one.id === id)
    return kind ? nameOf(kind) : ''
  }

  unitName(id: string | null): string {
    const unit = this.units.find((one) => one.id === id)
    return unit ? nameOf(unit) : ''
  }
}

/** Columns of work show work: what was refused or merged on the way is found in the list. */
export const isAtWork = (step: Step): boolean => step !== 'verification' && step !== 'evaluation'

export const board = new CasesState()
