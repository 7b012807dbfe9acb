import type Flatbush from 'flatbush'
import type { Geometry } from 'geojson'
import type { MetricFrame } from '../domain/geometry/metric-frame.ts'
import type { MercatorShape } from './mercator.ts'
import type { IdValues } from './mvt/id-values.ts'
import type { TileValues } from './mvt/tile-values.ts'

/** The layers of the street model: the inventory's collections, each from one table. */
export const MODEL_LAYERS = {
  grids: 'grid',
  buildings: 'building',
  street_segments: 'street_segment',
  curb_objects: 'curb_object',
  bays: 'bay',
  vendor_zones: 'vendor_zone',
  lots: 'lot',
  frontages: 'frontage',
  closures: 'closure',
} as const

export type LayerId = keyof typeof MODEL_LAYERS
export const LAYER_IDS = Object.keys(MODEL_LAYERS) as LayerId[]

/**
 * One layer of a community at one version, features in the order of their ids. Never changed: an edit makes a new
 * one, so whoever holds it may read on. `geometry` is WGS 84 degrees, `shapes` the same in web mercator.
 */
export interface ModelLayer {
  id: LayerId
  version: number
  ids: readonly string[]
  properties: readonly Readonly<Record<string, unknown>>[]
  geometry: readonly Geometry[]
  shapes: readonly MercatorShape[]
  /** A small number for each feature that stays with it while the process runs; the feature id inside tiles. */
  numbers: readonly number[]
  /** Codes of each feature's tile attributes among `values`; features with the same codes share one array. */
  codes: readonly Int32Array[]
  values: TileValues
  idValues: IdValues
  /** Over mercator bounds; null where the layer is empty. */
  index: Flatbush | null
  indexOf(id: string): number | undefined
}

/** A community's inventory in memory: what tiles, checks and occupancy are answered from. */
export interface StreetModel {
  community: {
    id: string
    slug: string
    time_zone: string
    rule_pack_id: string
    holidays: 'cn' | 'none'
    boundary: Geometry | null
  }
  frame: MetricFrame
  layers: ReadonlyMap<LayerId, ModelLayer>
}
