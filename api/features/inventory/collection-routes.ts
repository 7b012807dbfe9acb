import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { etagOf } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { CommunityRef, Uuid } from '../../http/shapes.ts'
import {
  COLLECTIONS,
  type CollectionId,
  featureBody,
  featurePatch,
  itemsQuery,
} from './contract.ts'
import { changeItem, createItem, type EditingParts, refuseMissing, removeItem } from './editing.ts'
import { admitFeature, admitGeometry, admitPlace, admitSides, featureText } from './feature.ts'
import { itemsPage } from './items.ts'
import { describeCollection, extents } from './landing.ts'
import { emptyMembers, ownMembers } from './members.ts'
import { rightFor } from './permits.ts'
import { CollectionReply, CommunityQuery, featureReply, itemsReply } from './replies.ts'
import { findItem } from './store.ts'

const GEOJSON = 'application/geo+json'
const TAGS = ['inventory']

/** How a form of the inventory's addresses differs from the other: `?community=`, or the community in the path. */
export interface Form {
  hide: boolean
  baseOf: (request: FastifyRequest) => string
  queryOf: (request: FastifyRequest) => string
}

/** One collection: its description, its pages of features, and reading and editing one of them. */
export function collectionRoutes(
  parts: EditingParts,
  collection: CollectionId,
  { hide, baseOf, queryOf }: Form,
): FastifyPluginAsyncTypebox {
  const path = `/collections/${collection}`
  const describe = (summary: string) => ({
    hide,
    tags: TAGS,
    summary: `${collection}: ${summary}`,
  })
  const geojson = (summary: string, response: Record<number, TSchema>) => ({
    ...describe(summary),
    produces: [GEOJSON],
    response,
  })
  const Feature = featureReply(collection)
  const ItemParams = hide
    ? Type.Object({ id: Uuid, community: CommunityRef })
    : Type.Object({ id: Uuid })

  return async (app) => {
    // Features are sent as ready text: their shapes are for the document and need no serializer built.
    app.setSerializerCompiler(() => (data) => JSON.stringify(data))

    app.get(
      path,
      {
        schema: {
          ...describe('description'),
          querystring: CommunityQuery,
          response: { 200: CollectionReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const boxes = await extents(parts.engine, community.id, [collection])
        return describeCollection(
          baseOf(request),
          queryOf(request),
          collection,
          boxes.get(collection) ?? null,
        )
      },
    )

    app.get(
      `${path}/items`,
      {
        schema: {
          ...geojson('one page of features', { 200: itemsReply(collection) }),
          querystring: itemsQuery(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        return reply.type(GEOJSON).send(await itemsPage(parts, request, community, collection))
      },
    )

    app.get(
      `${path}/items/:id`,
      {
        schema: {
          ...geojson('one feature', { 200: Feature, 304: Type.Null() }),
          params: ItemParams,
          querystring: CommunityQuery,
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { id } = request.params
        const row = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findItem(trx, community.id, collection, id).executeTakeFirst(),
        )
        refuseMissing(row, id)
        const self = `${baseOf(request)}${path}/items/${id}${queryOf(request)}`
        const text = featureText(row, [
          { href: self, rel: 'self', type: GEOJSON },
          {
            href: `${baseOf(request)}${path}${queryOf(request)}`,
            rel: 'collection',
            type: 'application/json',
          },
        ])
        if (request.headers['if-none-match']?.includes(etagOf(row)))
          return reply.code(304).send(null)
        return reply.header('etag', etagOf(row)).type(GEOJSON).send(text)
      },
    )

    app.post(
      `${path}/items`,
      {
        schema: {
          ...geojson('create a feature', { 200: Feature, 201: Feature }),
          querystring: CommunityQuery,
          body: featureBody(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const body = request.body as Body
        requireRight(request, community.id, rightFor(collection, body.properties))
        const { geometry, properties, id } = admitFeature(collection, body)
        admitPlace(geometry, community.bbox)
        const edit = { request, community, collection, id: id ?? uuidv7() }
        const { row, isNew } = await createItem(parts, edit, ownMembers(properties), geometry)
        return reply
          .code(isNew ? 201 : 200)
          .header('location', `${baseOf(request)}${path}/items/${edit.id}${queryOf(request)}`)
          .header('etag', etagOf(row))
          .type(GEOJSON)
          .send(featureText(row))
      },
    )

    app.put(
      `${path}/items/:id`,
      {
        schema: {
          ...geojson('replace a feature', { 200: Feature }),
          params: ItemParams,
          querystring: CommunityQuery,
          body: featureBody(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const body = request.body as Body
        requireRight(request, community.id, rightFor(collection, body.properties))
        const { geometry, properties, id } = admitFeature(collection, body)
        if (id !== undefined && id !== request.params.id)
          throw new ApiProblem('request/invalid-body', 'the id is not the one in the address', [
            { path: 'id', message: `leave it out, or send ${request.params.id}` },
          ])
        admitPlace(geometry, community.bbox)
        const edit = { request, community, collection, id: request.params.id }
        const members = { ...emptyMembers(collection), ...ownMembers(properties) }
        const row = await changeItem(parts, edit, 'replace', members, geometry)
        return reply.header('etag', etagOf(row)).type(GEOJSON).send(featureText(row))
      },
    )

    app.patch(
      `${path}/items/:id`,
      {
        schema: {
          ...geojson('change members of a feature', { 200: Feature }),
          params: ItemParams,
          querystring: CommunityQuery,
          body: featurePatch(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const body = request.body as Partial<Body>
        requireRight(request, community.id, rightFor(collection, body.properties ?? {}))
        const properties = admitSides(body.properties ?? {})
        const geometry =
          body.geometry === undefined
            ? null
            : admitGeometry(body.geometry, COLLECTIONS[collection].geometry, 'geometry')
        if (geometry) admitPlace(geometry, community.bbox)
        const edit = { request, community, collection, id: request.params.id }
        const row = await changeItem(parts, edit, 'update', ownMembers(properties), geometry)
        return reply.header('etag', etagOf(row)).type(GEOJSON).send(featureText(row))
      },
    )

    app.delete(
      `${path}/items/:id`,
      {
        schema: {
          ...describe('end a feature'),
          params: ItemParams,
          querystring: CommunityQuery,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, rightFor(collection, {}))
        await removeItem(parts, { request, community, collection, id: request.params.id })
        return reply.code(204).send(null)
      },
    )
  }
}

interface Body {
  id?: string
  geometry: unknown
  properties: Record<string, unknown>
}
