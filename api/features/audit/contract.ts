import { Type } from 'typebox'
import { CommunityRef, Instant, Nullable, Uuid } from '../../http/shapes.ts'

export const AuditQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  collection: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  record_id: Type.Optional(Uuid),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})

export const AuditReply = Type.Object({
  changes: Type.Array(
    Type.Object({
      id: Uuid,
      at: Instant,
      actor: Nullable(Type.String({ description: 'display name of whoever changed it' })),
      action: Type.String(),
      collection: Type.String(),
      record_id: Nullable(Uuid),
      before: Type.Unknown(),
      after: Type.Unknown(),
      reason: Nullable(Type.String()),
    }),
  ),
  next: Nullable(Type.String({ description: 'cursor of the next page' })),
})
