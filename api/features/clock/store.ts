import { createHash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { v5 as uuidv5 } from 'uuid'
import type { Database } from '../../db/tables.ts'
import type { CaseFlow, CaseStatusName, CaseStepName, DueWhat } from '../../db/loop-tables.ts'

/** A case as the clock looks at it. */
export interface TimedCase {
  id: string
  year: number
  serial: number
  step: CaseStepName
  status: CaseStatusName
  flow: CaseFlow
  name_zh: string
  name_en: string
  due_at: Date | null
  due_what: DueWhat | null
}

/** What is done in one transaction: short ones, so that nobody waits for the clock. */
const BATCH = 100
const MINUTE_MS = 60_000

const TIMED = sql.raw(
  'c.id, c.year, c.serial, c.step, c.status, k.flow, k.name_zh, k.name_en, c.due_at, c.due_what',
)

/**
 * Marks open cases that fall due within `leadMinutes` as reminded of, and answers them. A due time is reminded of once;
 * a later due time of the same case again.
 */
export async function takeDueSoon(
  trx: Transaction<Database>,
  communityId: string,
  now: Date,
  leadMinutes: number,
): Promise<TimedCase[]> {
  const lead = sql`make_interval(mins => ${leadMinutes}::int)`
  return marked(
    trx,
    communityId,
    'reminded_at',
    now,
    sql`due_at > ${now} and due_at <= ${now}::timestamptz + ${lead}
      and (reminded_at is null or reminded_at < due_at - ${lead})`,
  )
}

/** Marks open cases whose time is over, and answers them: each due time once. */
export async function takeOverdue(
  trx: Transaction<Database>,
  communityId: string,
  now: Date,
): Promise<TimedCase[]> {
  return marked(
    trx,
    communityId,
    'overdue_at',
    now,
    sql`due_at <= ${now} and (overdue_at is null or overdue_at < due_at)`,
  )
}

/** A row that another instance has in hand is left to it; one that was marked meanwhile no longer fits. */
async function marked(
  trx: Transaction<Database>,
  communityId: string,
  column: 'reminded_at' | 'overdue_at',
  now: Date,
  condition: ReturnType<typeof sql>,
): Promise<TimedCase[]> {
  const { rows } = await sql<TimedCase>`
    with c as (
      update case_file set ${sql.ref(column)} = ${now} where community_id = ${communityId} and id in (
        select id from case_file where community_id = ${communityId} and status = 'open' and ${condition}
        order by due_at limit ${BATCH} for update skip locked)
      returning *)
    select ${TIMED} from c join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id
    order by c.due_at`.execute(trx)
  return rows
}

/** Open cases that are over their time for `minutes` and that nobody, clock or leader, has escalated since. Locked. */
export async function lockToEscalate(
  trx: Transaction<Database>,
  communityId: string,
  now: Date,
  minutes: number,
): Promise<TimedCase[]> {
  const { rows } = await sql<TimedCase>`
    select ${TIMED} from case_file as c join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id
    where c.community_id = ${communityId} and c.status = 'open'
      and c.due_at <= ${new Date(now.getTime() - minutes * MINUTE_MS)}
      and not exists (select from case_step as s where s.community_id = c.community_id and s.case_id = c.id
        and s.action = 'escalate' and s.at >= c.due_at)
    order by c.due_at limit ${BATCH} for update of c skip locked`.execute(trx)
  return rows
}

export interface MissedArrival extends TimedCase {
  dispatch_id: string
  unit_id: string
  unit_zh: string
  unit_en: string | null
  arrive_by: Date
}

/** Units that were to be there by now and have not said that they are; told of once (a note of the clock). */
export async function findMissedArrivals(
  trx: Transaction<Database>,
  communityId: string,
  now: Date,
): Promise<MissedArrival[]> {
  const { rows } = await sql<MissedArrival>`
    select ${TIMED}, d.id as dispatch_id, d.arrive_by, du.unit_id, u.name_zh as unit_zh, u.name_en as unit_en
    from dispatch_unit as du
    join dispatch as d on d.community_id = du.community_id and d.id = du.dispatch_id
    join case_file as c on c.community_id = du.community_id and c.id = du.case_id
    join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id
    join partner_unit as u on u.community_id = du.community_id and u.id = du.unit_id
    where du.community_id = ${communityId} and du.signed_off_at is null and du.arrived_at is null
      and du.recalled_at is null and d.arrive_by <= ${now} and c.status = 'open'
      and not exists (select from case_step as s where s.community_id = c.community_id and s.case_id = c.id
        and s.action = 'note' and s.data ->> 'not_arrived' = d.id::text and s.unit_id = du.unit_id)
    order by d.arrive_by limit ${BATCH}`.execute(trx)
  return rows
}

export interface DueRevisit extends TimedCase {
  revisit_id: string
  due_on: string
}

/** Re-visits that fall due on the local day of `now`, or did and were not done; told of once. */
export async function findDueRevisits(
  trx: Transaction<Database>,
  communityId: string,
  now: Date,
): Promise<DueRevisit[]> {
  const { rows } = await sql<DueRevisit>`
    select ${TIMED}, r.id as revisit_id, r.due_on
    from revisit as r
    join community as o on o.id = r.community_id
    join case_file as c on c.community_id = r.community_id and c.id = r.case_id
    join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id
    where r.community_id = ${communityId} and r.done_at is null
      and r.due_on <= (${now}::timestamptz at time zone o.time_zone)::date
      and not exists (select from case_step as s where s.community_id = c.community_id and s.case_id = c.id
        and s.action = 'note' and s.data ->> 'revisit_due' = r.id::text)
    order by r.due_on limit ${BATCH}`.execute(trx)
  return rows
}

/** Units that still have a case: neither called back nor signed off. */
export async function unitsAtWork(
  trx: Transaction<Database>,
  communityId: string,
  caseId: string,
): Promise<string[]> {
  const rows = await trx
    .selectFrom('dispatch_unit')
    .select('unit_id')
    .distinct()
    .where('community_id', '=', communityId)
    .where('case_id', '=', caseId)
    .where('recalled_at', 'is', null)
    .where('signed_off_at', 'is', null)
    .execute()
  return rows.map(({ unit_id }) => unit_id)
}

/** The clock's own steps have ids made from what they say: whoever comes second writes nothing. */
const CLOCK_STEPS = '6b1f6a52-5c43-4e0a-9d0f-0c7f6c1f2a11'

/** Appends a step of the clock; false when it stands already. */
export async function appendClockStep(
  trx: Transaction<Database>,
  communityId: string,
  timed: TimedCase,
  step: {
    action: 'escalate' | 'note'
    unit_id?: string
    reason: string | null
    at: Date
    data: Record<string, string>
  },
): Promise<boolean> {
  const said = JSON.stringify([communityId, timed.id, step.action, step.unit_id ?? '', step.data])
  const written = await trx
    .insertInto('case_step')
    .values({
      community_id: communityId,
      id: uuidv5(said, CLOCK_STEPS),
      case_id: timed.id,
      action: step.action,
      from_step: timed.step,
      to_step: timed.step,
      from_status: timed.status,
      to_status: timed.status,
      actor_id: null,
      actor_role: 'system',
      unit_id: step.unit_id ?? null,
      at: step.at,
      claimed_at: null,
      reason: step.reason,
      note: null,
      data: JSON.stringify(step.data),
      content_hash: createHash('sha256').update(said).digest('hex'),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return written !== undefined
}

/** Counts an escalation on the case. */
export async function countEscalation(
  trx: Transaction<Database>,
  communityId: string,
  caseId: string,
): Promise<void> {
  await trx
    .updateTable('case_file')
    .set({
      escalation: sql`escalation + 1`,
      version: sql`version + 1`,
      updated_at: sql`now()`,
    })
    .where('community_id', '=', communityId)
    .where('id', '=', caseId)
    .execute()
}
