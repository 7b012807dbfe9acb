import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { isPlanOpen, nextPlanStatuses } from '../../domain/planning/plan-status.ts'
import { recordChange } from '../../http/audit-record.ts'
import type { Community } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { Plan } from './contract.ts'
import type { PlanParts } from './parts.ts'
import { findPlan, lockPlan, type StoredPlan } from './store.ts'

/** The plans' name in the change feed and the audit. */
export const PLANS_LAYER = 'plans'

/** A plan as the API answers it; the secret of its link stays here. */
export function viewOf(stored: StoredPlan): Plan {
  const { comment_hash: _, ...plan } = stored
  const text = (at: Date | null) => at?.toISOString() ?? null
  return {
    ...plan,
    allowed: [...nextPlanStatuses(plan.status)],
    comment_until: text(plan.comment_until),
    created_at: plan.created_at.toISOString(),
    approved_at: text(plan.approved_at),
    published_at: text(plan.published_at),
    updated_at: plan.updated_at.toISOString(),
  }
}

/**
 * One change of a plan with its version in the feed and its record in the audit. The plan is locked meanwhile, so two
 * planners' edits are judged one after the other.
 * @throws ApiProblem 404 when there is no such plan.
 */
export async function changePlan<T>(
  parts: PlanParts,
  request: FastifyRequest,
  community: Community,
  id: string,
  work: (
    trx: Transaction<Database>,
    plan: StoredPlan,
  ) => Promise<{ isChanged: boolean; audit?: object; result: T }>,
): Promise<T> {
  const result = await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const before = await lockPlan(trx, community.id, id)
    refuseMissingPlan(before, id)
    const done = await work(trx, before)
    if (!done.isChanged) return done.result
    const after = await findPlan(trx, community.id, id)
    await bumpVersion(trx, community.id, PLANS_LAYER)
    await recordChange(trx, {
      ...changeBy(request, community),
      action: 'update',
      record_id: id,
      before: viewOf(before),
      after: { ...viewOf(after!), ...done.audit },
    })
    return done.result
  })
  await parts.feed.refresh()
  return result
}

export const changeBy = (request: FastifyRequest, community: Community) => ({
  community_id: community.id,
  actor_id: request.person?.account_id ?? null,
  collection: PLANS_LAYER,
  reason: null,
  request_id: request.id,
})

/** @throws ApiProblem 404. */
export function refuseMissingPlan(
  plan: StoredPlan | undefined,
  id: string,
): asserts plan is StoredPlan {
  if (!plan) throw new ApiProblem('plans/not-found', `there is no plan ${id} here`)
}

/** @throws ApiProblem 409 once a plan is decided. */
export function refuseDecided(plan: StoredPlan): void {
  if (!isPlanOpen(plan.status))
    throw new ApiProblem(
      'plans/not-open',
      `the plan is ${plan.status}; only one in draft or under review takes edits`,
    )
}
