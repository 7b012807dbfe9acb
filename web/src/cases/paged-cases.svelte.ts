import type { CaseRow } from '../../../api/features/cases/contract.ts'
import { call } from '../lib/api.ts'

const PAGE = 50
const MOST_AT_ONCE = 200

export type CaseFilter = Readonly<Record<string, string | boolean | null>>

/** Cases under a filter, read page by page as they are scrolled to. */
export class PagedCases {
  rows = $state.raw<readonly CaseRow[]>([])
  failure = $state.raw<unknown>(null)
  isLoaded = $state(false)
  #cursor: string | null = null
  #filter: CaseFilter = {}
  #asking = new AbortController()
  #isLoading = false

  get hasMore(): boolean {
    return this.#cursor !== null
  }

  /** Reads from the beginning under a new filter. */
  show(filter: CaseFilter): void {
    this.#filter = filter
    void this.#load(PAGE, null)
  }

  /** Reads anew as many as are shown: after somebody's change. */
  refresh(): void {
    void this.#load(Math.min(MOST_AT_ONCE, Math.max(PAGE, this.rows.length)), null)
  }

  more(): void {
    if (!this.#isLoading && this.#cursor !== null) void this.#load(PAGE, this.#cursor)
  }

  async #load(limit: number, cursor: string | null): Promise<void> {
    this.#asking.abort()
    const asking = new AbortController()
    this.#asking = asking
    this.#isLoading = true
    try {
      const query = { ...this.#filter, limit, cursor }
      const page = await call('GET /api/cases', { query, signal: asking.signal })
      this.rows = cursor === null ? page.cases : [...this.rows, ...page.cases]
      this.#cursor = page.next_cursor
      this.failure = null
      this.isLoaded = true
    } catch (error) {
      if (!asking.signal.aborted) this.failure = error
    } finally {
      if (this.#asking === asking) this.#isLoading = false
    }
  }
}
