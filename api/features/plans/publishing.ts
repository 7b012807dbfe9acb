import type { FastifyRequest } from 'fastify'
import { netEdits } from '../../domain/planning/plan-edits.ts'
import type { Community } from '../../http/community.ts'
import { refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { changePlan, viewOf } from './changing.ts'
import type { PlanParts } from './parts.ts'
import { findEdits, findPlan, updatePlan } from './store.ts'

/**
 * Writes what an approved plan does into the inventory, in one transaction.
 * @throws ApiProblem 409 when it is not approved, has nothing to publish, or what it builds on changed since.
 */
export async function publishPlan(
  parts: PlanParts,
  request: FastifyRequest,
  community: Community,
  id: string,
  reason: string | null,
) {
  return changePlan(parts, request, community, id, async (trx, plan) => {
    refuseStale(request, plan.version)
    if (plan.status !== 'approved')
      throw new ApiProblem(
        'plans/step-not-allowed',
        `the plan is ${plan.status}; an approved one is published`,
      )
    const edits = netEdits(await findEdits(trx, community.id, id))
    if (edits.length === 0)
      throw new ApiProblem('plans/empty', 'the plan changes nothing; draw something first')
    const published = []
    for (const { action, base_version, last } of edits) {
      const version = await parts.inventory.publish(trx, request, community, {
        action,
        collection: last.collection,
        id: last.feature_id,
        base_version,
        geometry: last.geometry_text === null ? null : (JSON.parse(last.geometry_text) as object),
        properties: last.properties,
      })
      published.push({ collection: last.collection, id: last.feature_id, action, version })
    }
    await updatePlan(trx, community.id, id, {
      status: 'published',
      published_at: new Date(),
      published_by: request.person!.account_id,
    })
    const after = (await findPlan(trx, community.id, id))!
    return {
      isChanged: true,
      audit: { published, reason },
      result: { plan: viewOf(after), published },
    }
  })
}
