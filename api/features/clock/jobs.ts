import type { Transaction } from 'kysely'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type CaseAction, moveCase, newCase } from '../../domain/case-flow.ts'
import { notify } from '../../http/notices.ts'
import {
  appendClockStep,
  countEscalation,
  findDueRevisits,
  findMissedArrivals,
  lockToEscalate,
  takeDueSoon,
  takeOverdue,
  type TimedCase,
  unitsAtWork,
} from './store.ts'

/** Who has to act is reminded so long before a case falls due. */
export const REMIND_MINUTES = 30
/** An overdue case is escalated to the leaders after so long, by the wall clock. */
export const ESCALATE_MINUTES = 60

/** How much one look at the clock did. */
export interface ClockWork {
  reminded: number
  overdue: number
  escalated: number
  not_arrived: number
  revisits: number
}

/**
 * Looks at all clocks: reminds, marks what is overdue, escalates, asks after units that did not arrive and after
 * re-visits. Each of it happens once, however often and by however many instances this is called: a mark and what is
 * said about it stand in one transaction.
 */
export async function runClock(engine: Engine, now: Date): Promise<ClockWork> {
  const work: ClockWork = { reminded: 0, overdue: 0, escalated: 0, not_arrived: 0, revisits: 0 }
  const communities = await engine.db.selectFrom('community').select('id').execute()
  for (const { id } of communities)
    for (const part of PARTS)
      for (let isMore = true; isMore;) {
        const did = await asCommunities(engine.db, [id], async (trx) => {
          const count = await part.run(trx, id, now)
          if (count > 0) await bumpVersion(trx, id, 'cases')
          return count
        })
        work[part.name] += did
        isMore = did > 0
      }
  return work
}

const PARTS: readonly {
  name: keyof ClockWork
  run: (trx: Transaction<Database>, communityId: string, now: Date) => Promise<number>
}[] = [
  { name: 'reminded', run: remind },
  { name: 'overdue', run: markOverdue },
  { name: 'escalated', run: escalate },
  { name: 'not_arrived', run: askAfterArrivals },
  { name: 'revisits', run: askForRevisits },
]

async function remind(trx: Transaction<Database>, id: string, now: Date): Promise<number> {
  const cases = await takeDueSoon(trx, id, now, REMIND_MINUTES)
  for (const timed of cases) await tellWhoActs(trx, id, timed, 'case_due_soon')
  return cases.length
}

async function markOverdue(trx: Transaction<Database>, id: string, now: Date): Promise<number> {
  const cases = await takeOverdue(trx, id, now)
  for (const timed of cases) {
    await tellWhoActs(trx, id, timed, 'case_overdue')
    if (isUnits(timed)) await tellLeaders(trx, id, timed, 'case_overdue')
  }
  return cases.length
}

async function escalate(trx: Transaction<Database>, id: string, now: Date): Promise<number> {
  let count = 0
  for (const timed of await lockToEscalate(trx, id, now, ESCALATE_MINUTES)) {
    if (!mayMove(timed, 'escalate', now)) continue
    const isFirst = await appendClockStep(trx, id, timed, {
      action: 'escalate',
      at: now,
      reason: `overdue since ${timed.due_at!.toISOString()}`,
      data: { due_at: timed.due_at!.toISOString(), due_what: timed.due_what ?? '' },
    })
    if (!isFirst) continue
    await countEscalation(trx, id, timed.id)
    await tellLeaders(trx, id, timed, 'case_escalate')
    count++
  }
  return count
}

async function askAfterArrivals(
  trx: Transaction<Database>,
  id: string,
  now: Date,
): Promise<number> {
  let count = 0
  for (const missed of await findMissedArrivals(trx, id, now)) {
    const isFirst = await appendClockStep(trx, id, missed, {
      action: 'note',
      at: now,
      unit_id: missed.unit_id,
      reason: null,
      data: { not_arrived: missed.dispatch_id, arrive_by: missed.arrive_by.toISOString() },
    })
    if (!isFirst) continue
    const unit = { unit_zh: missed.unit_zh, unit_en: missed.unit_en ?? missed.unit_zh }
    await tellLeaders(trx, id, missed, 'case_not_arrived', unit)
    const notice = noticeOf(id, missed, 'case_not_arrived', unit)
    await notify(trx, notice, { role: 'unit', unit_id: missed.unit_id })
    count++
  }
  return count
}

async function askForRevisits(trx: Transaction<Database>, id: string, now: Date): Promise<number> {
  let count = 0
  for (const due of await findDueRevisits(trx, id, now)) {
    const isFirst = await appendClockStep(trx, id, due, {
      action: 'note',
      at: now,
      reason: null,
      data: { revisit_due: due.revisit_id, due_on: due.due_on },
    })
    if (!isFirst) continue
    await tellLeaders(trx, id, due, 'case_revisit_due', { due_on: due.due_on })
    count++
  }
  return count
}

/** By the rules of the flow. Which units have the case is not looked at: the clock's own moves do not depend on it. */
function mayMove(timed: TimedCase, action: CaseAction, now: Date): boolean {
  const { step, status, flow } = timed
  const state = { ...newCase(flow, { before: 0, after: 0 }), step, status }
  return moveCase(state, { action, role: 'system', at: now.getTime() }).ok
}

/** Arriving and handling are the units' to do, everything else the leaders'. */
const isUnits = ({ due_what }: TimedCase): boolean => due_what === 'arrive' || due_what === 'handle'

async function tellWhoActs(
  trx: Transaction<Database>,
  id: string,
  timed: TimedCase,
  what: string,
): Promise<void> {
  if (!isUnits(timed)) return tellLeaders(trx, id, timed, what)
  for (const unit_id of await unitsAtWork(trx, id, timed.id))
    await notify(trx, noticeOf(id, timed, what), { role: 'unit', unit_id })
}

const tellLeaders = (
  trx: Transaction<Database>,
  id: string,
  timed: TimedCase,
  what: string,
  more: Record<string, string> = {},
): Promise<void> => notify(trx, noticeOf(id, timed, what, more), { role: 'leader' })

const noticeOf = (
  community_id: string,
  timed: TimedCase,
  what: string,
  more: Record<string, string> = {},
) => ({
  community_id,
  message_key: `notice.${what}`,
  params: {
    number: `${timed.year}-${String(timed.serial).padStart(6, '0')}`,
    kind_zh: timed.name_zh,
    kind_en: timed.name_en,
    ...(timed.due_at && { due_at: timed.due_at.toISOString(), due_what: timed.due_what ?? '' }),
    ...more,
  },
  case_id: timed.id,
})
