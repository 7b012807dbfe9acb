import { type Static, Type } from 'typebox'
import type { Finding as DomainFinding } from '../../domain/rules/finding.ts'
import {
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
  WeeklyWindow,
} from '../../http/shapes.ts'

/** What can be judged: uses of the street that someone decides on. */
export const JUDGED = ['bays', 'vendor_zones'] as const

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
  fix: Type.Null(),
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
        properties: Type.Object({ collection: Literals(JUDGED) }, { additionalProperties: true }),
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

export const ConflictsQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  of: Type.Optional(Literals(JUDGED)),
  bbox: Type.Optional(Type.String({ maxLength: 200, description: 'west,south,east,north' })),
  at: Type.Optional({ ...Instant, description: 'only uses that are in force at this instant' }),
})

export const ConflictsReply = Type.Object({
  findings: Type.Array(Finding),
  checked: Type.Integer({ description: 'how many uses were judged' }),
  rule_pack: Type.Object({ id: Type.String(), version: Type.Integer() }),
})
export type ConflictsReply = Static<typeof ConflictsReply>
