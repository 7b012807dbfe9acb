import type { CollectionId } from '../../../api/features/inventory/contract.ts'

/** Features that are left off the map for a while: those that are closed at the hour that is shown. */
class OpenOnly {
  /** Ids by collection; whoever sets it takes it back. */
  hidden = $state.raw<Partial<Record<CollectionId, readonly string[]>>>({})

  /** A layer's filter with the hidden ones left out. */
  filterOf(collection: CollectionId, filter: unknown): unknown {
    const ids = this.hidden[collection]
    return ids && ids.length > 0
      ? ['all', filter, ['!', ['in', ['get', 'id'], ['literal', ids]]]]
      : filter
  }
}

export const openOnly = new OpenOnly()
