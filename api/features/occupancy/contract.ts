import { type Static, type TSchema, Type } from 'typebox'
import { CommunityRef, Instant, Literals, Nullable, Uuid } from '../../http/shapes.ts'

/** How full places were at a moment, or step by step over a time. */

export const OCCUPANCY_OF = ['bays', 'street_segments', 'street_sides', 'grids', 'lots'] as const
export type OccupancyOf = (typeof OCCUPANCY_OF)[number]
export const OCCUPANCY_STATES = ['fresh', 'stale', 'no_data', 'no_capacity'] as const

/** Nothing older is taken for a reading of a place. */
export const LOOK_BACK_DAYS = 400
export const STALE_AFTER_MINUTES = 120
export const MOST_STEPS = 1_000

const Text = Nullable(Type.String())
const Count = Nullable(Type.Integer())
const Percent = Nullable(
  Type.Number({ description: 'one decimal; null where capacity is 0 or unknown' }),
)

const Head = {
  id: Uuid,
  external_id: Text,
  name_zh: Text,
  name_en: Text,
  capacity: Count,
  places_total: Type.Integer({ description: 'bays (and lots) that belong to it' }),
  lon: Type.Number(),
  lat: Type.Number(),
}

export const PlaceOccupancy = Type.Object({
  ...Head,
  counted: Count,
  free: Count,
  occupancy_percent: Percent,
  illegal_count: Count,
  observed_at: Nullable(Instant),
  age_minutes: Count,
  state: Literals(OCCUPANCY_STATES),
  places_read: Type.Integer({ description: 'of places_total, those with a reading used here' }),
  capacity_read: Nullable(
    Type.Integer({ description: 'capacity of the places read: what the percentage is of' }),
  ),
})
export type PlaceOccupancy = Static<typeof PlaceOccupancy>

const SurveyName = Nullable(Type.Object({ id: Uuid, name: Type.String() }))

/** At one instant: of each place the latest reading up to then. */
export const OccupancyAt = Type.Object({
  at: Instant,
  of: Literals(OCCUPANCY_OF),
  stale_after_minutes: Type.Integer(),
  survey: SurveyName,
  places: Type.Array(PlaceOccupancy),
})
export type OccupancyAt = Static<typeof OccupancyAt>

const Series = <T extends TSchema>(item: T) => Type.Array(item)

/** Step by step: a reading holds for `stale_after_minutes`, after that the step has null. */
export const OccupancyRange = Type.Object({
  from: Instant,
  to: Instant,
  interval_minutes: Type.Integer(),
  of: Literals(OCCUPANCY_OF),
  stale_after_minutes: Type.Integer(),
  survey: SurveyName,
  steps: Type.Array(Instant),
  places: Type.Array(
    Type.Object({ ...Head, counted: Series(Count), occupancy_percent: Series(Percent) }),
  ),
  total: Type.Object({
    counted: Series(Count),
    capacity: Series(Count),
    occupancy_percent: Series(Percent),
  }),
})
export type OccupancyRange = Static<typeof OccupancyRange>

export const OccupancyQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  of: Type.Optional(Literals(OCCUPANCY_OF)),
  at: Type.Optional(
    Type.String({ maxLength: 40, description: 'RFC 3339 with offset, or now (the default)' }),
  ),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  interval: Type.Optional(
    Type.String({
      pattern: '^PT([1-9][0-9]{0,3}H|[1-9][0-9]{0,4}M)$',
      description: 'ISO 8601 hours or minutes, such as PT1H or PT30M; PT1H without it',
    }),
  ),
  stale_after_minutes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 576_000, default: STALE_AFTER_MINUTES }),
  ),
})

export const Survey = Type.Object({
  id: Uuid,
  name: Type.String(),
  method: Type.String(),
  started_at: Instant,
  ended_at: Nullable(Instant),
  is_synthetic: Type.Boolean(),
})

export const SurveyList = Type.Object({ surveys: Type.Array(Survey) })

/** What a survey says of the whole, of each local hour and of each place. */
export const SurveyMetrics = Type.Object({
  survey: Survey,
  counts: Type.Integer(),
  places: Type.Integer(),
  peak: Nullable(
    Type.Object({
      at: Instant,
      counted: Type.Integer(),
      capacity: Type.Integer(),
      occupancy_percent: Percent,
    }),
  ),
  over_target_percent: Percent,
  target_percent: Type.Number(),
  by_hour: Type.Array(
    Type.Object({ hour: Type.Integer(), counts: Type.Integer(), mean_percent: Percent }),
  ),
  by_place: Type.Array(
    Type.Object({
      collection: Literals(['bays', 'lots', 'street_segments']),
      id: Uuid,
      name_zh: Text,
      name_en: Text,
      capacity: Count,
      counts: Type.Integer(),
      peak_counted: Type.Integer(),
      peak_at: Instant,
      mean_counted: Type.Number(),
      mean_percent: Percent,
      over_target_percent: Percent,
      parking_index_percent: Percent,
    }),
  ),
})
export type SurveyMetrics = Static<typeof SurveyMetrics>
