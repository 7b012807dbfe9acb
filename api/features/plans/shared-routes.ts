import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type NetEdit, netEdits } from '../../domain/planning/plan-edits.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { hashOfSecret } from '../../http/secrets.ts'
import { addComment, commentView } from './comment-routes.ts'
import { findComments } from './comment-store.ts'
import { Comment, CommunityQuery, NewComment, SharedPlan } from './contract.ts'
import type { PlanParts } from './parts.ts'
import {
  findEdits,
  findSharedPlan,
  inventoryShape,
  type StoredEdit,
  type StoredPlan,
} from './store.ts'

const TAGS = ['plans']
const TokenParams = Type.Object({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) })
const LOOKING_UP = { rateLimit: { max: 120, timeWindow: '1 minute' } }
const WRITING = { rateLimit: { max: 30, timeWindow: '10 minutes' } }

/** A plan by its public link: no account is needed, and nobody's name is kept. */
export function sharedPlanRoutes(parts: PlanParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/shared_plans/:token',
      {
        config: LOOKING_UP,
        schema: {
          tags: TAGS,
          summary: 'A plan by its public link: what it would change, and what people said',
          params: TokenParams,
          querystring: CommunityQuery,
          response: { 200: SharedPlan },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          const plan = await bySecret(trx, community, request.params.token)
          const edits = netEdits(await findEdits(trx, community.id, plan.id))
          const comments = await findComments(trx, community.id, plan.id)
            .where('c.is_hidden', '=', false)
            .execute()
          return {
            name: plan.name,
            purpose: plan.purpose,
            status: plan.status,
            comment_until: plan.comment_until!.toISOString(),
            edits: await Promise.all(edits.map((edit) => publicEdit(trx, community, edit))),
            comments: comments.map(commentView),
          }
        })
      },
    )

    app.post(
      '/shared_plans/:token/comments',
      {
        config: WRITING,
        schema: {
          tags: TAGS,
          summary: 'Comment on a plan by its public link; no account is needed and no name is kept',
          params: TokenParams,
          querystring: CommunityQuery,
          body: NewComment,
          response: { 201: Comment },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const comment = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const plan = await bySecret(trx, community, request.params.token)
          if (plan.status === 'published' || plan.status === 'withdrawn')
            throw new ApiProblem('plans/not-open', `the plan is ${plan.status}`)
          return addComment(trx, community, plan, request, null)
        })
        await parts.feed.refresh()
        return reply.code(201).send(comment)
      },
    )
  }
}

/** @throws ApiProblem 404 for a secret that opens nothing, or no longer. */
async function bySecret(
  trx: Transaction<Database>,
  community: Community,
  token: string,
): Promise<StoredPlan> {
  const plan = await findSharedPlan(trx, community.id, hashOfSecret(token))
  if (!plan?.comment_until || plan.comment_until.getTime() < Date.now())
    throw new ApiProblem('plans/not-found', 'this link opens no plan, or has ended')
  return plan
}

/** An edit as the public sees it; of what is given up, the shape it has now. */
async function publicEdit(
  trx: Transaction<Database>,
  community: Community,
  { action, last }: NetEdit<StoredEdit>,
): Promise<SharedPlan['edits'][number]> {
  const { collection, feature_id } = last
  const shape =
    last.geometry_text === null
      ? await inventoryShape(trx, community.id, collection, feature_id)
      : { geometry_text: last.geometry_text }
  const { geometry_text, ...names } = shape!
  return {
    action,
    collection,
    feature_id,
    geometry: JSON.parse(geometry_text) as never,
    properties: last.properties ?? names,
  }
}
