import { type Static, Type } from 'typebox'
import { CommunityRef, Literals, Nullable, Uuid } from '../../http/shapes.ts'

/** Kinds of cases are data that each community can change: what counts as what, how long it may take, who acts. */

export const CLASSES = ['component', 'event'] as const
export const FLOWS = ['standard', 'zombie_vehicle'] as const
export const SUBJECTS = ['none', 'vehicle', 'merchant'] as const
/** The ladder an inspector chooses from on the spot, softest first. */
export const OUTCOMES = ['persuaded', 'tip_card', 'needs_dispatch'] as const

const Minutes = Type.Integer({ minimum: 1, maximum: 600_000 })

/** Limits in working minutes; a missing one has no clock. The clock of `handle` starts at dispatch. */
export const StepLimits = Type.Object(
  {
    file: Type.Optional(Minutes),
    dispatch: Type.Optional(Minutes),
    arrive: Type.Optional(Minutes),
    handle: Type.Optional(Minutes),
    verify: Type.Optional(Minutes),
  },
  { additionalProperties: false },
)

const Photos = Type.Integer({ minimum: 0, maximum: 10 })

export const RequiredEvidence = Type.Object(
  {
    photos: Type.Optional(Photos),
    photos_before: Type.Optional(Photos),
    photos_after: Type.Optional(Photos),
    fields: Type.Optional(
      Type.Array(Literals(['description', 'subject', 'severity']), { uniqueItems: true }),
    ),
  },
  { additionalProperties: false },
)

const Fields = {
  code: Type.String({ minLength: 1, maxLength: 40 }),
  parent_id: Nullable(Uuid),
  class: Literals(CLASSES, 'component 部件 or event 事件'),
  name_zh: Type.String({ minLength: 1, maxLength: 60 }),
  name_en: Type.String({ minLength: 1, maxLength: 100 }),
  flow: Literals(FLOWS),
  subject: Literals(SUBJECTS),
  is_hazard: Type.Boolean(),
  is_public: Type.Boolean({ description: 'whether residents see where such a case stands' }),
  is_open_to_public: Type.Boolean({ description: 'whether residents may report it' }),
  is_active: Type.Boolean(),
  duplicate_radius_m: Type.Number({ minimum: 0, maximum: 1000 }),
  duplicate_days: Type.Integer({ minimum: 0, maximum: 365 }),
  default_unit_id: Nullable(Uuid),
  limits: StepLimits,
  outcomes: Type.Array(Literals(OUTCOMES), { uniqueItems: true }),
  required: RequiredEvidence,
  notice_days: Nullable(Type.Integer({ minimum: 1, maximum: 365 })),
}

export const CaseKind = Type.Object({ id: Uuid, version: Type.Integer(), ...Fields })
export type CaseKind = Static<typeof CaseKind>

export const NewCaseKind = Type.Object(
  {
    id: Type.Optional(Uuid),
    code: Fields.code,
    class: Fields.class,
    name_zh: Fields.name_zh,
    name_en: Fields.name_en,
    ...Type.Partial(Type.Omit(Type.Object(Fields), ['code', 'class', 'name_zh', 'name_en']))
      .properties,
  },
  { additionalProperties: false },
)
export type NewCaseKind = Static<typeof NewCaseKind>

export const CaseKindChange = Type.Partial(Type.Object(Fields), {
  additionalProperties: false,
  minProperties: 1,
})
export type CaseKindChange = Static<typeof CaseKindChange>

export const CaseKindList = Type.Object({ case_kinds: Type.Array(CaseKind) })

/** What became of a list of codes: kept by code, so that importing it twice changes nothing. */
export const KindImportReport = Type.Object({
  received: Type.Integer(),
  added: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Array(
    Type.Object({ index: Type.Integer(), path: Type.String(), message: Type.String() }),
  ),
})

export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })
