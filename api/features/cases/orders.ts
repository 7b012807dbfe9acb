import { sql } from 'kysely'
import type { WorkingCalendar } from '../../domain/schedule/working-calendar.ts'
import { ApiProblem } from '../../http/problem.ts'
import { dueAfter } from './clock.ts'
import { namedSecret } from '../../http/secrets.ts'
import type { Consequences, Moving, Step } from './step.ts'

/** Orders to units 吹哨单: sent, called back, answered. */

/** Sends units, each with a secret link of its own; times that nobody names follow from the kind. */
export async function dispatch(
  { trx, community, actor, now, link_key }: Moving,
  step: Step,
  calendar: WorkingCalendar,
): Promise<Consequences> {
  const { said, stored, kind } = step
  const units = said.units ?? []
  await refuseUnknownUnits(step, trx, community.id)
  const arrive = said.arrive_by
    ? new Date(said.arrive_by)
    : dueAfter(calendar, kind.limits, 'arrive', now).due_at
  const handle = said.handle_by
    ? new Date(said.handle_by)
    : dueAfter(calendar, kind.limits, 'handle', now).due_at
  for (const [path, instant] of [
    ['arrive_by', arrive],
    ['handle_by', handle],
  ] as const)
    if (instant && instant.getTime() <= now)
      throw new ApiProblem('request/invalid-body', `${path} is over`, [
        { path, message: 'name a time to come' },
      ])
  const dispatch_id = said.id
  await trx
    .insertInto('dispatch')
    .values({
      community_id: community.id,
      id: dispatch_id,
      case_id: stored.id,
      arrive_by: arrive,
      handle_by: handle,
      message: said.message ?? null,
      dispatched_by: actor.account_id,
      dispatched_at: new Date(now),
    })
    .execute()
  const links = units.map(({ unit_id, is_lead }) => ({
    is_lead,
    ...linkOf(link_key, community.slug, dispatch_id, unit_id),
  }))
  await trx
    .insertInto('dispatch_unit')
    .values(
      links.map(({ unit_id, is_lead, hash }) => ({
        community_id: community.id,
        dispatch_id,
        unit_id,
        case_id: stored.id,
        is_lead,
        link_hash: hash,
      })),
    )
    .execute()
  const lead = units.find((unit) => unit.is_lead)
  return {
    columns: {
      dispatched_at: stored.dispatched_at ?? new Date(now),
      ...(lead && { lead_unit_id: lead.unit_id }),
      ...(arrive ? { due_what: 'arrive', due_at: arrive } : { due_what: 'handle', due_at: handle }),
      reminded_at: null,
      overdue_at: null,
    },
    data: { units, arrive_by: arrive?.toISOString(), handle_by: handle?.toISOString() },
    links: links.map(({ unit_id, path }) => ({ unit_id, path })),
  }
}

async function refuseUnknownUnits(
  { said }: Step,
  trx: Moving['trx'],
  communityId: string,
): Promise<void> {
  const ids = (said.units ?? []).map((unit) => unit.unit_id)
  const known = await trx
    .selectFrom('partner_unit')
    .select('id')
    .where('community_id', '=', communityId)
    .where('id', 'in', ids)
    .execute()
  const unknown = ids.flatMap((id, i) => (known.some((unit) => unit.id === id) ? [] : [i]))
  if (unknown.length > 0)
    throw new ApiProblem(
      'cases/unknown-reference',
      'not a unit of this community',
      unknown.map((i) => ({ path: `units/${i}/unit_id`, message: 'take one of GET /api/units' })),
    )
}

/** The secret link of one unit's order; the dispatch is named by its step. */
export function linkOf(key: string, slug: string, dispatchId: string, unitId: string) {
  const { token, hash } = namedSecret(key, `order ${dispatchId} ${unitId}`)
  return { unit_id: unitId, path: `/inbox?c=${slug}&link=${token}`, hash }
}

/** Calls back who is still at work: all, or the unit that is named. */
export async function recall(
  { trx, community, now }: Moving,
  { said, stored, after, kind }: Step,
  calendar: WorkingCalendar,
): Promise<Consequences> {
  let query = trx
    .updateTable('dispatch_unit')
    .set({ recalled_at: new Date(now) })
    .where('community_id', '=', community.id)
    .where('case_id', '=', stored.id)
    .where('recalled_at', 'is', null)
    .where('signed_off_at', 'is', null)
  if (said.unit_id !== undefined) query = query.where('unit_id', '=', said.unit_id)
  await query.execute()
  await sql`
    update dispatch as d set recalled_at = ${new Date(now)} where d.community_id = ${community.id} and d.case_id = ${stored.id}
      and d.recalled_at is null and not exists (select from dispatch_unit as du where du.community_id = d.community_id
        and du.dispatch_id = d.id and du.recalled_at is null)`.execute(trx)
  const lead = after.units.find((unit) => unit.is_lead && !unit.is_recalled)
  return {
    columns: {
      lead_unit_id: lead?.unit_id ?? null,
      ...(after.step === 'filing' && dueAfter(calendar, kind.limits, 'dispatch', now)),
      ...(after.step === 'feedback' && {
        handled_at: new Date(now),
        ...dueAfter(calendar, kind.limits, 'verify', now),
      }),
    },
    data: said.unit_id === undefined ? null : { unit_id: said.unit_id },
    links: [],
  }
}

/** What a unit says of its own order. */
export async function answerOrder({ trx, community, actor, now }: Moving, { said, stored }: Step) {
  const at = new Date(now)
  const first = (column: string) => sql`coalesce(${sql.ref(column)}, ${at}::timestamptz)`
  const changes = {
    accept: { accepted_at: at },
    arrive: { accepted_at: first('accepted_at'), arrived_at: at },
    ask_hand_over: { hand_over_at: at, hand_over_why: said.reason },
    report_result: {
      accepted_at: first('accepted_at'),
      signed_off_at: at,
      result: said.result ?? said.note ?? null,
      hand_over_at: null,
    },
  }[said.action as 'accept']
  await trx
    .updateTable('dispatch_unit')
    .set(changes as never)
    .where('community_id', '=', community.id)
    .where('case_id', '=', stored.id)
    .where('unit_id', '=', actor.unit_id!)
    .where('recalled_at', 'is', null)
    .execute()
}

/** Units have the case again, without their sign-off. */
export async function clearSignOffs({ trx, community }: Moving, caseId: string): Promise<void> {
  await trx
    .updateTable('dispatch_unit')
    .set({ signed_off_at: null })
    .where('community_id', '=', community.id)
    .where('case_id', '=', caseId)
    .where('recalled_at', 'is', null)
    .execute()
}
