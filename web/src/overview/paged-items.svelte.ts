import type { CollectionId, InventoryFeature } from '../../../api/features/inventory/contract.ts'
import { items, nextCursor } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { live } from '../state/live.svelte.ts'

const PAGE = 50
const PAUSE_MS = 200

/** A collection read page by page, from when its list is opened. */
export class PagedItems {
  items = $state.raw<InventoryFeature[]>([])
  failure = $state.raw<unknown>(null)
  isFirstLoading = $state(true)
  #cursor = $state<string | null>(null)
  #q = $state('')
  #isOpen = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking = new AbortController()
  readonly #collection: CollectionId

  constructor(collection: CollectionId) {
    this.#collection = collection
  }

  get hasMore(): boolean {
    return this.#cursor !== null
  }

  get isFiltered(): boolean {
    return this.#q !== ''
  }

  /** Reads anew after every write to the collection, as many as were shown. Returns how to stop. */
  follow(): () => void {
    const stop = live.onChange([this.#collection], () => {
      if (this.#isOpen) void this.#load(Math.max(PAGE, this.items.length), null)
    })
    return () => {
      stop()
      this.#asking.abort()
    }
  }

  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen
    if (isOpen && this.items.length === 0) this.restart()
  }

  filter(text: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#q = text.trim()
      this.restart()
    }, PAUSE_MS)
  }

  restart(): void {
    void this.#load(PAGE, null)
  }

  more(): void {
    void this.#load(PAGE, this.#cursor)
  }

  async #load(limit: number, cursor: string | null): Promise<void> {
    this.#asking.abort()
    const asking = new AbortController()
    this.#asking = asking
    try {
      const query = { community: community.getSlug(), limit, cursor, q: this.#q || null }
      const page = await items(this.#collection, query, asking.signal)
      this.items = cursor === null ? page.features : [...this.items, ...page.features]
      this.#cursor = nextCursor(page)
      this.failure = null
      this.isFirstLoading = false
    } catch (error) {
      if (!asking.signal.aborted) this.failure = error
    }
  }
}
