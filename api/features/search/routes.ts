import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { SearchQuery, SearchReply } from './contract.ts'
import { searchNames } from './store.ts'

/** Search by name over the whole inventory of a community. */
export function searchRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/search',
      {
        schema: {
          tags: ['inventory'],
          summary: 'Search by name or source id',
          querystring: SearchQuery,
          response: { 200: SearchReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { q, limit = 10 } = request.query
        const results = await asCommunities(parts.engine.db, [community.id], (trx) =>
          // PostgreSQL text holds no NUL character, so nothing can match one.
          searchNames(trx, community.id, q.replaceAll('\0', ''), limit),
        )
        return { results }
      },
    )
  }
}
