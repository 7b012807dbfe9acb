import { type Static, Type } from 'typebox'
import { PLAN_STATUSES } from '../../domain/planning/plan-status.ts'
import {
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
} from '../../http/shapes.ts'

/** Plans (方案): named sets of edits on the inventory, compared, discussed, approved and published as one. */

export const PLANNED_COLLECTIONS = ['bays', 'vendor_zones'] as const
export type PlannedCollection = (typeof PLANNED_COLLECTIONS)[number]
export const EDIT_ACTIONS = ['create', 'replace', 'retire'] as const

export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })
export const PlanParams = Type.Object({ id: Uuid })

const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Purpose = Nullable(Type.String({ maxLength: 4000 }))
const Price = (of: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000, description: `yuan for ${of}` }))

export const UnitPrices = Type.Object(
  {
    line_m: Price('one metre of painted line'),
    place: Price('one place of a bay, beside its lines'),
    sign: Price('one sign, one a bay'),
    removal_m: Price('one metre of line removed'),
  },
  { additionalProperties: false },
)

export const Plan = Type.Object({
  id: Uuid,
  name: Type.String(),
  purpose: Nullable(Type.String()),
  status: Literals(PLAN_STATUSES),
  allowed: Type.Array(Literals(PLAN_STATUSES), { description: 'what it may become next' }),
  unit_prices: UnitPrices,
  edits: Type.Integer({ description: 'features that it changes' }),
  comments: Type.Integer({ description: 'comments that are not hidden' }),
  comment_until: Nullable(Instant),
  created_at: Instant,
  approved_at: Nullable(Instant),
  published_at: Nullable(Instant),
  version: Type.Integer(),
  updated_at: Instant,
})
export type Plan = Static<typeof Plan>

export const PlanList = Type.Object({ plans: Type.Array(Plan) })

export const NewPlan = Type.Object(
  {
    id: Type.Optional(Uuid),
    name: Name,
    purpose: Type.Optional(Purpose),
    unit_prices: Type.Optional(UnitPrices),
  },
  { additionalProperties: false },
)
export type NewPlan = Static<typeof NewPlan>

/** `published` is not given by a change: publishing has an address of its own. */
export const PlanChange = Type.Object(
  {
    name: Type.Optional(Name),
    purpose: Type.Optional(Purpose),
    unit_prices: Type.Optional(UnitPrices),
    status: Type.Optional(Literals(['draft', 'review', 'approved', 'withdrawn'])),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type PlanChange = Static<typeof PlanChange>

const PlannedFeature = Type.Object(
  {
    type: Literals(['Feature']),
    geometry: GeometryShape,
    properties: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: true },
)

/**
 * One edit. `after_id`: the edit of the same feature that its maker saw as the latest of this plan, null where there was
 * none. `base_version`: of the inventory's record that is replaced or retired; left out for a new one.
 */
export const NewEdit = Type.Object(
  {
    id: Uuid,
    action: Literals(EDIT_ACTIONS),
    collection: Literals(PLANNED_COLLECTIONS),
    feature_id: Uuid,
    base_version: Type.Optional(Nullable(Type.Integer({ minimum: 1 }))),
    after_id: Nullable(Uuid),
    feature: Type.Optional(PlannedFeature),
  },
  { additionalProperties: false },
)
export type NewEdit = Static<typeof NewEdit>

export const NewEdits = Type.Object(
  { edits: Type.Array(NewEdit, { minItems: 1, maxItems: 500 }) },
  { additionalProperties: false },
)

/** Edits to take back or to bring again, all of them or none. */
export const EditIds = Type.Object(
  { ids: Type.Array(Uuid, { minItems: 1, maxItems: 500, uniqueItems: true }) },
  { additionalProperties: false },
)

export const PlanEdit = Type.Object({
  id: Uuid,
  serial: Type.Integer(),
  action: Literals(EDIT_ACTIONS),
  collection: Literals(PLANNED_COLLECTIONS),
  feature_id: Uuid,
  base_version: Nullable(Type.Integer()),
  after_id: Nullable(Uuid),
  geometry: Nullable(GeometryShape),
  properties: Nullable(Type.Record(Type.String(), Type.Unknown())),
  is_mine: Type.Boolean(),
  made_at: Instant,
  undone_at: Nullable(Instant),
})
export type PlanEdit = Static<typeof PlanEdit>

export const EditList = Type.Object({ edits: Type.Array(PlanEdit) })

const Counts = Type.Record(Type.String(), Type.Integer())
const Side = Type.Object({
  places: { ...Counts, description: 'places of bays in force, by vehicle class' },
  bays: Type.Integer(),
  vendor_zones: Type.Integer(),
  households_in_reach: {
    ...Counts,
    description: 'households within 300 m of a bay in force of the class, by vehicle class',
  },
  hard_findings: Type.Integer(),
  warnings: Type.Integer(),
})

export const Comparison = Type.Object({
  before: Side,
  after: Side,
  households: Type.Integer({ description: 'households whose building is known' }),
  findings: Type.Array(
    Type.Object({
      rule_id: Type.String(),
      severity: Literals(['hard', 'warning']),
      message_key: Type.String(),
      subject_id: Type.String(),
      subject_collection: Type.String(),
      change: Literals(['gone', 'new']),
      measured: Nullable(Type.Number()),
      required: Nullable(Type.Number()),
      unit: Nullable(Type.String()),
      where: GeometryShape,
    }),
  ),
  cost: Type.Object({
    items: Type.Array(
      Type.Object({
        what: Literals(['line_m', 'place', 'sign', 'removal_m']),
        quantity: Type.Number(),
        unit_price: Nullable(Type.Number()),
        amount: Nullable(Type.Number()),
      }),
    ),
    total: Nullable(Type.Number({ description: 'yuan; null while a price is missing' })),
  }),
})
export type Comparison = Static<typeof Comparison>

/** Why it is done now, for the audit; nothing is needed. */
export const PublishBody = Type.Object(
  { reason: Type.Optional(Nullable(Type.String({ maxLength: 1000 }))) },
  { additionalProperties: false },
)

export const PublishReply = Type.Object({
  plan: Plan,
  published: Type.Array(
    Type.Object({
      collection: Literals(PLANNED_COLLECTIONS),
      id: Uuid,
      action: Literals(EDIT_ACTIONS),
      version: Type.Integer(),
    }),
  ),
})

export const CommentLinkBody = Type.Object({ until: Instant }, { additionalProperties: false })
export const CommentLinkReply = Type.Object({ token: Type.String(), until: Instant })

const Place = Type.Object(
  {
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    lat: Type.Number({ minimum: -90, maximum: 90 }),
  },
  { additionalProperties: false },
)

export const NewComment = Type.Object(
  {
    id: Uuid,
    body: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }),
    feature_id: Type.Optional(Nullable(Uuid)),
    place: Type.Optional(Nullable(Place)),
  },
  { additionalProperties: false },
)
export type NewComment = Static<typeof NewComment>

export const CommentChange = Type.Object(
  {
    is_hidden: Type.Optional(Type.Boolean()),
    answer: Type.Optional(Nullable(Type.String({ maxLength: 2000 }))),
  },
  { additionalProperties: false, minProperties: 1 },
)

export const Comment = Type.Object({
  id: Uuid,
  body: Type.String(),
  feature_id: Nullable(Uuid),
  place: Nullable(Place),
  is_from_staff: Type.Boolean(),
  is_hidden: Type.Boolean(),
  answer: Nullable(Type.String()),
  made_at: Instant,
  version: Type.Integer(),
})
export type Comment = Static<typeof Comment>

export const CommentList = Type.Object({ comments: Type.Array(Comment) })

/** What whoever holds the link sees: the plan and what it would change; nobody's name. */
export const SharedPlan = Type.Object({
  name: Type.String(),
  purpose: Nullable(Type.String()),
  status: Literals(PLAN_STATUSES),
  comment_until: Instant,
  edits: Type.Array(
    Type.Object({
      action: Literals(EDIT_ACTIONS),
      collection: Literals(PLANNED_COLLECTIONS),
      feature_id: Uuid,
      geometry: GeometryShape,
      properties: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  comments: Type.Array(Comment),
})
export type SharedPlan = Static<typeof SharedPlan>
