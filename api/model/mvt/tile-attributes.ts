import type { LayerId } from '../street-model.ts'

/** The members a map needs to draw and name a feature; everything else is asked for by id. */
export const TILE_ATTRIBUTES: Readonly<Record<LayerId, readonly string[]>> = {
  grids: ['name_zh', 'name_en', 'grid_code'],
  buildings: ['name_zh', 'name_en', 'floors'],
  street_segments: ['name_zh', 'name_en', 'class', 'carriageway_width_m'],
  curb_objects: ['kind', 'name_zh', 'name_en'],
  bays: ['name_zh', 'name_en', 'vehicle_classes', 'capacity', 'status', 'layout'],
  vendor_zones: ['name_zh', 'name_en', 'status', 'stalls'],
  lots: ['name_zh', 'name_en', 'kind', 'capacity', 'shared_spaces'],
  frontages: ['name_zh', 'name_en', 'category'],
  closures: ['name_zh', 'name_en', 'kind', 'first_date', 'last_date'],
}

/** Below this zoom the many small things are counted on a grid of points instead of drawn one by one. */
export const AGGREGATED_BELOW_ZOOM = 14

export const AGGREGATED: ReadonlySet<LayerId> = new Set<LayerId>([
  'bays',
  'buildings',
  'curb_objects',
  'vendor_zones',
  'frontages',
])
