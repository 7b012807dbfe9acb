import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { collectionRoutes } from './collection-routes.ts'
import { COLLECTION_IDS } from './contract.ts'
import type { EditingParts } from './editing.ts'
import { originOf } from './items.ts'
import { quickItems } from './live-items.ts'
import {
  CONFORMANCE,
  describeCollection,
  extents,
  landingPage,
  type OtherCollection,
} from './landing.ts'
import {
  CollectionReply,
  CollectionsReply,
  CommunityQuery,
  ConformanceReply,
  LandingReply,
} from './replies.ts'

const TAGS = ['inventory']

/**
 * The inventory as OGC API Features (Part 1 Core, Part 4 edits). Registered twice: at the API's root, where
 * `?community=` chooses, and below `/communities/{community}`, so that a GIS can be given one landing page.
 */
export function inventoryRoutes(
  parts: EditingParts,
  isPathForm: boolean,
  others: readonly OtherCollection[] = [],
): FastifyPluginAsyncTypebox {
  return async (app) => {
    const hide = isPathForm
    if (!isPathForm) {
      const memory = { communities: app.communities, models: parts.models }
      app.quickReads.add('/api/collections/', (url, headers) => quickItems(memory, url, headers))
    }
    const baseOf = (request: FastifyRequest) =>
      `${originOf(request)}${baseOfPath(request, app.prefix)}`
    // The path form names the community already; the query form must carry it along in its links.
    const queryOf = (request: FastifyRequest) => {
      const { community } = request.query as { community?: string }
      return community && !isPathForm ? `?community=${encodeURIComponent(community)}` : ''
    }

    app.get(
      '/',
      {
        schema: {
          hide,
          tags: TAGS,
          summary: 'Landing page',
          querystring: CommunityQuery,
          response: { 200: LandingReply },
        },
      },
      async (request) =>
        landingPage(
          baseOf(request),
          originOf(request),
          isPathForm ? await communityOf(request) : null,
        ),
    )

    app.get(
      '/conformance',
      {
        schema: {
          hide,
          tags: TAGS,
          summary: 'Conformance classes',
          querystring: CommunityQuery,
          response: { 200: ConformanceReply },
        },
      },
      async () => ({
        conformsTo: CONFORMANCE,
      }),
    )

    app.get(
      '/collections',
      {
        schema: {
          hide,
          tags: TAGS,
          summary: 'Collections',
          querystring: CommunityQuery,
          response: { 200: CollectionsReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const boxes = await extents(parts.engine, community.id, COLLECTION_IDS)
        return {
          collections: [
            ...COLLECTION_IDS.map((id) =>
              describeCollection(baseOf(request), queryOf(request), id, boxes.get(id) ?? null),
            ),
            ...(await Promise.all(others.map((other) => describeOther(request, other)))),
          ],
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

    for (const other of others)
      app.get(
        `/collections/${other.id}`,
        {
          schema: {
            hide,
            tags: TAGS,
            summary: `${other.id}: description`,
            querystring: CommunityQuery,
            response: { 200: CollectionReply },
          },
        },
        async (request) => describeOther(request, other),
      )

    async function describeOther(request: FastifyRequest, other: OtherCollection) {
      const { id } = await communityOf(request)
      const box = await asCommunities(parts.engine.db, [id], (trx) => other.extentOf(trx, id))
      return describeCollection(baseOf(request), queryOf(request), other, box)
    }

    for (const id of COLLECTION_IDS)
      await app.register(collectionRoutes(parts, id, { hide, baseOf, queryOf }))
  }
}

function baseOfPath(request: FastifyRequest, prefix: string): string {
  const { community } = (request.params ?? {}) as { community?: string }
  return prefix.replace(':community', encodeURIComponent(community ?? ''))
}
