import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { newSecret } from '../../http/secrets.ts'
import { Uuid } from '../../http/shapes.ts'
import { changePlan, PLANS_LAYER, refuseMissingPlan } from './changing.ts'
import {
  Comment,
  CommentChange,
  CommentLinkBody,
  CommentLinkReply,
  CommentList,
  CommunityQuery,
  NewComment,
  PlanParams,
} from './contract.ts'
import type { PlanParts } from './parts.ts'
import { findComments, insertComment, isCommentElsewhere, updateComment } from './comment-store.ts'
import { findPlan, type StoredPlan, updatePlan } from './store.ts'

const TAGS = ['plans']
const CommentParams = Type.Object({ id: Uuid, comment_id: Uuid })
const LONGEST_LINK_MS = 366 * 86_400_000

/** The public link of a plan, and what its staff say and answer; the public's side is in `shared-routes.ts`. */
export function commentRoutes(parts: PlanParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/plans/:id/comment_link',
      {
        schema: {
          tags: TAGS,
          summary: 'Make the public link; an earlier one stops to work. The secret is shown once',
          params: PlanParams,
          querystring: CommunityQuery,
          body: CommentLinkBody,
          response: { 201: CommentLinkReply },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        const until = new Date(request.body.until)
        const ahead = until.getTime() - Date.now()
        if (!(ahead > 0 && ahead <= LONGEST_LINK_MS))
          throw new ApiProblem('request/invalid-body', 'until: not within the coming year', [
            { path: 'until', message: 'an instant within the coming year' },
          ])
        const { token, hash } = newSecret()
        await changePlan(parts, request, community, request.params.id, async (trx, plan) => {
          if (plan.status === 'published' || plan.status === 'withdrawn')
            throw new ApiProblem('plans/not-open', `the plan is ${plan.status}`)
          await updatePlan(trx, community.id, plan.id, { comment_hash: hash, comment_until: until })
          return { isChanged: true, result: null }
        })
        return reply.code(201).send({ token, until: until.toISOString() })
      },
    )

    app.delete(
      '/plans/:id/comment_link',
      {
        schema: {
          tags: TAGS,
          summary: 'End the public link',
          params: PlanParams,
          querystring: CommunityQuery,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        await changePlan(parts, request, community, request.params.id, async (trx, plan) => {
          await updatePlan(trx, community.id, plan.id, { comment_hash: null, comment_until: null })
          return { isChanged: true, result: null }
        })
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/plans/:id/comments',
      {
        schema: {
          tags: TAGS,
          summary: 'Comments, hidden ones too',
          params: PlanParams,
          querystring: CommunityQuery,
          response: { 200: CommentList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_plans')
        const { id } = request.params
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          refuseMissingPlan(await findPlan(trx, community.id, id), id)
          return {
            comments: (await findComments(trx, community.id, id).execute()).map(commentView),
          }
        })
      },
    )

    app.post(
      '/plans/:id/comments',
      {
        schema: {
          tags: TAGS,
          summary: 'Comment as one of the staff',
          params: PlanParams,
          querystring: CommunityQuery,
          body: NewComment,
          response: { 201: Comment },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_plans')
        const { id } = request.params
        const comment = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const plan = await findPlan(trx, community.id, id)
          refuseMissingPlan(plan, id)
          return addComment(trx, community, plan, request, request.person!.account_id)
        })
        await parts.feed.refresh()
        return reply.code(201).send(comment)
      },
    )

    app.patch(
      '/plans/:id/comments/:comment_id',
      {
        schema: {
          tags: TAGS,
          summary: 'Hide a comment or answer it',
          params: CommentParams,
          querystring: CommunityQuery,
          body: CommentChange,
          response: { 200: Comment },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        const { id, comment_id } = request.params
        const comment = await changePlan(parts, request, community, id, async (trx) => {
          const before = await oneComment(trx, community, id, comment_id)
          if (!before)
            throw new ApiProblem('plans/not-found', `there is no comment ${comment_id} here`)
          refuseStale(request, before.version)
          await updateComment(trx, community.id, comment_id, request.body)
          return {
            isChanged: true,
            audit: { comment: comment_id, ...request.body },
            result: commentView((await oneComment(trx, community, id, comment_id))!),
          }
        })
        return reply.header('etag', etagOf(comment)).send(comment)
      },
    )
  }
}

/** Adds a comment; the same id with the same words is there once. @throws ApiProblem 409 */
export async function addComment(
  trx: Transaction<Database>,
  community: Community,
  plan: StoredPlan,
  request: FastifyRequest<{ Body: NewComment }>,
  accountId: string | null,
): Promise<Comment> {
  const said = request.body
  const content_hash = hashOfContent(said)
  const known = await oneComment(trx, community, plan.id, said.id)
  if (known?.content_hash === content_hash) return commentView(known)
  if (known || (await isCommentElsewhere(trx, community.id, plan.id, said.id)))
    throw new ApiProblem('plans/id-taken', `${said.id} is another comment`, [
      { path: 'id', message: 'make a new UUID' },
    ])
  await insertComment(trx, community.id, plan.id, { ...said, account_id: accountId, content_hash })
  await bumpVersion(trx, community.id, PLANS_LAYER)
  return commentView((await oneComment(trx, community, plan.id, said.id))!)
}

type StoredComment = Awaited<ReturnType<ReturnType<typeof findComments>['execute']>>[number]

const oneComment = (
  trx: Transaction<Database>,
  community: Community,
  planId: string,
  id: string,
): Promise<StoredComment | undefined> =>
  findComments(trx, community.id, planId).where('c.id', '=', id).executeTakeFirst()

export function commentView(comment: StoredComment): Comment {
  const { content_hash: _, ...rest } = comment
  return { ...rest, made_at: comment.made_at.toISOString() }
}
