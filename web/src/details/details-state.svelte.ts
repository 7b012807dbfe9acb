import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import type { PlaceOccupancy } from '../../../api/features/occupancy/contract.ts'
import { call, item } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { live } from '../state/live.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { type FeatureRef, isSame, selection } from '../state/selection.svelte.ts'

/** Collections whose places are counted. */
const COUNTED = ['bays', 'lots', 'grids'] as const

/** The selected feature as the server knows it now. */
class DetailsState {
  feature = $state.raw<InventoryFeature | null>(null)
  /** Its reading at the moment that the page shows, now on most; null where it has none or is no place to count at. */
  occupancy = $state.raw<PlaceOccupancy | null>(null)
  failure = $state.raw<unknown>(null)
  isLoading = $state(false)
  #shown: FeatureRef | null = null

  /** Follows the selection, and whatever is written to what is selected. Returns how to stop. */
  follow(): (() => void) | undefined {
    const ref = selection.current
    if (!community.current) return undefined
    if (!isSame(ref, this.#shown)) this.#clear()
    this.#shown = ref
    if (!ref) return undefined
    const asking = new AbortController()
    const at = (route.page === 'occupancy' && route.get('at')) || 'now'
    const load = () => void this.#load(ref, at, asking.signal)
    load()
    const stop = live.onChange([ref.collection, 'observations'], load)
    return () => {
      stop()
      asking.abort()
    }
  }

  async #load(ref: FeatureRef, at: string, signal: AbortSignal): Promise<void> {
    this.isLoading = this.feature === null
    const slug = community.getSlug()
    try {
      const [{ feature }, occupancy] = await Promise.all([
        item(ref.collection, ref.id, { community: slug }, signal),
        occupancyAt(slug, ref, at, signal),
      ])
      this.feature = feature
      this.occupancy = occupancy
      this.failure = null
    } catch (error) {
      if (signal.aborted) return
      this.#clear()
      this.failure = error
    } finally {
      if (!signal.aborted) this.isLoading = false
    }
  }

  #clear(): void {
    this.feature = null
    this.occupancy = null
    this.failure = null
  }
}

export const details = new DetailsState()

/** `at` is an instant (RFC 3339) or `now`. */
async function occupancyAt(
  slug: string,
  ref: FeatureRef,
  at: string,
  signal: AbortSignal,
): Promise<PlaceOccupancy | null> {
  const of = COUNTED.find((collection) => collection === ref.collection)
  if (!of) return null
  const query = { community: slug, of, at }
  const { places } = await call('GET /api/occupancy', { query, signal })
  return places.find((place) => place.id === ref.id) ?? null
}
