import type { CollectionId } from '../../../api/features/inventory/contract.ts'
import { route } from './route.svelte.ts'

/** A feature of the inventory by collection and id. */
export interface FeatureRef {
  collection: CollectionId
  id: string
}

const COLLECTIONS: Record<CollectionId, true> = {
  grids: true,
  buildings: true,
  street_segments: true,
  curb_objects: true,
  bays: true,
  vendor_zones: true,
  lots: true,
  frontages: true,
  closures: true,
}

/** What is selected (kept in the address as `sel`) and what the pointer is over, on the map or in a list. */
class SelectionState {
  readonly current = $derived.by(() => parseRef(route.get('sel')))
  hovered = $state.raw<FeatureRef | null>(null)

  select(ref: FeatureRef | null): void {
    route.set({ sel: ref && `${ref.collection}/${ref.id}` })
  }

  hover(ref: FeatureRef | null): void {
    if (!isSame(ref, this.hovered)) this.hovered = ref
  }

  isSelected(collection: CollectionId, id: string): boolean {
    return this.current?.collection === collection && this.current.id === id
  }
}

export const selection = new SelectionState()

export function isSame(a: FeatureRef | null, b: FeatureRef | null): boolean {
  return a === b || (a?.collection === b?.collection && a?.id === b?.id)
}

export function isCollection(name: string): name is CollectionId {
  return Object.hasOwn(COLLECTIONS, name)
}

function parseRef(text: string | null): FeatureRef | null {
  const [collection = '', id = ''] = text?.split('/') ?? []
  return isCollection(collection) && id !== '' ? { collection, id } : null
}
