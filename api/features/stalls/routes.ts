import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { etagOf } from '../../http/if-match.ts'
import { mayDo, requireRight } from '../../http/rights.ts'
import { Uuid } from '../../http/shapes.ts'
import { Type } from 'typebox'
import { allocate, changeAllocation, ownShops } from './allocating.ts'
import { calendarRoutes } from './calendar-routes.ts'
import {
  Allocation,
  AllocationChange,
  AllocationList,
  AllocationQuery,
  CommunityQuery,
  MerchantList,
  MerchantQuery,
  NewAllocation,
} from './contract.ts'
import type { StallParts } from './parts.ts'
import { allocationView, merchantsLike, selectAllocations } from './store.ts'
import { zoneRoutes } from './zone-routes.ts'

const TAGS = ['stalls']
const Params = Type.Object({ id: Uuid })

/** Trading zones that are run: stalls, allocations to merchants, suspensions, permits and calendars. */
export function stallRoutes(parts: StallParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(zoneRoutes(parts))
    await app.register(calendarRoutes(parts))

    app.get(
      '/stall_allocations',
      {
        schema: {
          tags: TAGS,
          summary: 'Who has which stall when: all for staff, the own for a merchant',
          querystring: AllocationQuery,
          response: { 200: AllocationList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const isStaff = mayDo(request.person, community.id, 'read_stalls')
        if (!isStaff) requireRight(request, community.id, 'request_stall')
        const { zone_id, status } = request.query
        const stored = await asCommunities(parts.engine.db, [community.id], (trx) =>
          selectAllocations(trx, community.id, {
            zone_id,
            status,
            merchant_ids: isStaff ? null : ownShops(request, community.id),
          }),
        )
        return { allocations: stored.map(allocationView) }
      },
    )

    app.post(
      '/stall_allocations',
      {
        schema: {
          tags: TAGS,
          summary: 'Give a stall to a merchant, or ask for one; the same id again stands once',
          querystring: CommunityQuery,
          body: NewAllocation,
          response: { 200: Allocation, 201: Allocation },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { allocation, is_new } = await allocate(parts, request, community, request.body)
        return reply
          .code(is_new ? 201 : 200)
          .header('etag', etagOf(allocation))
          .send(allocation)
      },
    )

    app.patch(
      '/stall_allocations/:id',
      {
        schema: {
          tags: TAGS,
          summary:
            'Approve, refuse, suspend, resume or end; a merchant accepts duties or gives back',
          params: Params,
          querystring: CommunityQuery,
          body: AllocationChange,
          response: { 200: Allocation },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { id } = request.params
        const allocation = await changeAllocation(parts, request, community, id, request.body)
        return reply.header('etag', etagOf(allocation)).send(allocation)
      },
    )

    app.get(
      '/stall_merchants',
      {
        schema: {
          tags: TAGS,
          summary: 'Merchants to give a stall to, by a part of the shop’s name',
          querystring: MerchantQuery,
          response: { 200: MerchantList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_stalls')
        return asCommunities(parts.engine.db, [community.id], async (trx) => ({
          merchants: await merchantsLike(trx, community.id, request.query.q ?? ''),
        }))
      },
    )
  }
}
