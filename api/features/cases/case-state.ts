import { sql, type Transaction } from 'kysely'
import type { CaseState } from '../../domain/case-flow.ts'
import type { CaseFlow, RequiredEvidence, StepLimits } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { StoredCase } from './store.ts'

/** What of a kind a case needs to be moved. */
export interface KindRules {
  id: string
  name_zh: string
  name_en: string
  flow: CaseFlow
  is_hazard: boolean
  is_public: boolean
  is_open_to_public: boolean
  is_active: boolean
  duplicate_radius_m: number
  duplicate_days: number
  default_unit_id: string | null
  limits: StepLimits
  outcomes: string[]
  required: RequiredEvidence
  notice_days: number | null
}

/** @throws ApiProblem 422 when the community has no such kind. */
export async function readKind(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<KindRules> {
  const [kind] = await readKinds(trx, communityId, [id])
  if (kind) return kind
  throw new ApiProblem('cases/unknown-kind', 'there is no such kind of case here', [
    { path: 'kind_id', message: 'take one of GET /api/case_kinds' },
  ])
}

export async function readKinds(
  trx: Transaction<Database>,
  communityId: string,
  ids: readonly string[],
): Promise<KindRules[]> {
  return trx
    .selectFrom('case_kind')
    .select([
      'id',
      'name_zh',
      'name_en',
      'flow',
      'is_hazard',
      'is_public',
      'is_open_to_public',
      'is_active',
      'duplicate_radius_m',
      'duplicate_days',
      'default_unit_id',
      'limits',
      'outcomes',
      'required',
      'notice_days',
    ])
    .where('community_id', '=', communityId)
    .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .execute()
}

/** The orders of a case, oldest first; of a unit's orders the last is in force. */
export const readOrders = (trx: Transaction<Database>, communityId: string, caseId: string) =>
  readOrdersOf(trx, communityId, [caseId])

/** The orders of several cases, those of each oldest first. */
export async function readOrdersOf(
  trx: Transaction<Database>,
  communityId: string,
  caseIds: readonly string[],
) {
  return trx
    .selectFrom('dispatch_unit as du')
    .innerJoin('dispatch as d', (join) =>
      join.onRef('d.community_id', '=', 'du.community_id').onRef('d.id', '=', 'du.dispatch_id'),
    )
    .innerJoin('partner_unit as u', (join) =>
      join.onRef('u.community_id', '=', 'du.community_id').onRef('u.id', '=', 'du.unit_id'),
    )
    .select([
      'du.case_id',
      'du.dispatch_id',
      'du.unit_id',
      'u.name_zh',
      'u.name_en',
      'du.is_lead',
      'du.accepted_at',
      'du.arrived_at',
      'du.hand_over_at',
      'du.hand_over_why',
      'du.result',
      'du.signed_off_at',
      'du.recalled_at',
      'd.arrive_by',
      'd.handle_by',
      'd.message',
      'd.dispatched_at',
      'd.recalled_at as dispatch_recalled_at',
    ])
    .where('du.community_id', '=', communityId)
    .where('du.case_id', '=', sql<string>`any(${[...caseIds]}::uuid[])`)
    .orderBy('d.dispatched_at')
    .orderBy('du.dispatch_id')
    .orderBy('du.is_lead', 'desc')
    .orderBy('du.unit_id')
    .execute()
}

export type Order = Awaited<ReturnType<typeof readOrdersOf>>[number]

/** A case as the domain moves it. */
export function stateOf(stored: StoredCase, kind: KindRules, orders: readonly Order[]): CaseState {
  const latest = new Map(orders.map((order) => [order.unit_id, order]))
  return {
    step: stored.step,
    status: stored.status,
    flow: kind.flow,
    notice_until: stored.notice_until?.getTime() ?? null,
    required_photos: {
      before: kind.required.photos_before ?? 0,
      after: kind.required.photos_after ?? 0,
    },
    units: [...latest.values()].map((order) => ({
      unit_id: order.unit_id,
      is_lead: order.is_lead,
      accepted: order.accepted_at !== null,
      arrived: order.arrived_at !== null,
      signed_off: order.signed_off_at !== null,
      is_recalled: order.recalled_at !== null,
    })),
  }
}
