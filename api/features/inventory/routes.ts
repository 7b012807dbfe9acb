import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { requireRight } from '../../http/rights.ts'
import { CommunityRef, Literals, Uuid } from '../../http/shapes.ts'
import {
  COLLECTION_IDS,
  COLLECTIONS,
  type CollectionId,
  featureBody,
  featurePatch,
  itemsQuery,
  Kept,
} from './contract.ts'
import { changeItem, createItem, type EditingParts, refuseMissing, removeItem } from './editing.ts'
import { admitFeature, admitGeometry, admitPlace, admitSides, featureText } from './feature.ts'
import { itemsPage, originOf } from './items.ts'
import { CONFORMANCE, describeCollection, extents, landingPage } from './landing.ts'
import { rightFor } from './permits.ts'
import { findItem, type InventoryRow } from './store.ts'

const GEOJSON = 'application/geo+json'
const TAGS = ['inventory']
const CommunityQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  f: Type.Optional(Literals(['json'])),
})
const ItemParams = Type.Object({ id: Uuid, community: Type.Optional(CommunityRef) })

/**
 * The inventory as OGC API Features (Part 1 Core, Part 4 edits). Registered twice: at the API's root, where
 * `?community=` chooses, and below `/communities/{community}`, so that a GIS can be given one landing page.
 */
export function inventoryRoutes(
  parts: EditingParts,
  isPathForm: boolean,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    const hide = isPathForm
    const baseOf = (request: FastifyRequest) =>
      `${originOf(request)}${baseOfPath(request, app.prefix)}`
    // The path form names the community already; the query form must carry it along in its links.
    const queryOf = (request: FastifyRequest) => {
      const { community } = request.query as { community?: string }
      return community && !isPathForm ? `?community=${encodeURIComponent(community)}` : ''
    }

    app.get(
      '/',
      { schema: { hide, tags: TAGS, summary: 'Landing page', querystring: CommunityQuery } },
      async (request) =>
        landingPage(
          baseOf(request),
          originOf(request),
          isPathForm ? await communityOf(request) : null,
        ),
    )

    app.get(
      '/conformance',
      { schema: { hide, tags: TAGS, summary: 'Conformance classes', querystring: CommunityQuery } },
      async () => ({
        conformsTo: CONFORMANCE,
      }),
    )

    app.get(
      '/collections',
      { schema: { hide, tags: TAGS, summary: 'Collections', querystring: CommunityQuery } },
      async (request) => {
        const community = await communityOf(request)
        const boxes = await extents(parts.engine, community.id, COLLECTION_IDS)
        return {
          collections: COLLECTION_IDS.map((id) =>
            describeCollection(baseOf(request), queryOf(request), id, boxes.get(id) ?? null),
          ),
          links: [
            {
              href: `${baseOf(request)}/collections${queryOf(request)}`,
              rel: 'self',
              type: 'application/json',
            },
          ],
        }
      },
    )

    for (const id of COLLECTION_IDS)
      await app.register(collectionRoutes(parts, id, { hide, baseOf, queryOf }))
  }
}

interface Form {
  hide: boolean
  baseOf: (request: FastifyRequest) => string
  queryOf: (request: FastifyRequest) => string
}

function collectionRoutes(
  parts: EditingParts,
  collection: CollectionId,
  { hide, baseOf, queryOf }: Form,
): FastifyPluginAsyncTypebox {
  const path = `/collections/${collection}`
  const describe = (summary: string) => ({ hide, tags: TAGS, summary: `${collection}: ${summary}` })

  return async (app) => {
    app.get(
      path,
      { schema: { ...describe('description'), querystring: CommunityQuery } },
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
      { schema: { ...describe('one page of features'), querystring: itemsQuery(collection) } },
      async (request, reply) => {
        const community = await communityOf(request)
        return reply
          .type(GEOJSON)
          .send(await itemsPage(parts.engine, request, community, collection))
      },
    )

    app.get(
      `${path}/items/:id`,
      { schema: { ...describe('one feature'), params: ItemParams, querystring: CommunityQuery } },
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
        if (request.headers['if-none-match']?.includes(etagOf(row))) return reply.code(304).send()
        return reply.header('etag', etagOf(row)).type(GEOJSON).send(text)
      },
    )

    app.post(
      `${path}/items`,
      {
        schema: {
          ...describe('create a feature'),
          querystring: CommunityQuery,
          body: featureBody(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { geometry, properties, id } = admitFeature(collection, request.body as Body)
        requireRight(request, community.id, rightFor(collection, properties))
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
          ...describe('replace a feature'),
          params: ItemParams,
          querystring: CommunityQuery,
          body: featureBody(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { geometry, properties } = admitFeature(collection, request.body as Body)
        requireRight(request, community.id, rightFor(collection, properties))
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
          ...describe('change members of a feature'),
          params: ItemParams,
          querystring: CommunityQuery,
          body: featurePatch(collection),
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const body = request.body as Partial<Body>
        const properties = admitSides(body.properties ?? {})
        requireRight(request, community.id, rightFor(collection, properties))
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
      { schema: { ...describe('end a feature'), params: ItemParams, querystring: CommunityQuery } },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, rightFor(collection, {}))
        await removeItem(parts, { request, community, collection, id: request.params.id })
        return reply.code(204).send()
      },
    )
  }
}

interface Body {
  id?: string
  geometry: unknown
  properties: Record<string, unknown>
}

const etagOf = (row: InventoryRow) => `"${row.version}"`

/** The client's members without those that the server keeps; `external_id` and `source` are the client's. */
function ownMembers(properties: Record<string, unknown>): Record<string, unknown> {
  const members = { ...properties }
  for (const kept of Object.keys(Kept.properties))
    if (kept !== 'external_id' && kept !== 'source') delete members[kept]
  delete members['shared_spaces']
  return members
}

/** A replacement leaves nothing of the old record: members not sent become null, a status its default. */
function emptyMembers(collection: CollectionId): Record<string, unknown> {
  const { properties, required = [] } = COLLECTIONS[collection].properties as unknown as {
    properties: Record<string, unknown>
    required?: string[]
  }
  const members: Record<string, unknown> = { external_id: null, source: null }
  for (const member of Object.keys(properties))
    if (
      !required.includes(member) &&
      member !== 'status' &&
      member !== 'sides' &&
      member !== 'shared_spaces'
    )
      members[member] = null
  if (collection === 'bays' || collection === 'vendor_zones') members['status'] = 'draft'
  if (collection === 'street_segments') members['sides'] = []
  return members
}

function baseOfPath(request: FastifyRequest, prefix: string): string {
  const { community } = (request.params ?? {}) as { community?: string }
  return prefix.replace(':community', encodeURIComponent(community ?? ''))
}
