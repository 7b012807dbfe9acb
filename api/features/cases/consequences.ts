import { v7 as uuidv7 } from 'uuid'
import type { WorkingCalendar } from '../../domain/schedule/working-calendar.ts'
import { ApiProblem } from '../../http/problem.ts'
import { dueAfter, dueAfterHold, NOTHING_DUE } from './clock.ts'
import { numberText } from '../../domain/case-number.ts'
import { answerOrder, clearSignOffs, dispatch, recall } from './orders.ts'
import type { Consequences, Moving, Step } from './step.ts'

/** Days after closing on which somebody looks again, unless another day is named. */
const REVISIT_DAYS = 7
const DAY_MS = 86_400_000

/** What a move brings with it: clocks started and stopped, units sent and called back, re-visits, ratings. */
export async function consequencesOf(
  by: Moving,
  step: Step,
  calendar: WorkingCalendar,
): Promise<Consequences> {
  const { said, kind, stored, after } = step
  const { now } = by
  const at = new Date(now)
  const only = (
    columns: Record<string, unknown>,
    data: Consequences['data'] = null,
  ): Consequences => ({ columns, data, links: [] })
  switch (said.action) {
    case 'file':
      return only({ filed_at: at, ...dueAfter(calendar, kind.limits, 'dispatch', now) })
    case 'persuade':
      return only(
        { ...closing(at, stored), outcome: said.outcome ?? 'persuaded' },
        { outcome: said.outcome ?? 'persuaded' },
      )
    case 'refuse':
      return only({ closed_at: at, ...NOTHING_DUE })
    case 'merge':
      return merge(by, step)
    case 'dispatch':
      return dispatch(by, step, calendar)
    case 'recall':
      return recall(by, step, calendar)
    case 'accept':
    case 'arrive':
    case 'ask_hand_over':
      await answerOrder(by, step)
      return only(afterArrival(step, calendar, now))
    case 'report_result':
      await answerOrder(by, step)
      return only(feedback(step, calendar, now), said.result ? { result: said.result } : null)
    case 'put_right':
      return only(feedback(step, calendar, now), said.result ? { result: said.result } : null)
    case 'verify':
      return only(closing(at, stored))
    case 'send_back':
    case 'reopen':
      await clearSignOffs(by, stored.id)
      return only({
        closed_at: null,
        handled_at: null,
        is_on_time: null,
        satisfaction: null,
        original_id: null,
        ...(after.step === 'collection'
          ? dueAfter(calendar, kind.limits, 'file', now)
          : after.step === 'filing'
            ? dueAfter(calendar, kind.limits, 'dispatch', now)
            : dueAfter(calendar, kind.limits, 'handle', now)),
      })
    case 'hold':
      return only({ hold_since: at })
    case 'resume':
      return only({
        hold_since: null,
        due_at:
          stored.due_at && stored.hold_since
            ? dueAfterHold(calendar, stored.due_at, stored.hold_since, now)
            : stored.due_at,
      })
    case 'escalate':
      return only({ escalation: stored.escalation + 1 })
    case 'post_notice':
      // Nobody can be sent before the notice has hung its days: until then no clock runs out.
      return only(
        {
          notice_until: new Date(after.notice_until!),
          ...dueAfter(calendar, kind.limits, 'dispatch', after.notice_until!),
        },
        { until: after.notice_until },
      )
    case 'revisit':
      return revisit(by, step)
    case 'rate':
      if (said.satisfaction === undefined)
        throw new ApiProblem('request/invalid-body', 'a rating needs its stars', [
          { path: 'satisfaction', message: 'a whole number from 1 to 5' },
        ])
      return only({ satisfaction: said.satisfaction }, { satisfaction: said.satisfaction })
    case 'note':
      return only({})
  }
}

/** A case is on time when its work was, whenever somebody came to look. */
const closing = (
  at: Date,
  { handled_at, due_at, due_what, is_on_time }: Step['stored'],
): Record<string, unknown> => ({
  closed_at: at,
  ...NOTHING_DUE,
  is_on_time: is_on_time ?? (due_what === 'handle' && due_at ? (handled_at ?? at) <= due_at : true),
})

/** Feedback stops the handling clock and starts the one of whoever verifies. */
function feedback(step: Step, calendar: WorkingCalendar, now: number): Record<string, unknown> {
  const { stored, after, kind } = step
  if (after.step !== 'feedback' || step.before.step === 'feedback') return {}
  const orders = step.orders.filter((order) => order.recalled_at === null)
  const limit = orders.reduce<Date | null>(
    (latest, { handle_by }) => (handle_by && (!latest || handle_by > latest) ? handle_by : latest),
    null,
  )
  const last = stored.due_what === 'handle' ? stored.due_at : limit
  return {
    handled_at: new Date(now),
    is_on_time: last === null || now <= last.getTime(),
    ...dueAfter(calendar, kind.limits, 'verify', now),
  }
}

/** Once everybody is there, only the handling clock is left. */
function afterArrival(step: Step, calendar: WorkingCalendar, now: number): Record<string, unknown> {
  const { stored, after, orders, kind } = step
  const atWork = after.units.filter((unit) => !unit.is_recalled)
  if (stored.due_what !== 'arrive' || !atWork.every((unit) => unit.arrived)) return {}
  const order = orders.findLast((one) => one.recalled_at === null)
  if (order?.handle_by) return { due_what: 'handle', due_at: order.handle_by }
  const since = (stored.dispatched_at ?? new Date(now)).getTime()
  return { ...dueAfter(calendar, kind.limits, 'handle', since) }
}

/** Into the first of a chain, so that following never takes more than one hop; what followed this one follows that one. */
async function merge({ trx, community, now }: Moving, step: Step): Promise<Consequences> {
  const { said, stored } = step
  const wanted = said.original_id
    ? await trx
        .selectFrom('case_file')
        .select(['id', 'year', 'serial', 'status', 'original_id'])
        .where('community_id', '=', community.id)
        .where('id', '=', said.original_id)
        .executeTakeFirst()
    : undefined
  const original_id = wanted?.original_id ?? wanted?.id
  if (!wanted || original_id === stored.id || wanted.status === 'refused')
    throw new ApiProblem('cases/unknown-reference', 'name the case that this one repeats', [
      { path: 'original_id', message: 'another case of the community that was not refused' },
    ])
  await trx
    .updateTable('case_file')
    .set({ original_id: original_id! })
    .where('community_id', '=', community.id)
    .where('original_id', '=', stored.id)
    .execute()
  return {
    columns: { original_id, closed_at: new Date(now), ...NOTHING_DUE },
    data: { original_id, original_number: numberText(wanted) },
    links: [],
  }
}

/** Makes a re-visit, or writes down what was found on one. */
async function revisit({ trx, community, actor, now }: Moving, step: Step): Promise<Consequences> {
  const { said, stored } = step
  if (said.revisit_id !== undefined) {
    const result = said.outcome === 'recurred' ? 'recurred' : 'holds'
    const done = await trx
      .updateTable('revisit')
      .set({
        done_at: new Date(now),
        done_by: actor.account_id,
        result,
        note: said.note ?? null,
      })
      .where('community_id', '=', community.id)
      .where('case_id', '=', stored.id)
      .where('id', '=', said.revisit_id)
      .where('done_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!done)
      throw new ApiProblem('cases/unknown-reference', 'no such re-visit is open', [
        { path: 'revisit_id', message: 'one of this case that is not done yet' },
      ])
    return { columns: {}, data: { revisit_id: said.revisit_id, result }, links: [] }
  }
  const due_on = said.due_on ?? new Date(now + REVISIT_DAYS * DAY_MS).toISOString().slice(0, 10)
  await trx
    .insertInto('revisit')
    .values({ community_id: community.id, id: uuidv7(), case_id: stored.id, due_on })
    .execute()
  return { columns: {}, data: { due_on }, links: [] }
}
