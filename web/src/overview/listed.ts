import type { CollectionId } from '../../../api/features/inventory/contract.ts'

/** The collections in the order in which the overview lists them. */
export const LISTED = [
  'bays',
  'lots',
  'vendor_zones',
  'closures',
  'street_segments',
  'curb_objects',
  'frontages',
  'buildings',
  'grids',
] as const satisfies readonly CollectionId[]
