import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { etagOf } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CommunityRef, Uuid } from '../../http/shapes.ts'
import { casePage, findCaseFeature } from './collection.ts'
import { CaseFeature, CaseItems, CaseItemsQuery } from './collection-contract.ts'

const GEOJSON = 'application/geo+json'
const TAGS = ['cases']

/** The collection `cases` beside those of the inventory, in both forms of its addresses; its description is listed there. */
export function caseCollectionRoutes(
  parts: { engine: Engine },
  isPathForm: boolean,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/collections/cases/items',
      {
        schema: {
          hide: isPathForm,
          tags: TAGS,
          summary: 'cases: one page of features',
          produces: [GEOJSON],
          querystring: CaseItemsQuery,
          response: { 200: CaseItems },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { features, next } = await asCommunities(parts.engine.db, [community.id], (trx) =>
          casePage(trx, community.id, request.query),
        )
        const self = addressOf(request)
        const links = [{ href: self.href, rel: 'self', type: GEOJSON }]
        if (next !== null) {
          self.searchParams.set('cursor', next)
          links.push({ href: self.href, rel: 'next', type: GEOJSON })
        }
        return reply.type(GEOJSON).send({
          type: 'FeatureCollection',
          features,
          numberReturned: features.length,
          links,
        })
      },
    )

    app.get(
      '/collections/cases/items/:id',
      {
        schema: {
          hide: isPathForm,
          tags: TAGS,
          summary: 'cases: one feature',
          produces: [GEOJSON],
          params: isPathForm
            ? Type.Object({ id: Uuid, community: CommunityRef })
            : Type.Object({ id: Uuid }),
          querystring: Type.Pick(CaseItemsQuery, ['community', 'f']),
          response: { 200: CaseFeature },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const feature = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findCaseFeature(trx, community.id, request.params.id),
        )
        if (!feature) throw new ApiProblem('cases/not-found', 'there is no such case here')
        const self = addressOf(request)
        const collection = new URL(self)
        collection.pathname = self.pathname.replace(/\/items\/[^/]+$/, '')
        return reply
          .type(GEOJSON)
          .header('etag', etagOf(feature.properties))
          .send({
            ...feature,
            links: [
              { href: self.href, rel: 'self', type: GEOJSON },
              { href: collection.href, rel: 'collection', type: 'application/json' },
            ],
          })
      },
    )
  }
}

const addressOf = (request: FastifyRequest): URL =>
  new URL(request.url, `${request.protocol}://${request.host}`)
