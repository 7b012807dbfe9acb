import { type TObject, type TSchema, Type } from 'typebox'
import { CommunityRef, GeometryShape, Instant, Link, Literals, Uuid } from '../../http/shapes.ts'
import { COLLECTIONS, type CollectionId, Kept } from './contract.ts'

/** What every address of the inventory takes. */
export const CommunityQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  f: Type.Optional(Literals(['json'])),
})

const Links = Type.Array(Link)

export const LandingReply = Type.Object({
  title: Type.String(),
  description: Type.String(),
  links: Links,
})

export const ConformanceReply = Type.Object({ conformsTo: Type.Array(Type.String()) })

export const CollectionReply = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  extent: Type.Optional(
    Type.Object({
      spatial: Type.Object({
        bbox: Type.Array(Type.Array(Type.Number())),
        crs: Type.String(),
      }),
      temporal: Type.Object({ interval: Type.Array(Type.Array(Type.Null())) }),
    }),
  ),
  itemType: Type.String(),
  crs: Type.Array(Type.String()),
  links: Links,
})

export const CollectionsReply = Type.Object({
  collections: Type.Array(CollectionReply),
  links: Links,
})

/** A stored feature of a collection as GeoJSON. */
export function featureReply(collection: CollectionId): TSchema {
  const { properties } = COLLECTIONS[collection].properties as TObject
  return Type.Object({
    type: Literals(['Feature']),
    id: Uuid,
    geometry: GeometryShape,
    properties: Type.Object({ ...properties, ...Kept.properties }),
    links: Type.Optional(Links),
  })
}

/** One page of them. */
export const itemsReply = (collection: CollectionId): TSchema =>
  Type.Object({
    type: Literals(['FeatureCollection']),
    features: Type.Array(featureReply(collection)),
    links: Links,
    timeStamp: Instant,
    numberReturned: Type.Integer(),
  })
