import { Type } from 'typebox'
import { CommunityRef, Nullable, Uuid } from '../../http/shapes.ts'

export const SearchQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  q: Type.String({ minLength: 1, maxLength: 100 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
})

export const SearchReply = Type.Object({
  results: Type.Array(
    Type.Object({
      collection: Type.String(),
      id: Uuid,
      external_id: Nullable(Type.String()),
      name_zh: Nullable(Type.String()),
      name_en: Nullable(Type.String()),
      lon: Type.Number(),
      lat: Type.Number(),
      bbox: Type.Array(Type.Number(), { minItems: 4, maxItems: 4 }),
    }),
  ),
})
