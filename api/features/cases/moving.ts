import { sql } from 'kysely'
import { allowedActions, type CaseRole, moveCase } from '../../domain/case-flow.ts'
import { bumpVersion } from '../../db/change-feed.ts'
import { recordChange } from '../../http/audit-record.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { ApiProblem } from '../../http/problem.ts'
import { type KindRules, type Order, readKind, readOrders, stateOf } from './case-state.ts'
import { calendarOf } from './clock.ts'
import { consequencesOf } from './consequences.ts'
import type { NewStep } from './contract.ts'
import { attachMedia, type PhotoRoles } from './evidence.ts'
import { linkOf } from './orders.ts'
import { tellAbout } from './telling.ts'
import type { Moved, Moving, Step } from './step.ts'
import { lockCase, type StoredCase } from './store.ts'

/**
 * Moves a case by the domain's rules and writes what follows: the step, the due time, orders, re-visits, notices. The
 * same step again is answered as the first time. `answer` reads what the mover is told.
 * @throws ApiProblem 409 naming what is allowed, 403 for the wrong role, 422 for what is missing; `refuse` may throw too.
 */
export async function takeStep<T = Moved>(
  by: Moving,
  caseId: string,
  said: NewStep,
  refuse: (stored: StoredCase) => void = () => {},
  answer: (moved: Moved) => Promise<T> = async (moved) => moved as T,
): Promise<T> {
  const { is_new, ...moved } = await moveOnce(by, caseId, said, refuse)
  const told = await answer(moved)
  // Last, because everybody else who writes a case of the community waits until this is committed.
  if (is_new) await bumpVersion(by.trx, by.community.id, 'cases')
  return told
}

async function moveOnce(
  by: Moving,
  caseId: string,
  said: NewStep,
  refuse: (stored: StoredCase) => void,
): Promise<Moved & { is_new: boolean }> {
  const { trx, community, actor, now } = by
  // Two cases merged into each other at once would lose both: merges of a community follow one another. Before the
  // case's own lock, so that none waits for one that waits for it.
  if (said.action === 'merge')
    await sql`select pg_advisory_xact_lock(hashtextextended(${`merge ${community.id}`}, 0))`.execute(
      trx,
    )
  const stored = await lockCase(trx, community.id, caseId)
  if (!stored) throw new ApiProblem('cases/not-found', 'there is no such case here')
  const content_hash = hashOfContent({ ...said, case_id: caseId })
  if (await isKnown(by, said, content_hash))
    return { case_id: caseId, links: linksAgain(by, said), is_new: false }
  refuse(stored)
  const kind = await readKind(trx, community.id, stored.kind_id)
  const orders = await readOrders(trx, community.id, caseId)
  const before = stateOf(stored, kind, orders)
  const photos = await attachMedia(
    trx,
    {
      community_id: community.id,
      case_id: caseId,
      step_id: said.id,
      actor_id: actor.account_id,
    },
    said.media ?? [],
  )
  const notice_until = noticeUntil(said, kind, now)
  const outcome = moveCase(before, {
    action: said.action,
    role: actor.role,
    unit_id: actor.role === 'unit' ? actor.unit_id : (said.unit_id ?? null),
    at: now,
    reason: said.reason,
    units: said.units,
    photos: countsOf(photos),
    notice_until,
  })
  if (!outcome.ok) throw refusalOf(outcome)
  const step: Step = { said, stored, kind, orders, before, after: outcome.state }
  const calendar = await calendarOf(trx, community.id)
  const { columns, data, links } = await consequencesOf(by, step, calendar)
  await trx
    .insertInto('case_step')
    .values({
      community_id: community.id,
      id: said.id,
      case_id: caseId,
      action: said.action,
      from_step: before.step,
      to_step: outcome.state.step,
      from_status: before.status,
      to_status: outcome.state.status,
      actor_id: actor.account_id,
      actor_role: actor.role,
      unit_id: actor.unit_id,
      at: new Date(now),
      claimed_at: said.at ?? null,
      reason: said.reason ?? null,
      note: said.note ?? null,
      data: data === null ? null : JSON.stringify(data),
      content_hash,
    })
    .execute()
  await trx
    .updateTable('case_file')
    .set({
      ...columns,
      step: outcome.state.step,
      status: outcome.state.status,
      version: sql`version + 1`,
      updated_at: sql`now()`,
    } as never)
    .where('community_id', '=', community.id)
    .where('id', '=', caseId)
    .execute()
  await recordChange(trx, {
    community_id: community.id,
    actor_id: actor.account_id,
    action: 'update',
    collection: 'cases',
    record_id: caseId,
    before: { step: before.step, status: before.status, version: stored.version },
    after: { step: outcome.state.step, status: outcome.state.status, action: said.action },
    reason: said.reason ?? null,
    request_id: by.request_id,
  })
  await tellAbout(by, step)
  return { case_id: caseId, links, is_new: true }
}

async function isKnown(
  { trx, community }: Moving,
  said: NewStep,
  content_hash: string,
): Promise<boolean> {
  const known = await trx
    .selectFrom('case_step')
    .select('content_hash')
    .where('community_id', '=', community.id)
    .where('id', '=', said.id)
    .executeTakeFirst()
  if (!known) return false
  if (known.content_hash === content_hash) return true
  throw new ApiProblem('cases/id-taken', `${said.id} is already there with other content`, [
    { path: 'id', message: 'make a new UUID' },
  ])
}

/** The first answer may have been lost: a dispatch that is sent again is answered with the same links. */
const linksAgain = ({ link_key, community }: Moving, said: NewStep): Moved['links'] =>
  said.action === 'dispatch'
    ? (said.units ?? []).map(({ unit_id }) => {
        const { path } = linkOf(link_key, community.slug, said.id, unit_id)
        return { unit_id, path }
      })
    : []

/** A public notice hangs as many days as its kind says. */
function noticeUntil(said: NewStep, kind: KindRules, now: number): number | null {
  if (said.action !== 'post_notice' || kind.notice_days === null) return null
  return now + kind.notice_days * 86_400_000
}

/** What was seen when it was found is what it was like before. */
const countsOf = (photos: PhotoRoles) => ({
  before: photos.before + photos.evidence,
  after: photos.after,
})

function refusalOf(refusal: Extract<ReturnType<typeof moveCase>, { ok: false }>): ApiProblem {
  const allowed = refusal.allowed.length > 0 ? refusal.allowed.join(', ') : 'nothing'
  if (refusal.code === 'role')
    return new ApiProblem('cases/role-not-allowed', `${refusal.message}; allowed: ${allowed}`, [
      { path: 'action', message: `allowed for you now: ${allowed}` },
    ])
  if (refusal.code === 'reason' || refusal.code === 'photos')
    return new ApiProblem('cases/evidence-missing', refusal.message, [
      {
        path: refusal.code === 'reason' ? 'reason' : 'media',
        message: refusal.code === 'reason' ? 'say why' : refusal.message,
      },
    ])
  return new ApiProblem('cases/step-not-allowed', `${refusal.message}; allowed: ${allowed}`, [
    { path: 'action', message: `allowed for you now: ${allowed}` },
  ])
}

/** What somebody may do with a case now. */
export function allowedFor(
  stored: StoredCase,
  kind: KindRules,
  orders: readonly Order[],
  role: CaseRole,
  unitId: string | null,
  now: number,
) {
  return allowedActions(stateOf(stored, kind, orders), role, unitId, now).filter(
    (action) => action !== 'report',
  )
}
