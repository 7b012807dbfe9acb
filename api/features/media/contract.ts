import { type Static, Type } from 'typebox'
import { CommunityRef, Instant, Literals, Nullable, Uuid } from '../../http/shapes.ts'

/** Photos: re-encoded and shrunk, without the camera's notes, seen only by who may see the record. */

export const MEDIA_ROLES = ['evidence', 'before', 'after', 'notice'] as const
/** The most bytes one photo may have as sent. */
export const MOST_BYTES = 15 * 1024 * 1024
/** The most pixels one photo may have before it is decoded. */
export const MOST_PIXELS = 60_000_000
export const ACCEPTED_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const

export const MediaQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  role: Type.Optional(Literals(MEDIA_ROLES)),
})

/** `taken_*` come from the camera's notes and are its claims. */
export const MediaView = Type.Object({
  id: Uuid,
  role: Literals(MEDIA_ROLES),
  content_type: Type.String(),
  bytes: Type.Integer(),
  width: Type.Integer(),
  height: Type.Integer(),
  taken_at: Nullable(Instant),
  taken_lon: Nullable(Type.Number()),
  taken_lat: Nullable(Type.Number()),
  created_at: Instant,
})
export type MediaView = Static<typeof MediaView>
