import { type Static, Type } from 'typebox'
import { STATUSES, STEPS } from '../../domain/case-flow.ts'
import { CommunityRef, Instant, Link, Literals, Nullable, Uuid } from '../../http/shapes.ts'

/** Cases as a collection of OGC API Features: read only, and only what anybody may know. */

export const CASES_TITLE = {
  id: 'cases',
  title: '案卷 Cases',
  description: 'Cases of public kinds: where, which kind, which step, since when',
}

export const CaseItemsQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  f: Type.Optional(Literals(['json'])),
  bbox: Type.Optional(Type.String({ maxLength: 200 })),
  datetime: Type.Optional(
    Type.String({ maxLength: 80, description: 'found then: an instant, or from/to' }),
  ),
  step: Type.Optional(Literals(STEPS)),
  status: Type.Optional(Literals(STATUSES)),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
})
export type CaseItemsQuery = Static<typeof CaseItemsQuery>

export const CaseFeature = Type.Object({
  type: Literals(['Feature']),
  id: Uuid,
  geometry: Type.Object({
    type: Literals(['Point']),
    coordinates: Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
  }),
  properties: Type.Object({
    number: Type.String(),
    kind: Type.String(),
    kind_zh: Type.String(),
    kind_en: Type.String(),
    step: Literals(STEPS),
    status: Literals(STATUSES),
    found_at: Instant,
    closed_at: Nullable(Instant),
    is_overdue: Type.Boolean(),
    grid_id: Nullable(Uuid),
    segment_id: Nullable(Uuid),
    side: Nullable(Literals(['left', 'right'])),
    satisfaction: Nullable(Type.Integer()),
    version: Type.Integer(),
  }),
  links: Type.Optional(Type.Array(Link)),
})
export type CaseFeature = Static<typeof CaseFeature>

export const CaseItems = Type.Object({
  type: Literals(['FeatureCollection']),
  features: Type.Array(CaseFeature),
  numberReturned: Type.Integer(),
  links: Type.Array(Link),
})
