import { Type } from 'typebox'
import { CommunityRef } from '../../http/shapes.ts'

export const MOST_ZOOM = 22

export const TileParams = Type.Object({
  layer: Type.String({ maxLength: 40 }),
  z: Type.Integer({ minimum: 0, maximum: MOST_ZOOM }),
  x: Type.Integer({ minimum: 0 }),
  y: Type.Integer({ minimum: 0 }),
})

export const TileQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  v: Type.Optional(
    Type.String({ maxLength: 200, description: "the layers' versions: such an answer never ages" }),
  ),
})

export const TileJsonParams = Type.Object({ layer: Type.String({ maxLength: 40 }) })

export const TileJson = Type.Object({
  tilejson: Type.String(),
  name: Type.String(),
  version: Type.String(),
  scheme: Type.String(),
  tiles: Type.Array(Type.String()),
  minzoom: Type.Integer(),
  maxzoom: Type.Integer(),
  bounds: Type.Array(Type.Number()),
  center: Type.Array(Type.Number()),
  attribution: Type.Optional(Type.String()),
  vector_layers: Type.Array(
    Type.Object({
      id: Type.String(),
      description: Type.String(),
      minzoom: Type.Integer(),
      maxzoom: Type.Integer(),
      fields: Type.Record(Type.String(), Type.String()),
    }),
  ),
})
