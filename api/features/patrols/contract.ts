import { type Static, Type } from 'typebox'
import {
  CalendarDate,
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
} from '../../http/shapes.ts'

/** Patrols and the sides walked on them: the effort that every rate divides by. */

export const FREQUENCIES = ['daily', 'weekly', 'monthly'] as const
export const SIDES = ['left', 'right'] as const
/** The most passes one request may carry. */
export const MOST_PASSES = 500
/** The most points a patrol's track may have: a long day at one a second. */
export const MOST_TRACK_POINTS = 50_000

const Lon = Type.Number({ minimum: -180, maximum: 180 })
const Lat = Type.Number({ minimum: -90, maximum: 90 })

/** [lon, lat, accuracy in metres, epoch milliseconds] */
export const TrackPoint = Type.Tuple([
  Lon,
  Lat,
  Type.Number({ minimum: 0, maximum: 100_000 }),
  Type.Integer({ minimum: 0, maximum: 4_102_444_800_000 }),
])

/** The sender makes the id: starting the same patrol twice starts one. */
export const NewPatrol = Type.Object(
  {
    id: Uuid,
    grid_id: Type.Optional(Nullable(Uuid)),
    frequency: Type.Optional(Literals(FREQUENCIES)),
    started_at: Instant,
  },
  { additionalProperties: false },
)
export type NewPatrol = Static<typeof NewPatrol>

/** `track` is the whole track so far; with `ended_at` the patrol is over and the track is matched to sides. */
export const PatrolChange = Type.Object(
  {
    ended_at: Type.Optional(Instant),
    track: Type.Optional(Type.Array(TrackPoint, { maxItems: MOST_TRACK_POINTS })),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type PatrolChange = Static<typeof PatrolChange>

export const PatrolView = Type.Object({
  id: Uuid,
  grid_id: Nullable(Uuid),
  frequency: Literals(FREQUENCIES),
  is_mine: Type.Boolean(),
  walker: Nullable(
    Type.String({ description: 'by name, for whoever plans patrols and for the walker' }),
  ),
  started_at: Instant,
  ended_at: Nullable(Instant),
  distance_m: Nullable(Type.Number()),
  passes: Type.Integer(),
  cases: Type.Integer(),
  flags: Type.Array(Type.String()),
  version: Type.Integer(),
})
export type PatrolView = Static<typeof PatrolView>

/** One patrol with the sides it walked, in the order in which they were. */
export const PatrolDetails = Type.Object({
  ...PatrolView.properties,
  sides: Type.Array(
    Type.Object({
      segment_id: Uuid,
      side: Literals(SIDES),
      at: Instant,
      result: Literals(['clear', 'issue']),
      method: Literals(['track', 'manual']),
      is_sure: Type.Boolean(),
    }),
  ),
  track: Nullable(
    Type.Array(Type.Tuple([Lon, Lat]), {
      description: 'null where none was recorded, or where it is withheld',
    }),
  ),
  is_track_withheld: Type.Boolean({
    description: 'there is a track, for whoever plans patrols and for the walker',
  }),
})
export type PatrolDetails = Static<typeof PatrolDetails>

export const PatrolQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  grid_id: Type.Optional(Uuid),
  mine: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
})
export const PatrolList = Type.Object({
  patrols: Type.Array(PatrolView),
  next_cursor: Nullable(Type.String()),
})
export type PatrolList = Static<typeof PatrolList>

export const NewPass = Type.Object(
  {
    id: Uuid,
    patrol_id: Type.Optional(Nullable(Uuid)),
    segment_id: Uuid,
    side: Literals(SIDES),
    at: Instant,
    result: Literals(['clear', 'issue']),
    method: Type.Optional(Literals(['track', 'manual'])),
    share: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    is_sure: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type NewPass = Static<typeof NewPass>

export const PassReport = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  duplicates: Type.Integer(),
  refused: Type.Array(
    Type.Object({ index: Type.Integer(), path: Type.String(), message: Type.String() }),
  ),
})
export type PassReport = Static<typeof PassReport>

export const CoverageQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  from: Instant,
  to: Instant,
  grid_id: Type.Optional(Uuid),
})

const Interval = Type.Object({ low: Type.Number(), high: Type.Number() })

/** Findings a pass with their 95 % interval; null where there are too few passes to say. */
const Rate = Nullable(
  Type.Object({
    findings: Type.Integer(),
    passes: Type.Integer(),
    rate: Type.Number(),
    interval: Interval,
  }),
)

export const Coverage = Type.Object({
  from: Instant,
  to: Instant,
  grids: Type.Array(
    Type.Object({
      grid_id: Nullable(Uuid),
      sides: Type.Integer(),
      sides_walked: Type.Integer(),
      share: Nullable(Type.Number()),
      passes: Type.Integer(),
      passes_planned: Nullable(Type.Integer()),
      share_of_plan: Nullable(Type.Number()),
      rate: Rate,
    }),
  ),
  sides: Type.Array(
    Type.Object({
      segment_id: Uuid,
      side: Literals(SIDES),
      grid_id: Nullable(Uuid),
      passes: Type.Integer(),
      last_at: Nullable(Instant),
      last_ever_at: Nullable(
        Type.String({ format: 'date-time', description: 'before `to`, also before `from`' }),
      ),
    }),
  ),
})
export type Coverage = Static<typeof Coverage>

const PlanFields = {
  grid_id: Uuid,
  frequency: Literals(FREQUENCIES),
  passes: Type.Integer({ minimum: 1, maximum: 50, description: 'of each side in each period' }),
  account_id: Nullable(Uuid),
  first_date: CalendarDate,
  last_date: Nullable(CalendarDate),
}
export const PatrolPlan = Type.Object({
  id: Uuid,
  version: Type.Integer(),
  ...PlanFields,
  worker: Nullable(Type.String({ description: 'the name of account_id' })),
})
export type PatrolPlan = Static<typeof PatrolPlan>
export const NewPatrolPlan = Type.Object(
  {
    id: Type.Optional(Uuid),
    grid_id: PlanFields.grid_id,
    frequency: PlanFields.frequency,
    passes: Type.Optional(PlanFields.passes),
    account_id: Type.Optional(PlanFields.account_id),
    first_date: PlanFields.first_date,
    last_date: Type.Optional(PlanFields.last_date),
  },
  { additionalProperties: false },
)
export const PatrolPlanChange = Type.Partial(Type.Object(PlanFields), {
  additionalProperties: false,
  minProperties: 1,
})
export const PatrolPlanList = Type.Object({ patrol_plans: Type.Array(PatrolPlan) })
export type NewPatrolPlan = Static<typeof NewPatrolPlan>
export type PatrolPlanChange = Static<typeof PatrolPlanChange>

export const DueQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  date: Type.Optional(
    Type.String({
      format: 'date',
      pattern: '^(19|20|21)',
      description: 'YYYY-MM-DD, local; today where left out',
    }),
  ),
})

/** What the plans in force on a date ask of the day, week and month around it, and how much of that is done. */
export const DutyList = Type.Object({
  date: CalendarDate,
  duties: Type.Array(
    Type.Object({
      grid_id: Uuid,
      frequency: Literals(FREQUENCIES),
      first_date: CalendarDate,
      last_date: CalendarDate,
      passes: Type.Integer({ description: 'of each side' }),
      sides: Type.Integer(),
      sides_done: Type.Integer(),
      share: Nullable(
        Type.Number({ description: 'of the passes asked for; more than asked counts no more' }),
      ),
    }),
  ),
})
export type DutyList = Static<typeof DutyList>

/**
 * All that a phone needs for a day without network: the grids of the person, sides to walk, places to count and to
 * name, kinds, and the open cases there. Geometry: WGS 84, lon lat.
 */
export const FieldPackage = Type.Object({
  community_id: Uuid,
  made_at: Instant,
  grids: Type.Array(
    Type.Object({
      id: Uuid,
      name_zh: Nullable(Type.String()),
      name_en: Nullable(Type.String()),
      geometry: GeometryShape,
      is_mine: Type.Boolean(),
    }),
  ),
  sides: Type.Array(
    Type.Object({
      segment_id: Uuid,
      side: Literals(SIDES),
      name_zh: Nullable(Type.String()),
      name_en: Nullable(Type.String()),
      grid_id: Nullable(Uuid),
      line: Type.Array(Type.Array(Type.Number()), { description: 'kerb line, or the centreline' }),
      centreline: Type.Array(Type.Array(Type.Number())),
      passes_today: Type.Integer(),
      is_due_today: Type.Boolean(),
    }),
  ),
  places: Type.Array(
    Type.Object({
      kind: Literals(['bay', 'lot', 'frontage', 'vendor_zone']),
      id: Uuid,
      external_id: Nullable(Type.String()),
      name_zh: Nullable(Type.String()),
      name_en: Nullable(Type.String()),
      capacity: Nullable(Type.Integer()),
      vehicle_classes: Nullable(Type.Array(Type.String())),
      merchant_id: Nullable(Uuid),
      grid_id: Nullable(Uuid),
      geometry: GeometryShape,
    }),
  ),
  open_cases: Type.Array(
    Type.Object({
      id: Uuid,
      number: Type.String(),
      kind_id: Uuid,
      step: Type.String(),
      status: Type.String(),
      lon: Type.Number(),
      lat: Type.Number(),
      grid_id: Nullable(Uuid),
      due_at: Nullable(Instant),
      place_name: Nullable(Type.String()),
      version: Type.Integer(),
    }),
  ),
})
export type FieldPackage = Static<typeof FieldPackage>
