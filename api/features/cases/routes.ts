import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { sql, type Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { mayDo, requireRight } from '../../http/rights.ts'
import { Uuid } from '../../http/shapes.ts'
import { lookUpRoutes } from './look-up-routes.ts'
import { inboxRoutes } from './inbox-routes.ts'
import { changeCase } from './changing.ts'
import {
  CaseChange,
  CaseCounts,
  CaseList,
  CaseQuery,
  CaseReceipt,
  CaseView,
  CommunityQuery,
  NewCase,
  NewStep,
  StepReply,
} from './contract.ts'
import { countCases, listCases } from './listing.ts'
import { takeStep } from './moving.ts'
import { findNear } from './near.ts'
import { numberText } from '../../domain/case-number.ts'
import type { CaseParts } from './parts.ts'
import { reportCase } from './reporting.ts'
import { reportRoutes } from './report-routes.ts'
import { shopRoutes } from './shop-routes.ts'
import { lockCase, selectCases, type StoredCase } from './store.ts'
import { viewOf } from './view.ts'
import { type Viewer, viewerOf, visibleTo } from './visibility.ts'

const CASE_TAGS = ['cases']

/** Reports of anonymous senders from one address, an hour: a street's worth, not a flood. */
const MOST_REPORTS = 60

/** Cases: reported by anybody, seen and moved by whom they concern. */
export function caseRoutes(parts: CaseParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(lookUpRoutes(parts))
    await app.register(reportRoutes(parts))
    await app.register(inboxRoutes(parts))
    await app.register(shopRoutes(parts))

    app.post(
      '/cases',
      {
        config: {
          rateLimit: {
            max: (request: FastifyRequest) => (request.person ? 100_000 : MOST_REPORTS),
            timeWindow: '1 hour',
          },
        },
        schema: {
          tags: CASE_TAGS,
          summary: 'Report something; the same id with the same content is stored once',
          querystring: CommunityQuery,
          body: NewCase,
          response: { 200: CaseReceipt, 201: CaseReceipt },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const outcome = await write(community, async (trx) => {
          // Asked before the number is taken: whoever has one holds up all others.
          const near = await findNear(
            trx,
            community.id,
            request.body,
            mayDo(request.person, community.id, 'read_cases'),
          )
          const reported = await reportCase(
            {
              trx,
              community,
              viewer: viewerOf(request.person, community.id),
              plate_key: parts.settings.plateKey,
              request_id: request.id,
              link_key: parts.settings.sessionSecret,
              now: Date.now(),
            },
            request.body,
          )
          return { ...reported, near }
        })
        const { receipt, is_new, follow_token, near } = outcome
        return reply
          .code(is_new ? 201 : 200)
          .header('etag', etagOf(receipt))
          .send({
            id: receipt.id,
            number: numberText(receipt),
            step: receipt.step,
            status: receipt.status,
            flags: receipt.flags as never,
            follow_token,
            near,
          })
      },
    )

    app.get(
      '/cases',
      {
        schema: {
          tags: CASE_TAGS,
          summary: 'Cases that one may see, newest first',
          querystring: CaseQuery,
          response: { 200: CaseList },
        },
      },
      async (request) => {
        const { community, viewer } = await signedIn(request)
        return read(community, (trx) => listCases(trx, community.id, viewer, request.query))
      },
    )

    app.get(
      '/cases/counts',
      {
        schema: {
          tags: CASE_TAGS,
          summary: 'How many cases stand where, under the filters of the list',
          querystring: CaseQuery,
          response: { 200: CaseCounts },
        },
      },
      async (request) => {
        const { community, viewer } = await signedIn(request)
        return read(community, (trx) => countCases(trx, community.id, viewer, request.query))
      },
    )

    app.get(
      '/cases/:id',
      {
        schema: {
          tags: CASE_TAGS,
          summary: 'A case with its history and what one may do now',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          response: { 200: CaseView },
        },
      },
      async (request, reply) => {
        const { community, viewer } = await signedIn(request)
        const view = await read(community, (trx) =>
          visibleView(trx, community, request.params.id, viewer),
        )
        return reply.header('etag', etagOf(view)).send(view)
      },
    )

    app.patch(
      '/cases/:id',
      {
        schema: {
          tags: CASE_TAGS,
          summary: 'Correct kind, words, severity or place',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          body: CaseChange,
          response: { 200: CaseView },
        },
      },
      async (request, reply) => {
        const { community, viewer } = await signedIn(request)
        requireRight(request, community.id, 'log_case')
        const view = await write(community, async (trx) => {
          await refuseHidden(trx, community, request.params.id, viewer)
          const before = (await lockCase(trx, community.id, request.params.id))!
          refuseStale(request, before.version)
          await changeCase(
            trx,
            {
              community_id: community.id,
              actor_id: viewer.account_id,
              request_id: request.id,
            },
            before,
            request.body,
          )
          return visibleView(trx, community, request.params.id, viewer)
        })
        return reply.header('etag', etagOf(view)).send(view)
      },
    )

    app.post(
      '/cases/:id/steps',
      {
        schema: {
          tags: CASE_TAGS,
          summary: 'Move a case; If-Match refuses when it changed meanwhile',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          body: NewStep,
          response: { 200: StepReply },
        },
      },
      async (request, reply) => {
        const { community, viewer } = await signedIn(request)
        const answer = await write(community, async (trx) => {
          // A shop puts right what is on its own ground, not what it reported of others.
          const isOnOwnGround = request.body.action === 'put_right'
          await refuseHidden(
            trx,
            community,
            request.params.id,
            isOnOwnGround ? { ...viewer, account_id: null } : viewer,
          )
          return takeStep(
            {
              trx,
              community,
              actor: {
                account_id: viewer.account_id,
                role: viewer.role,
                unit_id: viewer.unit_ids[0] ?? null,
              },
              request_id: request.id,
              link_key: parts.settings.sessionSecret,
              now: Date.now(),
            },
            request.params.id,
            request.body,
            (stored) => refuseStale(request, stored.version, false),
            async ({ links }) => ({
              case: await visibleView(trx, community, request.params.id, viewer),
              links,
            }),
          )
        })
        return reply.header('etag', etagOf(answer.case)).send(answer)
      },
    )

    async function signedIn(
      request: FastifyRequest,
    ): Promise<{ community: Community; viewer: Viewer }> {
      const community = await communityOf(request)
      if (!request.person) throw new ApiProblem('session/required', 'sign in first')
      return { community, viewer: viewerOf(request.person, community.id) }
    }

    const read = <T>(community: Community, work: (trx: Transaction<Database>) => Promise<T>) =>
      asCommunities(parts.engine.db, [community.id], work)

    async function write<T>(
      community: Community,
      work: (trx: Transaction<Database>) => Promise<T>,
    ): Promise<T> {
      const result = await read(community, work)
      await parts.feed.refresh()
      return result
    }
  }
}

/** @throws ApiProblem 404 for a case that is not there and for one that is not the viewer's to see, alike. */
async function refuseHidden(
  trx: Transaction<Database>,
  community: Community,
  id: string,
  viewer: Viewer,
): Promise<StoredCase> {
  const [stored] = await selectCases(trx, community.id, sql`c.id = ${id} and ${visibleTo(viewer)}`)
  if (!stored) throw new ApiProblem('cases/not-found', 'there is no such case here')
  return stored
}

async function visibleView(
  trx: Transaction<Database>,
  community: Community,
  id: string,
  viewer: Viewer,
) {
  const stored = await refuseHidden(trx, community, id, viewer)
  return viewOf(trx, community.id, stored, viewer, Date.now())
}
