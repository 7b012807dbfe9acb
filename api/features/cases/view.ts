import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { CaseRole } from '../../domain/case-flow.ts'
import { type Order, readKind, readOrders } from './case-state.ts'
import type { CaseView } from './contract.ts'
import { allowedFor } from './moving.ts'
import { numberText } from '../../domain/case-number.ts'
import { rowOf, type StoredCase, textOf } from './store.ts'
import { historyOf } from './subjects.ts'
import type { Viewer } from './visibility.ts'

/** A whole case for the staff of its community, a unit or a shop: what happened and what the viewer may do now. */
export async function viewOf(
  trx: Transaction<Database>,
  communityId: string,
  stored: StoredCase,
  viewer: Viewer,
  now: number,
): Promise<CaseView> {
  const kind = await readKind(trx, communityId, stored.kind_id)
  const orders = await readOrders(trx, communityId, stored.id)
  const isStaff = viewer.role !== 'unit' && viewer.role !== 'merchant' && viewer.role !== 'resident'
  const history =
    isStaff && stored.subject_id
      ? await historyOf(trx, communityId, { subject_id: stored.subject_id }, stored.id)
      : null
  const related = await readRelated(trx, communityId, stored)
  const steps = await readSteps(trx, communityId, stored.id)
  const revisits = await trx
    .selectFrom('revisit')
    .select(['id', 'due_on', 'done_at', 'result', 'note'])
    .where('community_id', '=', communityId)
    .where('case_id', '=', stored.id)
    .orderBy('due_on')
    .execute()
  const unitId = viewer.unit_ids.find((id) => orders.some((order) => order.unit_id === id)) ?? null
  const ownOrders = isStaff ? orders : orders.filter((order) => order.unit_id === unitId)
  return {
    ...rowOf(stored, viewer),
    subject_id: isStaff ? stored.subject_id : null,
    subject_history: history && {
      cases: history.cases,
      persuaded: history.persuaded,
      last_at: history.last_at,
    },
    accuracy_m: stored.accuracy_m,
    original_id: stored.original_id,
    ...related,
    filed_at: textOf(stored.filed_at),
    dispatched_at: textOf(stored.dispatched_at),
    handled_at: textOf(stored.handled_at),
    hold_since: textOf(stored.hold_since),
    notice_until: textOf(stored.notice_until),
    steps: viewer.role === 'merchant' ? steps.map(withoutWords) : steps,
    dispatches: dispatchesOf(ownOrders),
    revisits: revisits.map(({ done_at, note, ...revisit }) => ({
      ...revisit,
      done_at: textOf(done_at),
      note: viewer.role === 'merchant' ? null : note,
    })),
    media: await readMedia(trx, communityId, stored.id),
    allowed: allowedFor(stored, kind, orders, roleOf(viewer), unitId, now),
  }
}

/** What was done, without what others wrote about it: a shop reads its own words only. */
const withoutWords = (step: CaseView['steps'][number]): CaseView['steps'][number] =>
  step.actor_role === 'merchant' ? step : { ...step, reason: null, note: null, data: null }

/** Who looks after accounts has no part in cases. */
export const roleOf = (viewer: Viewer): CaseRole => viewer.role

/** The photos of a case, oldest first. */
export async function readMedia(trx: Transaction<Database>, communityId: string, caseId: string) {
  const media = await readMediaOf(trx, communityId, [caseId])
  return media.map(({ case_id: _, ...photo }) => photo)
}

/** The photos of several cases, each with its case's id, oldest first. */
export async function readMediaOf(
  trx: Transaction<Database>,
  communityId: string,
  caseIds: readonly string[],
) {
  if (caseIds.length === 0) return []
  const media = await trx
    .selectFrom('media')
    .select(['id', 'case_id', 'role', 'step_id', 'width', 'height', 'taken_at', 'created_at'])
    .where('community_id', '=', communityId)
    .where('case_id', 'in', [...caseIds])
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return media.map(({ taken_at, created_at, ...photo }) => ({
    ...photo,
    taken_at: textOf(taken_at),
    created_at: created_at.toISOString(),
  }))
}

async function readSteps(
  trx: Transaction<Database>,
  communityId: string,
  caseId: string,
): Promise<CaseView['steps']> {
  const steps = await trx
    .selectFrom('case_step')
    .select([
      'id',
      'action',
      'from_step',
      'to_step',
      'to_status',
      'actor_role',
      'unit_id',
      'at',
      'claimed_at',
      'reason',
      'note',
      'data',
    ])
    .where('community_id', '=', communityId)
    .where('case_id', '=', caseId)
    .orderBy('at')
    .orderBy('id')
    .execute()
  return steps.map((step) => ({
    ...step,
    action: step.action as CaseView['steps'][number]['action'],
    actor_name: null,
    at: step.at.toISOString(),
    claimed_at: textOf(step.claimed_at),
  }))
}

async function readRelated(trx: Transaction<Database>, communityId: string, stored: StoredCase) {
  const cases = await trx
    .selectFrom('case_file')
    .select(['id', 'year', 'serial', 'original_id'])
    .where('community_id', '=', communityId)
    .where((eb) =>
      eb.or([
        eb('original_id', '=', stored.id),
        ...(stored.original_id ? [eb('id', '=', stored.original_id)] : []),
      ]),
    )
    .orderBy('year')
    .orderBy('serial')
    .execute()
  const { followers } = await trx
    .selectFrom('case_follower')
    .select(sql<number>`count(*)::int`.as('followers'))
    .where('community_id', '=', communityId)
    .where('case_id', '=', stored.id)
    .executeTakeFirstOrThrow()
  const original = cases.find((one) => one.id === stored.original_id)
  return {
    original_number: original ? numberText(original) : null,
    duplicates: cases
      .filter((one) => one.original_id === stored.id)
      .map((one) => ({ id: one.id, number: numberText(one) })),
    followers,
  }
}

function dispatchesOf(orders: readonly Order[]): CaseView['dispatches'] {
  const byDispatch = new Map<string, Order[]>()
  for (const order of orders)
    byDispatch.set(order.dispatch_id, [...(byDispatch.get(order.dispatch_id) ?? []), order])
  return [...byDispatch].map(([id, units]) => ({
    id,
    arrive_by: textOf(units[0]!.arrive_by),
    handle_by: textOf(units[0]!.handle_by),
    message: units[0]!.message,
    dispatched_at: units[0]!.dispatched_at.toISOString(),
    recalled_at: textOf(units[0]!.dispatch_recalled_at),
    units: units.map((unit) => ({
      unit_id: unit.unit_id,
      name_zh: unit.name_zh,
      name_en: unit.name_en,
      is_lead: unit.is_lead,
      accepted_at: textOf(unit.accepted_at),
      arrived_at: textOf(unit.arrived_at),
      hand_over_at: textOf(unit.hand_over_at),
      hand_over_why: unit.hand_over_why,
      result: unit.result,
      signed_off_at: textOf(unit.signed_off_at),
      recalled_at: textOf(unit.recalled_at),
    })),
  }))
}
