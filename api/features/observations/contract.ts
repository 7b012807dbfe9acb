import { type Static, Type } from 'typebox'
import { GeometryShape, Instant, Literals, Uuid } from '../../http/shapes.ts'

/** Observations: what was seen on the street and when. A sender makes the ids, so that sending twice stores once. */

export const METHODS = ['visual', 'plate', 'sensor', 'camera', 'other'] as const
export const OBSERVED_CLASSES = ['bicycle', 'e_bike', 'motorcycle', 'car'] as const
export const PLACE_COLLECTIONS = ['bays', 'lots', 'street_segments'] as const

/** The most items one request may carry. */
export const MOST_ITEMS = 10_000

/** A vehicle outside every bay belongs to the nearest street within this distance of its centreline. */
export const STREET_DISTANCE_M = 30

const Place = Type.Object(
  {
    collection: Literals(PLACE_COLLECTIONS),
    id: Type.Optional(Uuid),
    external_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    side: Type.Optional(
      Literals(
        ['left', 'right'],
        'needed for street_segments; along the drawn direction of the centreline',
      ),
    ),
  },
  { additionalProperties: false, description: 'named by id or by external_id' },
)

const Common = {
  id: Type.Optional(Uuid),
  observed_at: Instant,
  method: Literals(METHODS),
  vehicle_class: Type.Optional(Literals(OBSERVED_CLASSES)),
  confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  survey_id: Type.Optional(Uuid),
}

/** Vehicles counted at one place at one moment. */
const CountItem = Type.Object(
  {
    kind: Literals(['count']),
    ...Common,
    place: Place,
    counted: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    illegal_count: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
)

/** One vehicle at a point in WGS 84 degrees, or a small footprint whose middle counts. */
const DetectionItem = Type.Object(
  {
    kind: Literals(['detection']),
    ...Common,
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    footprint: Type.Optional(GeometryShape),
  },
  { additionalProperties: false },
)

/** What a sensor at a place says. */
const SensorItem = Type.Object(
  { kind: Literals(['sensor']), ...Common, place: Place, occupied: Type.Boolean() },
  { additionalProperties: false },
)

export const ObservationItem = Type.Union([CountItem, DetectionItem, SensorItem])
export type ObservationItem = Static<typeof ObservationItem>

/** What became of a request's items; `refused` names each by its index (the line, from 0, of NDJSON). */
export const IngestReport = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  duplicates: Type.Integer({ description: 'already known, with the same content' }),
  assigned_in_bay: Type.Integer({ description: 'detections inside a bay' }),
  assigned_in_lot: Type.Integer({ description: 'detections inside a lot' }),
  outside_bay: Type.Integer({
    description: 'detections in no bay and no lot, most of them given to a street side',
  }),
  unassigned: Type.Integer({
    description: `of those outside, the ones with no street within ${STREET_DISTANCE_M} m`,
  }),
  refused: Type.Array(
    Type.Object({ index: Type.Integer(), path: Type.String(), message: Type.String() }),
  ),
})
export type IngestReport = Static<typeof IngestReport>
