import type { ColumnType, Generated } from 'kysely'
import type { Bigint, Geometry, Json, Timestamp } from './columns.ts'

/** The tables of the inventory; see `tables.ts`. */

/** One weekly opening as stored in jsonb: local clock, `to` ≤ `from` crosses midnight. */
export interface WindowRow {
  days: string[]
  from: string
  to: string
}

/** What every inventory table carries; geometry is `geometry(Geometry, 4326)`. */
interface InventoryTable {
  community_id: string
  id: string
  external_id: string | null
  source: string | null
  tags: Json<Record<string, unknown> | null>
  geom: Geometry
  version: Generated<number>
  changed_version: Bigint
  import_id: string | null
  valid_from: Timestamp
  valid_to: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
  updated_at: Timestamp
  name_zh: string | null
  name_en: string | null
}

export interface GridTable extends InventoryTable {
  grid_code: string | null
  full_time_workers: number | null
  part_time_workers: number | null
  residents: number | null
  resident_vehicles: number | null
}

export interface BuildingTable extends InventoryTable {
  grid_id: string | null
  floors: number | null
  households: number | null
  residents: number | null
  resident_vehicles: number | null
}

export interface StreetSegmentTable extends InventoryTable {
  class: string | null
  carriageway_width_m: number | null
  oneway: boolean | null
  dead_end: boolean | null
}

export interface StreetSideTable {
  community_id: string
  id: string
  segment_id: string
  side: 'left' | 'right'
  footway_width_m: number | null
  furnishing_width_m: number | null
  tactile_paving: boolean | null
  slope_percent: number | null
  kerb_line: Geometry
}

export interface CurbObjectTable extends InventoryTable {
  kind: string
  owner_unit: string | null
  maintainer: string | null
  condition: string | null
}

export interface BayTable extends InventoryTable {
  vehicle_classes: string[]
  layout: string | null
  rows: number | null
  unit_length_m: number | null
  unit_width_m: number | null
  capacity: number | null
  charging: number | null
  covered: boolean | null
  status: Generated<'draft' | 'approved' | 'painted' | 'retired'>
  segment_id: string | null
  side: 'left' | 'right' | null
  windows: Json<WindowRow[] | null>
  restrictions: Json
}

export interface VendorZoneTable extends InventoryTable {
  status: Generated<'draft' | 'proposed' | 'approved' | 'suspended' | 'ended'>
  stalls: number | null
  category: string | null
  duties: string | null
  windows: Json<WindowRow[]>
  first_date: string | null
  last_date: string | null
}

export interface LotTable extends InventoryTable {
  kind: string | null
  owner_unit: string | null
  capacity: number | null
  windows: Json<WindowRow[] | null>
  fee: string | null
  charging: number | null
  covered: boolean | null
}

export interface FrontageTable extends InventoryTable {
  merchant_id: string | null
  category: string | null
  letter_signed: boolean | null
}

export interface ClosureTable extends InventoryTable {
  kind: 'road_works' | 'event' | 'other'
  reason: string | null
  windows: Json<WindowRow[] | null>
  first_date: string | null
  last_date: string | null
}
