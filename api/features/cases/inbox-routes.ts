import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { Uuid } from '../../http/shapes.ts'
import { CommunityQuery, InboxItem, InboxReply, NewStep } from './contract.ts'
import { findOrderOfLink, findOrders, inboxItem, inboxItems, type OrderKey } from './inbox.ts'
import { takeStep } from './moving.ts'
import type { CaseParts } from './parts.ts'
import { hashOfSecret } from '../../http/secrets.ts'
import { viewerOf } from './visibility.ts'

const MOST_ORDERS = 200
const LinkParams = Type.Object({ link: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) })
const OPENING = { rateLimit: { max: 120, timeWindow: '1 minute' } }

/** A unit's whistles: by its account, or by the secret link that came with each. */
export function inboxRoutes(parts: CaseParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/inbox',
      {
        schema: {
          tags: ['inbox'],
          summary: 'Orders of the signed-in unit',
          querystring: CommunityQuery,
          response: { 200: InboxReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'answer_dispatch')
        const { unit_ids } = viewerOf(request.person, community.id)
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          const keys = await findOrders(trx, community.id, unit_ids, MOST_ORDERS)
          const items = await inboxItems(trx, community.id, keys, Date.now())
          return { items, next_cursor: null }
        })
      },
    )

    app.post(
      '/inbox/orders/:dispatch_id/steps',
      {
        schema: {
          tags: ['inbox'],
          summary: 'Answer an order of the signed-in unit',
          params: Type.Object({ dispatch_id: Uuid }),
          querystring: CommunityQuery,
          body: NewStep,
          response: { 200: InboxItem },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'answer_dispatch')
        const { unit_ids, account_id } = viewerOf(request.person, community.id)
        const item = await answer(request, community, account_id, async (trx) =>
          (await findOrders(trx, community.id, unit_ids, MOST_ORDERS)).find(
            (key) => key.dispatch_id === request.params.dispatch_id,
          ),
        )
        return reply.header('etag', etagOf(item)).send(item)
      },
    )

    app.get(
      '/inbox/:link',
      {
        config: OPENING,
        schema: {
          tags: ['inbox'],
          summary: 'The order that a secret link opens',
          params: LinkParams,
          querystring: CommunityQuery,
          response: { 200: InboxItem },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const item = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const key = await orderOfLink(trx, community, request.params.link)
          return inboxItem(trx, community.id, key, Date.now())
        })
        return reply.header('etag', etagOf(item)).send(item)
      },
    )

    app.post(
      '/inbox/:link/steps',
      {
        config: OPENING,
        schema: {
          tags: ['inbox'],
          summary: 'Answer the order that a secret link opens',
          params: LinkParams,
          querystring: CommunityQuery,
          body: NewStep,
          response: { 200: InboxItem },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const item = await answer(request, community, null, (trx) =>
          orderOfLink(trx, community, request.params.link),
        )
        return reply.header('etag', etagOf(item)).send(item)
      },
    )

    /** One move by the unit whose order `find` names. */
    async function answer(
      request: FastifyRequest,
      community: Community,
      accountId: string | null,
      find: (trx: Transaction<Database>) => Promise<OrderKey | undefined>,
    ): Promise<InboxItem> {
      const item = await asCommunities(parts.engine.db, [community.id], async (trx) => {
        const key = await find(trx)
        if (!key) throw new ApiProblem('cases/not-found', 'there is no such order here')
        return takeStep(
          {
            trx,
            community,
            actor: { account_id: accountId, role: 'unit', unit_id: key.unit_id },
            request_id: request.id,
            link_key: parts.settings.sessionSecret,
            now: Date.now(),
          },
          key.case_id,
          request.body as NewStep,
          (stored) => refuseStale(request, stored.version, false),
          () => inboxItem(trx, community.id, key, Date.now()),
        )
      })
      await parts.feed.refresh()
      return item
    }
  }
}

/** @throws ApiProblem 404 where the link opens nothing: never made, recalled, or closed long ago. */
async function orderOfLink(
  trx: Transaction<Database>,
  community: Community,
  link: string,
): Promise<OrderKey> {
  const key = await findOrderOfLink(trx, community.id, hashOfSecret(link))
  if (!key)
    throw new ApiProblem(
      'cases/not-found',
      'this link opens no order: it may have been called back',
    )
  return key
}
