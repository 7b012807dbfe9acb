import { type Static, Type } from 'typebox'
import { ACTIONS as MOVES, STATUSES, STEPS } from '../../domain/case-flow.ts'
import {
  CalendarDate,
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
} from '../../http/shapes.ts'

/* eslint-disable max-lines -- every shape of a case in one place: whoever looks for one finds it here */

/** Cases 案卷: everything that somebody must act on, walking seven steps with a clock. */

export const SOURCES = ['patrol', 'hotline', 'video', 'resident', 'merchant', 'superior'] as const
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export const PLACE_KINDS = ['bay', 'lot', 'frontage', 'vendor_zone'] as const
export const OUTCOMES = ['persuaded', 'tip_card', 'needs_dispatch'] as const
export const DUE_WHATS = ['file', 'dispatch', 'arrive', 'handle', 'verify'] as const

/** What somebody can do to a case; `report` is the first step of each and is not sent. */
const ACTIONS = MOVES.filter((action) => action !== 'report')

/** What is doubtful about a record that was kept all the same. */
export const FLAGS = [
  'clock_off',
  'outside_community',
  'outside_grid',
  'inaccurate_position',
] as const

const Lon = Type.Number({ minimum: -180, maximum: 180 })
const Lat = Type.Number({ minimum: -90, maximum: 90 })
const Text = Type.String({ minLength: 1, maxLength: 2000 })
const MediaIds = Type.Array(Uuid, { maxItems: 10, uniqueItems: true })
const Number_ = Type.String({
  pattern: '^[0-9]{4}-[0-9]{6,}$',
  description: 'year and serial, without gaps within a community and year',
})

const Place = Type.Object(
  { kind: Literals(PLACE_KINDS), id: Uuid },
  { additionalProperties: false, description: 'the nearest place, as the person corrected it' },
)

/** A plate is hashed with the server's key at once and never stored or answered. */
const SubjectRef = Type.Object(
  {
    plate: Type.Optional(Type.String({ minLength: 4, maxLength: 20 })),
    merchant_id: Type.Optional(Uuid),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
)

/** A report, by whoever makes it. The sender makes the id: sending twice stores once. */
export const NewCase = Type.Object(
  {
    id: Uuid,
    kind_id: Uuid,
    source: Type.Optional(Literals(SOURCES)),
    lon: Lon,
    lat: Lat,
    accuracy_m: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000 })),
    found_at: Instant,
    description: Type.Optional(Text),
    severity: Type.Optional(Literals(SEVERITIES)),
    outcome: Type.Optional(Literals(OUTCOMES)),
    subject: Type.Optional(SubjectRef),
    segment_id: Type.Optional(Uuid),
    side: Type.Optional(Literals(['left', 'right'])),
    place: Type.Optional(Place),
    media: Type.Optional(MediaIds),
    contact: Type.Optional(
      Type.Object(
        { email: Type.Optional(Type.String({ format: 'email', maxLength: 200 })) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type NewCase = Static<typeof NewCase>

/** An open case close to a place. Public fields only. */
export const NearCase = Type.Object({
  id: Uuid,
  number: Number_,
  kind_id: Uuid,
  distance_m: Type.Number(),
  step: Literals(STEPS),
  found_at: Instant,
})

/** What a reporter gets: a number, and a secret that opens the page of this report. */
export const CaseReceipt = Type.Object({
  id: Uuid,
  number: Number_,
  step: Literals(STEPS),
  status: Literals(STATUSES),
  flags: Type.Array(Literals(FLAGS)),
  follow_token: Nullable(
    Type.String({ description: 'the secret of a reporter without a right to read cases' }),
  ),
  near: Type.Array(NearCase, { description: 'open cases of the kind close by, nearest first' }),
})

export const NearQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  kind_id: Uuid,
  lon: Lon,
  lat: Lat,
})
export const NearReply = Type.Object({ near: Type.Array(NearCase) })

/** A case in a list, for the staff of its community. */
export const CaseRow = Type.Object({
  id: Uuid,
  number: Number_,
  kind_id: Uuid,
  source: Literals(SOURCES),
  step: Literals(STEPS),
  status: Literals(STATUSES),
  severity: Nullable(Literals(SEVERITIES)),
  description: Nullable(Type.String()),
  outcome: Nullable(Literals(OUTCOMES)),
  subject_mask: Nullable(Type.String()),
  lon: Type.Number(),
  lat: Type.Number(),
  grid_id: Nullable(Uuid),
  segment_id: Nullable(Uuid),
  side: Nullable(Literals(['left', 'right'])),
  place: Nullable(Type.Object({ kind: Literals(PLACE_KINDS), id: Uuid })),
  place_name: Nullable(Type.String({ description: 'of the place or the street' })),
  flags: Type.Array(Literals(FLAGS)),
  lead_unit_id: Nullable(Uuid),
  found_at: Instant,
  received_at: Instant,
  due_at: Nullable(Instant),
  due_what: Nullable(Literals(DUE_WHATS)),
  is_overdue: Type.Boolean(),
  escalation: Type.Integer(),
  closed_at: Nullable(Instant),
  is_on_time: Nullable(Type.Boolean()),
  satisfaction: Nullable(Type.Integer()),
  media_count: Type.Integer(),
  version: Type.Integer(),
})
export type CaseRow = Static<typeof CaseRow>

export const CaseQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  step: Type.Optional(Literals(STEPS)),
  status: Type.Optional(Literals(STATUSES)),
  kind_id: Type.Optional(Uuid),
  unit_id: Type.Optional(Uuid),
  grid_id: Type.Optional(Uuid),
  subject_id: Type.Optional(Uuid),
  source: Type.Optional(Literals(SOURCES)),
  hazard: Type.Optional(Type.Boolean()),
  open: Type.Optional(
    Type.Boolean({ description: 'still wants somebody to act: open or on hold' }),
  ),
  overdue: Type.Optional(Type.Boolean()),
  mine: Type.Optional(
    Type.Boolean({ description: 'reported by me, or on my frontage, or of my unit' }),
  ),
  number: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  bbox: Type.Optional(Type.String({ maxLength: 200 })),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  sort: Type.Optional(
    Literals(
      ['newest', 'due'],
      'by the time of finding, latest first; or what falls due next first',
    ),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
})
export type CaseQuery = Static<typeof CaseQuery>

export const CaseList = Type.Object({
  cases: Type.Array(CaseRow),
  next_cursor: Nullable(Type.String()),
})

const Counted = (key: string) =>
  Type.Array(
    Type.Object({ [key]: Nullable(Type.String()), open: Type.Integer(), overdue: Type.Integer() }),
  )

/** How many cases stand where, under the same filters as the list. */
export const CaseCounts = Type.Object({
  total: Type.Integer(),
  open: Type.Integer(),
  overdue: Type.Integer(),
  by_step: Type.Array(
    Type.Object({
      step: Literals(STEPS),
      status: Literals(STATUSES),
      count: Type.Integer(),
      overdue: Type.Integer(),
    }),
  ),
  by_unit: Counted('unit_id'),
  by_grid: Counted('grid_id'),
})

/** One move in a case's history. Names of people are left out: the role and the unit tell enough. */
export const StepView = Type.Object({
  id: Uuid,
  action: Literals(MOVES),
  from_step: Nullable(Literals(STEPS)),
  to_step: Literals(STEPS),
  to_status: Literals(STATUSES),
  actor_role: Type.String(),
  actor_name: Nullable(Type.String()),
  unit_id: Nullable(Uuid),
  at: Instant,
  claimed_at: Nullable(Instant),
  reason: Nullable(Type.String()),
  note: Nullable(Type.String()),
  data: Nullable(Type.Record(Type.String(), Type.Unknown())),
})

export const UnitOrder = Type.Object({
  unit_id: Uuid,
  name_zh: Type.String(),
  name_en: Nullable(Type.String()),
  is_lead: Type.Boolean(),
  accepted_at: Nullable(Instant),
  arrived_at: Nullable(Instant),
  hand_over_at: Nullable(Instant),
  hand_over_why: Nullable(Type.String()),
  result: Nullable(Type.String()),
  signed_off_at: Nullable(Instant),
  recalled_at: Nullable(Instant),
})

export const DispatchView = Type.Object({
  id: Uuid,
  arrive_by: Nullable(Instant),
  handle_by: Nullable(Instant),
  message: Nullable(Type.String()),
  dispatched_at: Instant,
  recalled_at: Nullable(Instant),
  units: Type.Array(UnitOrder),
})

export const MediaRef = Type.Object({
  id: Uuid,
  role: Literals(['evidence', 'before', 'after', 'notice']),
  step_id: Nullable(Uuid),
  width: Type.Integer(),
  height: Type.Integer(),
  taken_at: Nullable(Instant),
  created_at: Instant,
})

/** A case as the person who asks may see it, with what that person may do now. */
export const CaseView = Type.Object({
  ...CaseRow.properties,
  subject_id: Nullable(Uuid),
  subject_history: Nullable(
    Type.Object({
      cases: Type.Integer({ description: 'earlier cases of the same subject' }),
      persuaded: Type.Integer(),
      last_at: Nullable(Instant),
    }),
  ),
  accuracy_m: Nullable(Type.Number()),
  original_id: Nullable(Uuid),
  original_number: Nullable(Number_),
  duplicates: Type.Array(Type.Object({ id: Uuid, number: Number_ })),
  followers: Type.Integer(),
  filed_at: Nullable(Instant),
  dispatched_at: Nullable(Instant),
  handled_at: Nullable(Instant),
  hold_since: Nullable(Instant),
  notice_until: Nullable(Instant),
  steps: Type.Array(StepView),
  dispatches: Type.Array(DispatchView),
  revisits: Type.Array(
    Type.Object({
      id: Uuid,
      due_on: CalendarDate,
      done_at: Nullable(Instant),
      result: Nullable(Literals(['holds', 'recurred'])),
      note: Nullable(Type.String()),
    }),
  ),
  media: Type.Array(MediaRef),
  allowed: Type.Array(Literals(ACTIONS)),
})
export type CaseView = Static<typeof CaseView>

export const CaseChange = Type.Object(
  {
    kind_id: Type.Optional(Uuid),
    description: Type.Optional(Nullable(Text)),
    severity: Type.Optional(Nullable(Literals(SEVERITIES))),
    lon: Type.Optional(Lon),
    lat: Type.Optional(Lat),
    segment_id: Type.Optional(Nullable(Uuid)),
    side: Type.Optional(Nullable(Literals(['left', 'right']))),
    place: Type.Optional(Nullable(Place)),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type CaseChange = Static<typeof CaseChange>

/** A move. The sender makes the id: the same move twice is answered as the first time. */
export const NewStep = Type.Object(
  {
    id: Uuid,
    action: Literals(ACTIONS),
    at: Type.Optional(Instant),
    reason: Type.Optional(Text),
    note: Type.Optional(Text),
    media: Type.Optional(MediaIds),
    units: Type.Optional(
      Type.Array(
        Type.Object({ unit_id: Uuid, is_lead: Type.Boolean() }, { additionalProperties: false }),
        { minItems: 1, maxItems: 20 },
      ),
    ),
    unit_id: Type.Optional(Uuid),
    arrive_by: Type.Optional(Instant),
    handle_by: Type.Optional(Instant),
    message: Type.Optional(Text),
    original_id: Type.Optional(Uuid),
    due_on: Type.Optional(CalendarDate),
    revisit_id: Type.Optional(Uuid),
    result: Type.Optional(Text),
    outcome: Type.Optional(Literals(['holds', 'recurred', 'persuaded', 'tip_card'])),
    satisfaction: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  },
  { additionalProperties: false },
)
export type NewStep = Static<typeof NewStep>

/** The links by which units open their order without an account: shown once, to the dispatcher. */
export const StepReply = Type.Object({
  case: CaseView,
  links: Type.Array(Type.Object({ unit_id: Uuid, path: Type.String() })),
})

/** What anybody may know of a case: which step, who holds it, until when. No personal field. */
export const PublicCase = Type.Object({
  number: Number_,
  kind: Type.Object({ name_zh: Type.String(), name_en: Type.String() }),
  step: Literals(STEPS),
  status: Literals(STATUSES),
  found_at: Instant,
  place_name: Nullable(Type.String()),
  lon: Type.Number(),
  lat: Type.Number(),
  holder: Nullable(Type.Object({ name_zh: Type.String(), name_en: Nullable(Type.String()) })),
  due_at: Nullable(Instant),
  is_overdue: Type.Boolean(),
  original_number: Nullable(Number_),
  closed_at: Nullable(Instant),
  satisfaction: Nullable(Type.Integer()),
  steps: Type.Array(
    Type.Object({
      action: Literals(MOVES),
      to_step: Literals(STEPS),
      to_status: Literals(STATUSES),
      unit: Nullable(Type.Object({ name_zh: Type.String(), name_en: Nullable(Type.String()) })),
      at: Instant,
    }),
  ),
  is_mine: Type.Boolean({ description: 'opened with the secret of the reporter or a follower' }),
  /** Words or photos, by whoever reported it. */
  may_add: Type.Boolean(),
  may_rate: Type.Boolean(),
})
export type PublicCase = Static<typeof PublicCase>

/** What a reporter may do with the own secret link: add words or photos while somebody acts on it, rate it when it is closed. */
export const PublicStep = Type.Object(
  {
    id: Uuid,
    action: Literals(['rate', 'note']),
    satisfaction: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
    note: Type.Optional(Text),
    media: Type.Optional(MediaIds),
  },
  { additionalProperties: false },
)

export const FollowReply = Type.Object({ number: Number_, follow_token: Type.String() })

/** An order as its unit sees it: this case, this unit's answer, nothing else of the community. */
export const InboxItem = Type.Object({
  dispatch_id: Uuid,
  unit: Type.Object({ id: Uuid, name_zh: Type.String(), name_en: Nullable(Type.String()) }),
  is_lead: Type.Boolean(),
  case_id: Uuid,
  number: Number_,
  kind: Type.Object({ name_zh: Type.String(), name_en: Type.String() }),
  description: Nullable(Type.String()),
  severity: Nullable(Literals(SEVERITIES)),
  lon: Type.Number(),
  lat: Type.Number(),
  place_name: Nullable(Type.String()),
  step: Literals(STEPS),
  status: Literals(STATUSES),
  message: Nullable(Type.String()),
  dispatched_at: Instant,
  arrive_by: Nullable(Instant),
  handle_by: Nullable(Instant),
  is_overdue: Type.Boolean(),
  accepted_at: Nullable(Instant),
  arrived_at: Nullable(Instant),
  hand_over_at: Nullable(Instant),
  signed_off_at: Nullable(Instant),
  recalled_at: Nullable(Instant),
  result: Nullable(Type.String()),
  others: Type.Array(
    Type.Object({
      name_zh: Type.String(),
      name_en: Nullable(Type.String()),
      is_lead: Type.Boolean(),
      arrived_at: Nullable(Instant),
      signed_off_at: Nullable(Instant),
    }),
  ),
  media: Type.Array(MediaRef),
  allowed: Type.Array(Literals(ACTIONS)),
  version: Type.Integer({ description: 'of the case, for If-Match' }),
})
export type InboxItem = Static<typeof InboxItem>

export const InboxReply = Type.Object({
  items: Type.Array(InboxItem),
  next_cursor: Nullable(Type.String()),
})

/** Looked up by an inspector before choosing an outcome: how often before, and what to offer. */
export const SubjectHistory = Type.Object({
  subject_id: Nullable(Uuid),
  mask: Nullable(Type.String()),
  cases: Type.Integer(),
  persuaded: Type.Integer(),
  last_at: Nullable(Instant),
  suggested: Type.Array(Literals(OUTCOMES), { description: 'softest that fits, first' }),
})

export const SubjectLookup = Type.Object(
  {
    kind_id: Uuid,
    plate: Type.Optional(Type.String({ minLength: 4, maxLength: 20 })),
    merchant_id: Type.Optional(Uuid),
  },
  { additionalProperties: false },
)

/** Units to dispatch to and grids to filter by, by name. */
export const UnitList = Type.Object({
  units: Type.Array(
    Type.Object({
      id: Uuid,
      external_id: Nullable(Type.String()),
      name_zh: Type.String(),
      name_en: Nullable(Type.String()),
    }),
  ),
})

/** What stands on a shop's own ground, as the shop is told it: which kind, where, until when. Nobody's words but its own. */
export const ShopCase = Type.Object({
  id: Uuid,
  number: Number_,
  kind: Type.Object({ name_zh: Type.String(), name_en: Type.String() }),
  step: Literals(STEPS),
  status: Literals(STATUSES),
  lon: Lon,
  lat: Lat,
  frontage_id: Nullable(Uuid),
  place_name: Nullable(Type.String()),
  found_at: Instant,
  /** Until when it is to be put right, once that clock runs. */
  due_at: Nullable(Instant),
  closed_at: Nullable(Instant),
  put_right_at: Nullable(Instant),
  put_right_note: Nullable(Type.String()),
  /** When the community found that it was not put right. */
  sent_back_at: Nullable(Instant),
  may_put_right: Type.Boolean(),
  media: Type.Array(MediaRef),
  version: Type.Integer(),
})
export type ShopCase = Static<typeof ShopCase>

export const ShopReply = Type.Object({
  shops: Type.Array(
    Type.Object({
      id: Uuid,
      name_zh: Nullable(Type.String()),
      category: Nullable(Type.String()),
      frontages: Type.Array(
        Type.Object({
          id: Uuid,
          external_id: Nullable(Type.String()),
          name_zh: Nullable(Type.String()),
          name_en: Nullable(Type.String()),
          letter_signed: Nullable(Type.Boolean()),
          geometry: GeometryShape,
        }),
      ),
    }),
  ),
  cases: Type.Array(ShopCase, { description: 'the newest hundred, newest finding first' }),
})
export type ShopReply = Static<typeof ShopReply>

export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })
