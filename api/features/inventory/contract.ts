import { type Static, type TObject, Type } from 'typebox'
import { BAY_STATUSES } from '../../domain/bay-status.ts'
import type { Link } from '../../http/shapes.ts'
import {
  CalendarDate,
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
  WeeklyWindows,
} from '../../http/shapes.ts'

/**
 * The inventory: what stands, lies or is allowed on the street. One entry a collection; its `properties`
 * are at once the columns of its table, the JSON members, the tile attributes and the CSV headings.
 */

const Text = (maxLength = 200) => Nullable(Type.String({ maxLength }))
const Metres = Nullable(Type.Number({ minimum: 0, maximum: 1000, description: 'metres' }))
const Count = Nullable(Type.Integer({ minimum: 0, maximum: 1_000_000 }))

export const VEHICLE_CLASSES = ['bicycle', 'e_bike', 'motorcycle', 'car'] as const
export const BAY_LAYOUTS = ['parallel', 'perpendicular', 'angled'] as const
export const ZONE_STATUSES = ['draft', 'proposed', 'approved', 'suspended', 'ended'] as const
export const STREET_CLASSES = [
  'primary',
  'secondary',
  'tertiary',
  'residential',
  'service',
  'alley',
] as const
export const LOT_KINDS = ['public', 'dedicated', 'temporary', 'roadside'] as const
export const CLOSURE_KINDS = ['road_works', 'event', 'other'] as const
export const SIDES = ['left', 'right'] as const

/** CDS curb_object names where CDS has one; the rest are local kinds that the rules ask about. */
export const CURB_OBJECT_KINDS = [
  'fire_hydrant',
  'fire_lane',
  'tactile_paving',
  'crossing',
  'ramp',
  'bus_stop',
  'metro_entrance',
  'entrance',
  'school_gate',
  'corner',
  'driveway',
  'manhole',
  'bollard',
  'street_trees',
  'other',
] as const

const Grid = Type.Object({
  grid_code: Type.Optional(Text(40)),
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  full_time_workers: Type.Optional(Count),
  part_time_workers: Type.Optional(Count),
  residents: Type.Optional(Count),
  resident_vehicles: Type.Optional(Count),
})

const Building = Type.Object({
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  grid_id: Type.Optional(Nullable(Uuid)),
  floors: Type.Optional(Count),
  households: Type.Optional(Count),
  residents: Type.Optional(Count),
  resident_vehicles: Type.Optional(Count),
})

/** One side of a street. Geometry of the kerb line: WGS 84 LineString, the edge between carriageway and footway. */
export const StreetSide = Type.Object(
  {
    id: Type.Optional(Uuid),
    side: Literals(SIDES, 'seen along the drawn direction of the centreline'),
    footway_width_m: Type.Optional(Metres),
    furnishing_width_m: Type.Optional(Metres),
    tactile_paving: Type.Optional(Nullable(Type.Boolean())),
    slope_percent: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 100 }))),
    kerb_line: Type.Optional(Nullable(GeometryShape)),
  },
  { additionalProperties: false },
)
export type StreetSide = Static<typeof StreetSide>

const StreetSegment = Type.Object({
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  class: Type.Optional(Nullable(Literals(STREET_CLASSES))),
  carriageway_width_m: Type.Optional(Metres),
  oneway: Type.Optional(Nullable(Type.Boolean())),
  dead_end: Type.Optional(Nullable(Type.Boolean())),
  sides: Type.Optional(Type.Array(StreetSide, { maxItems: 2 })),
})

const CurbObject = Type.Object({
  kind: Literals(CURB_OBJECT_KINDS),
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  owner_unit: Type.Optional(Text()),
  maintainer: Type.Optional(Text()),
  condition: Type.Optional(Text()),
})

const Bay = Type.Object({
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  vehicle_classes: Type.Array(Literals(VEHICLE_CLASSES), {
    minItems: 1,
    maxItems: 4,
    uniqueItems: true,
  }),
  layout: Type.Optional(Nullable(Literals(BAY_LAYOUTS))),
  rows: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 10 }))),
  unit_length_m: Type.Optional(Metres),
  unit_width_m: Type.Optional(Metres),
  capacity: Type.Optional(Count),
  charging: Type.Optional(Count),
  covered: Type.Optional(Nullable(Type.Boolean())),
  status: Type.Optional(Literals(BAY_STATUSES)),
  segment_id: Type.Optional(Nullable(Uuid)),
  side: Type.Optional(Nullable(Literals(SIDES))),
  /** null: usable at all hours. */
  windows: Type.Optional(Nullable(WeeklyWindows)),
  /** Time rules on the sign, as the source states them. */
  restrictions: Type.Optional(
    Nullable(
      Type.Array(
        Type.Object({
          text: Type.String({ maxLength: 500 }),
          windows: Type.Optional(Nullable(WeeklyWindows)),
          max_stay_minutes: Type.Optional(Nullable(Type.Integer({ minimum: 0 }))),
        }),
        { maxItems: 100 },
      ),
    ),
  ),
})

const VendorZone = Type.Object({
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  status: Type.Optional(Literals(ZONE_STATUSES)),
  stalls: Type.Optional(Count),
  category: Type.Optional(Text()),
  duties: Type.Optional(Text(2000)),
  windows: WeeklyWindows,
  first_date: Type.Optional(Nullable(CalendarDate)),
  last_date: Type.Optional(Nullable(CalendarDate)),
})

const Lot = Type.Object({
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  kind: Type.Optional(Nullable(Literals(LOT_KINDS))),
  owner_unit: Type.Optional(Text()),
  capacity: Type.Optional(Count),
  /** Spaces opened to neighbours by sharing agreements in force; kept by the server, not writable. */
  shared_spaces: Type.Optional(Type.Integer({ minimum: 0, readOnly: true })),
  windows: Type.Optional(Nullable(WeeklyWindows)),
  fee: Type.Optional(Text()),
  charging: Type.Optional(Count),
  covered: Type.Optional(Nullable(Type.Boolean())),
})

const Frontage = Type.Object({
  merchant_id: Type.Optional(Nullable(Uuid)),
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  category: Type.Optional(Text()),
  letter_signed: Type.Optional(Nullable(Type.Boolean())),
})

/** A piece of street that is taken for a time; `windows` null: at all hours of its dates. */
const Closure = Type.Object({
  name_zh: Type.Optional(Text()),
  name_en: Type.Optional(Text()),
  kind: Literals(CLOSURE_KINDS),
  reason: Type.Optional(Text(2000)),
  windows: Type.Optional(Nullable(WeeklyWindows)),
  first_date: Type.Optional(Nullable(CalendarDate)),
  last_date: Type.Optional(Nullable(CalendarDate)),
})

/** Members every inventory feature carries beside its own; all kept by the server but `external_id` and `source`. */
export const Kept = Type.Object({
  community_id: Uuid,
  external_id: Text(200),
  source: Text(500),
  version: Type.Integer({ minimum: 1 }),
  valid_from: Instant,
  valid_to: Nullable(Instant),
  updated_at: Instant,
})
export type Kept = Static<typeof Kept>

const AREA = ['Polygon', 'MultiPolygon'] as const
const LINE = ['LineString', 'MultiLineString'] as const
const ANY = ['Point', 'MultiPoint', ...LINE, ...AREA] as const

/**
 * Every collection: its table, the geometry types it takes and its own properties.
 * Bays may be lines or points because real sources give kerb lines and bay points; only areas hold detections.
 */
export const COLLECTIONS = {
  grids: { table: 'grid', geometry: AREA, properties: Grid },
  buildings: { table: 'building', geometry: AREA, properties: Building },
  street_segments: { table: 'street_segment', geometry: LINE, properties: StreetSegment },
  curb_objects: { table: 'curb_object', geometry: ANY, properties: CurbObject },
  bays: { table: 'bay', geometry: ANY, properties: Bay },
  vendor_zones: { table: 'vendor_zone', geometry: AREA, properties: VendorZone },
  lots: { table: 'lot', geometry: ['Point', ...AREA], properties: Lot },
  frontages: { table: 'frontage', geometry: AREA, properties: Frontage },
  closures: { table: 'closure', geometry: AREA, properties: Closure },
} as const satisfies Record<
  string,
  { table: string; geometry: readonly string[]; properties: TObject }
>

export type CollectionId = keyof typeof COLLECTIONS
export const COLLECTION_IDS = Object.keys(COLLECTIONS) as CollectionId[]

/** The properties a client may write into a collection. */
export type PropertiesOf<C extends CollectionId> = Static<(typeof COLLECTIONS)[C]['properties']>

/** A stored feature as the API answers it. */
export interface InventoryFeature<C extends CollectionId = CollectionId> {
  type: 'Feature'
  id: string
  geometry: { type: string; coordinates: unknown }
  properties: PropertiesOf<C> & Kept
  links?: Static<typeof Link>[]
}

/** What a client may send: its own members closed, the kept ones taken and left aside, so that what was read can be sent back. */
export function writableProperties(collection: CollectionId, isPartial: boolean): TObject {
  const { properties, required } = COLLECTIONS[collection].properties as TObject & {
    required?: string[]
  }
  return {
    type: 'object',
    properties: { ...properties, ...Kept.properties },
    required: isPartial ? [] : (required ?? []),
    additionalProperties: false,
  } as unknown as TObject
}

export const featureBody = (collection: CollectionId) =>
  Type.Object(
    {
      type: Literals(['Feature']),
      id: Type.Optional(Uuid),
      geometry: GeometryShape,
      properties: writableProperties(collection, false),
      links: Type.Optional(Type.Array(Type.Unknown())),
      bbox: Type.Optional(Type.Array(Type.Number())),
    },
    { additionalProperties: false },
  )

/** A partial change (Part 4 update): the members given here change, the others stay. */
export const featurePatch = (collection: CollectionId) =>
  Type.Object(
    {
      type: Type.Optional(Literals(['Feature'])),
      id: Type.Optional(Uuid),
      geometry: Type.Optional(GeometryShape),
      properties: Type.Optional(writableProperties(collection, true)),
    },
    { additionalProperties: false, minProperties: 1 },
  )

/** Query parameters of an items page; `of` adds those that the collection can be filtered by. */
export const itemsQuery = (collection: CollectionId) =>
  Type.Object({
    community: Type.Optional(CommunityRef),
    bbox: Type.Optional(Type.String({ maxLength: 200, description: 'west,south,east,north' })),
    datetime: Type.Optional(
      Type.String({ maxLength: 80, description: 'an instant: the records in force then' }),
    ),
    limit: Type.Optional(
      Type.Number({ default: 100, description: 'at most 10,000; above it is clipped' }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of a name' })),
    f: Type.Optional(Literals(['json'])),
    ...Object.fromEntries(
      FILTERS[collection].map((member) => [
        member,
        Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      ]),
    ),
  })

/** The members that items can be filtered by, for equality. */
export const FILTERS: Readonly<Record<CollectionId, readonly string[]>> = {
  grids: ['external_id', 'grid_code'],
  buildings: ['external_id', 'grid_id'],
  street_segments: ['external_id', 'class'],
  curb_objects: ['external_id', 'kind'],
  bays: ['external_id', 'status', 'vehicle_class', 'segment_id', 'side'],
  vendor_zones: ['external_id', 'status'],
  lots: ['external_id', 'kind'],
  frontages: ['external_id', 'merchant_id'],
  closures: ['external_id', 'kind'],
}
