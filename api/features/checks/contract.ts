import { type Static, Type } from 'typebox'
import { COMPASS, type Finding as DomainFinding } from '../../domain/rules/finding.ts'
import { USES } from '../../domain/rules/scene.ts'
import {
  CommunityRef,
  DAY_CODES,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
  WeeklyWindow,
} from '../../http/shapes.ts'

/** What can be judged: what takes a piece of street, each by its collection, or all of it at once. */
export const JUDGED = [...USES, 'all'] as const
/** What can be judged before it is saved. */
export const DRAFTED = ['bays', 'vendor_zones', 'closures'] as const

const Party = {
  collection: Type.String(),
  id: Type.String(),
  name_zh: Nullable(Type.String()),
  name_en: Nullable(Type.String()),
}

const Source = Type.Object({
  title: Type.String(),
  url: Nullable(Type.String()),
  quoted: Nullable(Type.String()),
})

const Hours = Type.Object({ from: Type.String(), to: Type.String() })

/** What would mend a finding; which members are there depends on `kind`. */
export const Fix = Type.Object(
  {
    kind: Literals(['move', 'shrink', 'reschedule']),
    geometry: Type.Optional(GeometryShape),
    distance_m: Type.Optional(Type.Number({ description: 'move: how far' })),
    direction: Type.Optional(Literals(COMPASS, 'move: where to')),
    bearing_deg: Type.Optional(Type.Integer({ description: 'move: clockwise from north' })),
    is_along_kerb: Type.Optional(Type.Boolean()),
    side: Type.Optional(
      Literals(['length', 'depth'], 'shrink: the longer side, or across the kerb'),
    ),
    from_m: Type.Optional(Type.Number()),
    to_m: Type.Optional(Type.Number()),
    places: Type.Optional(
      Nullable(Type.Integer({ description: 'shrink: places or stalls that are left' })),
    ),
    windows: Type.Optional(Type.Array(WeeklyWindow)),
    changes: Type.Optional(
      Type.Array(
        Type.Object({ days: Type.Array(Literals(DAY_CODES)), from: Hours, to: Nullable(Hours) }),
      ),
    ),
    minutes_lost_per_week: Type.Optional(Type.Integer()),
  },
  { description: 'the nearest change of the subject that removes the finding' },
)

export const Finding = Type.Object({
  rule_id: Type.String(),
  severity: Literals(['hard', 'warning']),
  message_key: Type.String(),
  subject: Type.Object(Party),
  other: Nullable(Type.Object({ ...Party, kind: Nullable(Type.String()) })),
  measured: Nullable(Type.Number()),
  required: Nullable(Type.Number()),
  unit: Nullable(Literals(['m', 'm2', 'percent', 'count', 'minutes'])),
  where: GeometryShape,
  when: Type.Object({
    hours_per_week: Type.Number({ description: 'hours of an ordinary week' }),
    windows: Type.Array(WeeklyWindow),
  }),
  fix: Nullable(Fix),
  other_fixes: Type.Optional(Type.Array(Fix)),
  source: Source,
})
export type Finding = DomainFinding

/** Drafts to judge. Those that stand for a stored feature carry its id. */
export const CheckBody = Type.Object(
  {
    type: Literals(['FeatureCollection']),
    features: Type.Array(
      Type.Object({
        type: Literals(['Feature']),
        id: Type.Optional(Uuid),
        geometry: GeometryShape,
        properties: Type.Object({ collection: Literals(DRAFTED) }, { additionalProperties: true }),
      }),
      { minItems: 1, maxItems: 500 },
    ),
  },
  { additionalProperties: true },
)

export const CheckReply = Type.Object({
  findings: Type.Array(Finding),
  capacity: Type.Array(
    Type.Object({
      index: Type.Integer(),
      places: Nullable(Type.Integer()),
      length_m: Type.Number(),
      depth_m: Type.Number(),
      area_m2: Type.Number(),
    }),
  ),
})
export type CheckReply = Static<typeof CheckReply>

const IsWithFixes = Type.Optional(
  Literals(['true', 'false'], 'with what would mend each finding; the first 200, hard ones first'),
)

export const CheckQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  fixes: IsWithFixes,
})

export const ConflictsQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  of: Type.Optional(Literals(JUDGED)),
  bbox: Type.Optional(Type.String({ maxLength: 200, description: 'west,south,east,north' })),
  at: Type.Optional({ ...Instant, description: 'only uses that are in force at this instant' }),
  from: Type.Optional({ ...Instant, description: 'only what happens from then on; with "to"' }),
  to: Type.Optional({ ...Instant, description: 'at most 366 days after "from"' }),
  day: Type.Optional(Literals(DAY_CODES, 'only what happens on this day of the week')),
  hours: Type.Optional(
    Type.String({
      pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
      description: 'only what happens in these hours, for example 18:00-22:00',
    }),
  ),
  subject: Type.Optional({ ...Uuid, description: 'only findings about this use' }),
  fixes: IsWithFixes,
})

export const ConflictsReply = Type.Object({
  findings: Type.Array(Finding),
  checked: Type.Integer({ description: 'how many uses were judged' }),
  rule_pack: Type.Object({ id: Type.String(), version: Type.Integer() }),
})
export type ConflictsReply = Static<typeof ConflictsReply>
