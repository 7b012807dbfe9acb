import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { CommunityRef } from '../../http/shapes.ts'
import { CommunityList, CommunitySummary } from './contract.ts'
import { countEverything } from './store.ts'

/** The communities, and each one's figures. */
export function summaryRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/communities',
      {
        schema: {
          tags: ['communities'],
          summary: 'All communities',
          response: { 200: CommunityList },
        },
      },
      async () => ({ communities: (await app.communities.all()).map(headOf) }),
    )
    app.get(
      '/communities/:community/summary',
      {
        schema: {
          tags: ['communities'],
          summary: 'The figures of one community',
          params: Type.Object({ community: CommunityRef }),
          response: { 200: CommunitySummary },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const counts = await asCommunities(parts.engine.db, [community.id], (trx) =>
          countEverything(trx, community.id),
        )
        return {
          community: headOf(community),
          ...counts,
          // Figures known for the community as a whole win over the sum of what its parts say.
          full_time_workers: community.full_time_workers ?? counts.full_time_workers,
          part_time_workers: community.part_time_workers ?? counts.part_time_workers,
          resident_vehicles: community.resident_vehicles ?? counts.resident_vehicles,
        }
      },
    )
  }
}

function headOf(community: Community) {
  const { full_time_workers: _f, part_time_workers: _p, resident_vehicles: _v, ...head } = community
  return head
}
