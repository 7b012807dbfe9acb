import { type Static, Type } from 'typebox'
import { LINT_CODES } from '../../domain/rules/lint.ts'
import { RULE_KINDS } from '../../domain/rules/rule-pack.ts'
import { USES } from '../../domain/rules/scene.ts'
import { CalendarDate, CommunityRef, Instant, Literals, Nullable, Uuid } from '../../http/shapes.ts'

/** Rule packs: those that ship are read-only; a community's own are copies, saved version by version. */

const SEVERITIES = ['hard', 'warning'] as const
const UNITS = ['m', 'm2', 'percent', 'count', 'minutes'] as const
const EVIDENCE = ['primary', 'page', 'common'] as const

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const closed = { additionalProperties: false }

const Source = Type.Object(
  {
    title: Type.String({ maxLength: 300 }),
    url: Nullable(Type.String({ maxLength: 500, pattern: '^https?://' })),
    quoted: Nullable(Type.String({ maxLength: 1000 })),
  },
  closed,
)

const ByClass = Type.Record(Type.String({ pattern: '^[a-z_]{1,40}$' }), Type.Number(), {
  maxProperties: 20,
})

const Level = Type.Object(
  {
    severity: Literals(SEVERITIES),
    required: Type.Number(),
    most: Type.Optional(Type.Number()),
    by_class: Type.Optional(ByClass),
  },
  closed,
)

const Names = Type.Array(Type.String({ pattern: '^[a-z_]{1,40}$' }), {
  minItems: 1,
  maxItems: 40,
  uniqueItems: true,
})

const RuleShape = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,20}$' }),
    kind: Literals(RULE_KINDS),
    message_key: Type.String({ pattern: '^finding\\.[a-z_]{1,60}$' }),
    title_zh: Text(100),
    title_en: Text(200),
    subject: Type.Object(
      {
        collection: Literals(USES),
        vehicle_classes: Type.Optional(Names),
        layouts: Type.Optional(Names),
      },
      closed,
    ),
    other: Type.Optional(
      Type.Object(
        { collection: Type.String({ pattern: '^[a-z_]{1,40}$' }), kinds: Type.Optional(Names) },
        closed,
      ),
    ),
    member: Type.Optional(Literals(['unit_length_m', 'unit_width_m'])),
    levels: Type.Array(Level, { maxItems: 5 }),
    unit: Nullable(Literals(UNITS)),
    source: Source,
    evidence: Literals(EVIDENCE, 'primary source, a copy or report of it, or common practice'),
    from: Type.Optional(
      Type.String({ maxLength: 64, description: 'the pack it is taken over from' }),
    ),
  },
  closed,
)

const Rules = Type.Array(RuleShape, { maxItems: 200 })

export const LintRemarkShape = Type.Object({
  code: Literals(LINT_CODES),
  level: Literals(['error', 'warning', 'notice']),
  rule_ids: Type.Array(Type.String()),
  detail: Type.Array(Type.String()),
})

const Head = {
  id: Type.String({ description: 'a name for one that ships, a UUID for a community’s own' }),
  version: Type.Integer(),
  name_zh: Type.String(),
  name_en: Type.String(),
  region: Type.String(),
  effective: Type.String(),
  is_shipped: Type.Boolean(),
}

const BasedOn = Nullable(Type.Object({ id: Type.String(), version: Type.Integer() }))

export const RulePackShape = Type.Object({
  ...Head,
  note_zh: Type.Optional(Type.String()),
  note_en: Type.Optional(Type.String()),
  based_on: BasedOn,
  rules: Rules,
  lint: Type.Array(LintRemarkShape),
})
export type RulePackShape = Static<typeof RulePackShape>

export const RulePacksReply = Type.Object({
  rule_packs: Type.Array(
    Type.Object({
      ...Head,
      based_on: BasedOn,
      rules: Type.Integer({ description: 'how many rules it holds' }),
      remarks: Type.Object(
        { error: Type.Integer(), warning: Type.Integer(), notice: Type.Integer() },
        { description: 'how many remarks of each level there are on it' },
      ),
    }),
  ),
  active: Type.Object({ id: Type.String(), version: Type.Integer(), serial: Type.Integer() }),
})

export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })

export const PackParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

export const PackQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'the newest where it is missing' }),
  ),
})

const Reason = Type.Optional(Type.String({ maxLength: 500 }))

export const NewRulePack = Type.Object(
  {
    id: Type.Optional(Uuid),
    copy_of: Type.String({ minLength: 1, maxLength: 64 }),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    name_zh: Text(100),
    name_en: Text(200),
    reason: Reason,
  },
  closed,
)

export const RuleChangeShape = Type.Object(
  {
    rule_id: Type.String({ minLength: 1, maxLength: 20 }),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 4, description: 'counted from 0' })),
    severity: Type.Optional(Literals(SEVERITIES)),
    required: Type.Optional(Type.Number()),
    most: Type.Optional(Type.Number()),
    by_class: Type.Optional(ByClass),
    levels: Type.Optional(Type.Array(Level, { minItems: 1, maxItems: 5 })),
    source: Type.Optional(Source),
    evidence: Type.Optional(Literals(EVIDENCE)),
    is_removed: Type.Optional(Type.Boolean()),
  },
  { ...closed, description: 'one edit of one rule; what is not named stays' },
)
const Changes = Type.Array(RuleChangeShape, { minItems: 1, maxItems: 500 })

/** Either single `changes` or the whole list of `rules`. */
export const RulePackSave = Type.Object(
  {
    name_zh: Type.Optional(Text(100)),
    name_en: Type.Optional(Text(200)),
    region: Type.Optional(Type.String({ maxLength: 40 })),
    effective: Type.Optional(CalendarDate),
    changes: Type.Optional(Changes),
    rules: Type.Optional(Rules),
    reason: Reason,
  },
  { ...closed, minProperties: 1 },
)
export type RulePackSave = Static<typeof RulePackSave>

export const Activation = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64 }),
    version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    reason: Reason,
  },
  closed,
)

export const PackVersions = Type.Object({
  versions: Type.Array(
    Type.Object({
      version: Type.Integer(),
      saved_at: Instant,
      saved_by: Nullable(
        Type.String({ description: 'display name; for those who may read the audit' }),
      ),
      reason: Nullable(Type.String()),
      activated_at: Nullable(Instant),
    }),
  ),
})

/** What would be judged instead of the pack in force: the named pack, with edits or with other rules. */
export const WhatIfBody = Type.Object(
  {
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    changes: Type.Optional(Changes),
    rules: Type.Optional(Rules),
  },
  closed,
)

const VerdictShape = Nullable(Literals(SEVERITIES))

export const WhatIfReply = Type.Object({
  compared_with: Type.Object(
    { id: Type.String(), version: Type.Integer() },
    { description: 'the pack in force' },
  ),
  fails: Type.Integer({ description: 'uses that would fail under a changed rule that do not now' }),
  passes: Type.Integer({ description: 'uses that would no longer fail under a changed rule' }),
  effects: Type.Array(
    Type.Object({
      rule_id: Type.String(),
      collection: Literals(USES),
      unit: Nullable(Literals(UNITS)),
      checked: Type.Integer({ description: 'uses that the rule looks at' }),
      failing_before: Type.Integer(),
      failing_after: Type.Integer(),
      fails: Type.Integer(),
      warned: Type.Integer(),
      passes: Type.Integer(),
      cleared: Type.Integer(),
      outcomes: Type.Array(
        Type.Object({
          id: Uuid,
          external_id: Nullable(Type.String()),
          name_zh: Nullable(Type.String()),
          name_en: Nullable(Type.String()),
          lon: Type.Number(),
          lat: Type.Number(),
          before: VerdictShape,
          after: VerdictShape,
          measured: Nullable(Type.Number()),
          required: Nullable(Type.Number()),
        }),
        { description: 'those that would fail first, at most 2,000' },
      ),
    }),
  ),
})
export type WhatIfReply = Static<typeof WhatIfReply>
