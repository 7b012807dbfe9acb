import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { requireRight } from '../../http/rights.ts'
import { CommunityQuery, ShopReply } from './contract.ts'
import type { CaseParts } from './parts.ts'
import { readShopCases, readShops } from './shop.ts'
import { viewerOf } from './visibility.ts'

/** A merchant's own ground; putting right is a move like others (`POST /cases/:id/steps`). */
export function shopRoutes(parts: CaseParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/shop',
      {
        schema: {
          tags: ['cases'],
          summary: 'The signed-in merchant’s shop, its frontages and what is to be put right there',
          querystring: CommunityQuery,
          response: { 200: ShopReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'put_right')
        const viewer = viewerOf(request.person, community.id)
        return asCommunities(parts.engine.db, [community.id], async (trx) => ({
          shops: await readShops(trx, community.id, viewer.merchant_ids),
          cases: await readShopCases(trx, community.id, viewer),
        }))
      },
    )
  }
}
