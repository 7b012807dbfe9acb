import { Type } from 'typebox'
import { GeometryShape, Nullable, Uuid } from '../../http/shapes.ts'

const Text = Nullable(Type.String())
const Box = Type.Array(Type.Number(), {
  minItems: 4,
  maxItems: 4,
  description: 'west, south, east, north in degrees',
})
const Count = Type.Integer({ minimum: 0 })

export const CommunityHead = Type.Object({
  id: Uuid,
  slug: Type.String(),
  name_zh: Text,
  name_en: Text,
  name_bo: Text,
  district: Text,
  subdistrict: Text,
  time_zone: Type.String({ description: 'IANA name' }),
  rule_pack_id: Type.String({ description: 'the rules in force, see /rule_packs/{id}' }),
  is_synthetic: Type.Boolean(),
  attribution: Text,
  notice: Text,
  bbox: Nullable(Box),
})

export const CommunityList = Type.Object({ communities: Type.Array(CommunityHead) })

/** The figures of one community; counts of live records, never a person. */
export const CommunitySummary = Type.Object({
  community: CommunityHead,
  main_bbox: Nullable({
    ...Box,
    description: 'west, south, east, north of what lies together, without strays',
  }),
  grids: Count,
  buildings: Count,
  households: Count,
  residents: Count,
  merchants: Count,
  resident_vehicles: Count,
  street_segments: Count,
  curb_objects: Count,
  bays: Count,
  bike_bays: Count,
  bike_bay_places: Count,
  car_bays: Count,
  car_bay_places: Count,
  vendor_zones: Count,
  lots: Count,
  shared_spaces: Count,
  frontages: Count,
  closures: Count,
  full_time_workers: Count,
  part_time_workers: Count,
  partner_units: Count,
  ledger_events: Count,
})

/** A community's area as one GeoJSON feature; `geometry` is null where its boundary is not known. */
export const CommunityBoundary = Type.Object({
  type: Type.Literal('Feature'),
  id: Uuid,
  geometry: Nullable(GeometryShape),
  properties: Type.Object({ slug: Type.String(), name_zh: Text, name_en: Text }),
})
