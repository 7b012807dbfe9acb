import type { Static } from 'typebox'
import type { CollectionId } from '../../../api/features/inventory/contract.ts'
import type { SearchReply } from '../../../api/features/search/contract.ts'
import { call } from '../lib/api.ts'
import { failureText } from '../lib/text/failure-text.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { isCollection, selection } from '../state/selection.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'

type Found = Static<typeof SearchReply>['results'][number] & { collection: CollectionId }

/** Long enough that a word typed in one go is one question. */
const PAUSE_MS = 150
const MOST_RESULTS = 12

/** What is typed into the search box and what was found for it. */
export class SearchState {
  text = $state('')
  results = $state.raw<Found[]>([])
  isOpen = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking: AbortController | null = null

  /** Asks for names that hold `text`, once the typing pauses. */
  ask(text: string): void {
    this.text = text
    clearTimeout(this.#timer)
    this.#asking?.abort()
    if (text.trim() === '') {
      this.results = []
      this.isOpen = false
    } else this.#timer = setTimeout(() => void this.#find(text.trim()), PAUSE_MS)
  }

  choose(found: Found): void {
    this.text = ''
    this.results = []
    this.close()
    selection.select({ collection: found.collection, id: found.id })
    mapView.showBox(found.bbox)
  }

  reopen(): void {
    this.isOpen = this.results.length > 0
  }

  close(): void {
    this.isOpen = false
  }

  async #find(q: string): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    try {
      const query = { community: community.getSlug(), q, limit: MOST_RESULTS }
      const { results } = await call('GET /api/search', { query, signal: asking.signal })
      this.results = results.filter((one): one is Found => isCollection(one.collection))
      this.isOpen = true
    } catch (error) {
      if (!asking.signal.aborted) toasts.show(failureText(error))
    }
  }
}
