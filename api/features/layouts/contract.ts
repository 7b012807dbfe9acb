import { type Static, Type } from 'typebox'
import type { Layout } from '../../domain/layout/lay-out-sides.ts'
import { GeometryShape, Literals, Nullable, Uuid } from '../../http/shapes.ts'
import { BAY_LAYOUTS, SIDES, VEHICLE_CLASSES } from '../inventory/contract.ts'

const GOALS = ['most_places', 'fewest_warnings', 'widest_path', 'nearest_demand'] as const
const UNITS = ['m', 'm2', 'percent', 'count', 'minutes'] as const
const Metres = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Nullable(Type.Number({ minimum, maximum, description })))

const Side = { segment_id: Uuid, side: Literals(SIDES) }

/** What is to be laid out: street sides or a yard, one of the two. */
export const LayoutBody = Type.Object(
  {
    sides: Type.Optional(
      Type.Array(Type.Object(Side, { additionalProperties: false }), {
        minItems: 1,
        maxItems: 200,
      }),
    ),
    polygon: Type.Optional(GeometryShape),
    vehicle_class: Literals(VEHICLE_CLASSES),
    layout: Type.Optional(Nullable(Literals(BAY_LAYOUTS, 'null: whichever is best'))),
    rows: Type.Optional(
      Nullable(Type.Integer({ minimum: 1, maximum: 2, description: 'null: whichever is best' })),
    ),
    places_wanted: Type.Optional(
      Nullable(
        Type.Integer({ minimum: 1, maximum: 100_000, description: 'null: as many as there fit' }),
      ),
    ),
    unit_length_m: Metres(0.5, 25, 'along the vehicle; null: what the rules ask for'),
    unit_width_m: Metres(0.3, 10, 'across the vehicle; null: what the rules ask for'),
    longest_run_m: Metres(1, 1000, 'no bay is longer; null: 15 m for bikes, any length for cars'),
    gap_m: Metres(0, 50, 'between two bays; null: 1.5 m for bikes, none for cars'),
    demand: Type.Optional(
      Nullable(
        Type.Array(
          Type.Object(
            {
              lon: Type.Number({ minimum: -180, maximum: 180 }),
              lat: Type.Number({ minimum: -90, maximum: 90 }),
              weight: Type.Number({ minimum: 0, maximum: 1_000_000 }),
            },
            { additionalProperties: false },
          ),
          {
            maxItems: 1000,
            description: 'where parking is wanted; null: where households are',
          },
        ),
      ),
    ),
  },
  { additionalProperties: false },
)
export type LayoutBody = Static<typeof LayoutBody>

const Source = Type.Object({
  title: Type.String(),
  url: Nullable(Type.String()),
  quoted: Nullable(Type.String()),
})

const RulerSpan = Type.Object({
  from_m: Type.Number({ description: 'metres along the kerb line' }),
  to_m: Type.Number(),
  verdict: Literals(['free', 'refused', 'used', 'warning']),
  rule_id: Nullable(Type.String({ description: 'null for free ground and for plain geometry' })),
  message_key: Nullable(Type.String()),
  other: Nullable(
    Type.Object({
      collection: Type.String(),
      id: Type.String(),
      name_zh: Nullable(Type.String()),
      name_en: Nullable(Type.String()),
      kind: Nullable(Type.String()),
    }),
  ),
  measured: Nullable(Type.Number()),
  required: Nullable(Type.Number()),
  unit: Nullable(Literals(UNITS)),
  source: Nullable(Source),
  also: Type.Array(Type.String(), { description: 'ids of further rules that say the same' }),
  where: GeometryShape,
})

export const LayoutReply = Type.Object({
  alternatives: Type.Array(
    Type.Object({
      goal: Literals(GOALS),
      places: Type.Integer(),
      least_walking_width_m: Nullable(Type.Number()),
      warnings: Type.Integer({ description: 'warnings that the bays keep' }),
      bays: Type.Array(
        Type.Object({
          type: Literals(['Feature']),
          geometry: GeometryShape,
          properties: Type.Object({
            vehicle_classes: Type.Array(Literals(VEHICLE_CLASSES)),
            layout: Literals(BAY_LAYOUTS),
            rows: Type.Integer(),
            unit_length_m: Type.Number(),
            unit_width_m: Type.Number(),
            capacity: Type.Integer(),
            status: Literals(['draft']),
            segment_id: Nullable(Uuid),
            side: Nullable(Literals(SIDES)),
          }),
        }),
      ),
    }),
  ),
  ruler: Type.Array(
    Type.Object({ ...Side, length_m: Type.Number(), spans: Type.Array(RulerSpan) }),
  ),
  reasons: Type.Array(
    Type.Object({
      verdict: Literals(['refused', 'used', 'warning']),
      rule_id: Nullable(Type.String()),
      message_key: Type.String(),
      metres: Type.Number({ description: 'of all kerbs, or of all rows of a yard' }),
    }),
    { description: 'what speaks against more bays, most metres first' },
  ),
  missing: Type.Array(
    Type.Object({
      ...Side,
      what: Literals([
        'street_segment',
        'kerb_line',
        'footway_width_m',
        'carriageway_width_m',
        'slope_percent',
      ]),
    }),
    { description: 'what is not known; a rule about it judged nothing' },
  ),
  rule_pack: Type.Object({ id: Type.String(), version: Type.Integer() }),
})
export type LayoutReply = Omit<Static<typeof LayoutReply>, keyof Layout> & Layout
