import type { CaseRow, CaseView } from '../../../api/features/cases/contract.ts'
import { call } from '../lib/api.ts'
import type { CaseFilter } from './paged-cases.svelte.ts'

/** As many as one print holds: a longer ledger is for the spreadsheet. */
export const MOST_PRINTED = 200
const AT_ONCE = 6

/** The hazard ledger 隐患台账 as it is printed: each case under the filter with its units, results and photos. */
class LedgerState {
  cases = $state.raw<readonly CaseView[] | null>(null)
  isCut = $state(false)
  failure = $state.raw<unknown>(null)
  #asked: CaseFilter | null = null

  /** Reads all under the filter, oldest first; what was asked before is forgotten. */
  async load(filter: CaseFilter): Promise<void> {
    this.#asked = filter
    this.cases = null
    this.failure = null
    try {
      const list = await call('GET /api/cases', {
        query: { ...filter, hazard: true, limit: MOST_PRINTED },
      })
      const rows = list.cases.filter(({ status }) => status !== 'merged').reverse()
      const views: CaseView[] = []
      for (let from = 0; from < rows.length && this.#asked === filter; from += AT_ONCE)
        views.push(
          ...(await Promise.all(
            rows.slice(from, from + AT_ONCE).map((row) => viewOf(row, filter)),
          )),
        )
      if (this.#asked !== filter) return
      this.isCut = list.next_cursor !== null
      this.cases = views
    } catch (error) {
      if (this.#asked === filter) this.failure = error
    }
  }
}

export const ledger = new LedgerState()

const viewOf = ({ id }: CaseRow, { community = null }: CaseFilter): Promise<CaseView> =>
  call('GET /api/cases/:id', { params: { id }, query: { community } })

/** What the units did about it, in their words; the last lead's first. Empty where nobody said anything yet. */
export function measuresOf({ dispatches, steps }: CaseView): string[] {
  const results = dispatches
    .flatMap(({ units }) => units)
    .filter(({ recalled_at }) => recalled_at === null)
    .sort((a, b) => Number(b.is_lead) - Number(a.is_lead))
    .flatMap(({ result }) => (result ? [result] : []))
  const putRight = steps.flatMap(({ action, note }) =>
    action === 'put_right' && note ? [note] : [],
  )
  return [...results, ...putRight]
}

/** Until when it was to be handled: the running clock, or what the last dispatch said. */
export const dueOf = ({ due_at, dispatches }: CaseView): string | null =>
  due_at ?? dispatches.at(-1)?.handle_by ?? null
