import { isDeepStrictEqual } from 'node:util'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { v7 as uuidv7 } from 'uuid'
import { bumpVersion } from '../../db/change-feed.ts'
import { asCommunities } from '../../db/tenant.ts'
import { nextPlanStatuses } from '../../domain/planning/plan-status.ts'
import { recordChange } from '../../http/audit-record.ts'
import { communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { changeBy, changePlan, PLANS_LAYER, refuseMissingPlan, viewOf } from './changing.ts'
import { commentRoutes } from './comment-routes.ts'
import { comparePlan } from './comparing.ts'
import {
  CommunityQuery,
  Comparison,
  NewPlan,
  Plan,
  PlanChange,
  PlanList,
  PlanParams,
  PublishBody,
  PublishReply,
} from './contract.ts'
import { editRoutes } from './edit-routes.ts'
import type { PlanParts } from './parts.ts'
import { publishPlan } from './publishing.ts'
import { sharedPlanRoutes } from './shared-routes.ts'
import { findPlan, findPlans, insertPlan, updatePlan } from './store.ts'

const TAGS = ['plans']

/** Plans: drawn by planners, discussed by a public link, approved by the leader, published as one. */
export function planRoutes(parts: PlanParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/plans',
      {
        schema: {
          tags: TAGS,
          summary: 'All plans, the latest touched first',
          querystring: CommunityQuery,
          response: { 200: PlanList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_plans')
        const plans = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findPlans(trx, community.id),
        )
        return { plans: plans.map(viewOf) }
      },
    )

    app.post(
      '/plans',
      {
        schema: {
          tags: TAGS,
          summary: 'Begin a plan',
          querystring: CommunityQuery,
          body: NewPlan,
          response: { 201: Plan },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        const { id = uuidv7(), name, purpose = null, unit_prices = {} } = request.body
        const stored = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const known = await findPlan(trx, community.id, id)
          if (
            known &&
            isDeepStrictEqual(
              [known.name, known.purpose, known.unit_prices],
              [name, purpose, unit_prices],
            )
          )
            return known
          if (known)
            throw new ApiProblem('plans/id-taken', `${id} is another plan`, [
              { path: 'id', message: 'make a new UUID' },
            ])
          const created_by = request.person!.account_id
          await insertPlan(trx, community.id, { id, name, purpose, unit_prices, created_by })
          await bumpVersion(trx, community.id, PLANS_LAYER)
          const after = (await findPlan(trx, community.id, id))!
          await recordChange(trx, {
            ...changeBy(request, community),
            action: 'create',
            record_id: id,
            before: null,
            after: viewOf(after),
          })
          return after
        })
        await parts.feed.refresh()
        return reply.code(201).header('etag', etagOf(stored)).send(viewOf(stored))
      },
    )

    app.get(
      '/plans/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'One plan',
          params: PlanParams,
          querystring: CommunityQuery,
          response: { 200: Plan },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_plans')
        const { id } = request.params
        const plan = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findPlan(trx, community.id, id),
        )
        refuseMissingPlan(plan, id)
        return reply.header('etag', etagOf(plan)).send(viewOf(plan))
      },
    )

    app.patch(
      '/plans/:id',
      {
        schema: {
          tags: TAGS,
          summary:
            'Change name, purpose and prices, or move the plan on; approving is the leader’s',
          params: PlanParams,
          querystring: CommunityQuery,
          body: PlanChange,
          response: { 200: Plan },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        const { id } = request.params
        const { status, unit_prices, ...rest } = request.body
        // What the leader decided, only the leader takes back.
        if (status === 'approved') requireRight(request, community.id, 'approve_plan')
        const stored = await changePlan(parts, request, community, id, async (trx, plan) => {
          refuseStale(request, plan.version)
          if (plan.status === 'published')
            throw new ApiProblem('plans/step-not-allowed', 'a published plan is history')
          if (plan.status === 'approved') requireRight(request, community.id, 'approve_plan')
          const isMove = status !== undefined && status !== plan.status
          if (isMove && !nextPlanStatuses(plan.status).includes(status))
            throw new ApiProblem(
              'plans/step-not-allowed',
              `a plan does not go from ${plan.status} to ${status}`,
              [{ path: 'status', message: `allowed: ${nextPlanStatuses(plan.status).join(', ')}` }],
            )
          await updatePlan(trx, community.id, id, {
            ...rest,
            ...(unit_prices && { unit_prices: JSON.stringify(unit_prices) }),
            ...(isMove && {
              status,
              approved_at: status === 'approved' ? new Date() : null,
              approved_by: status === 'approved' ? request.person!.account_id : null,
            }),
          })
          return { isChanged: true, result: (await findPlan(trx, community.id, id))! }
        })
        return reply.header('etag', etagOf(stored)).send(viewOf(stored))
      },
    )

    app.get(
      '/plans/:id/comparison',
      {
        schema: {
          tags: TAGS,
          summary: 'Before and after: places, reach, findings and what painting costs',
          params: PlanParams,
          querystring: CommunityQuery,
          response: { 200: Comparison },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_plans')
        return await comparePlan(parts, community, request.params.id)
      },
    )

    app.post(
      '/plans/:id/publish',
      {
        schema: {
          tags: TAGS,
          summary: 'Write an approved plan into the inventory, all of it or nothing',
          params: PlanParams,
          querystring: CommunityQuery,
          body: PublishBody,
          response: { 200: PublishReply },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'approve_plan')
        const published = await publishPlan(
          parts,
          request,
          community,
          request.params.id,
          request.body.reason ?? null,
        )
        return reply.header('etag', etagOf(published.plan)).send(published)
      },
    )

    await app.register(editRoutes(parts))
    await app.register(commentRoutes(parts))
    await app.register(sharedPlanRoutes(parts))
  }
}
