import type { StepLimits } from '../../db/loop-tables.ts'
import { type CaseState, moveCase, newCase } from '../../domain/case-flow.ts'
import type { WorkingCalendar } from '../../domain/schedule/working-calendar.ts'
import { dueAfter, dueAfterHold, NOTHING_DUE } from '../../features/cases/clock.ts'
import { idOf } from '../../../geodata/tongjian/frame.ts'
import { answerOrder, newOrder } from './orders.ts'
import type { Beat } from './stories.ts'

/** Plays a story by the domain's rules and writes down what the service would have written. */

type Row = Record<string, unknown>

export interface Played {
  /** Columns of `case_file` that the moves decide. */
  columns: Row
  steps: Row[]
  dispatches: Row[]
  orders: Row[]
  revisits: Row[]
  photos: { id: string; role: 'evidence' | 'after' | 'notice'; step_id: string; at: number }[]
}

export interface Playing {
  /** Of the case; its report has the same, and all other ids are made of it: the same on every run. */
  id: string
  beats: readonly Beat[]
  times: readonly number[]
  kind: {
    flow: CaseState['flow']
    limits: StepLimits
    notice_days: number | null
    required: { photos_before?: number; photos_after?: number }
    /** Whether photos are drawn for cases of the kind. */
    has_photos: boolean
  }
  units: { lead: string; co: string; wrong: string }
  /** Who reported it: the step's actor. */
  reporter: { account_id: string | null; role: string }
  original_id: string | null
  calendar: WorkingCalendar
}

const DAY_MS = 86_400_000

/** @throws Error when the domain does not allow the story. */
export function playStory(playing: Playing): Played {
  const { id, beats, times, kind, units } = playing
  let state = newCase(kind.flow, {
    before: kind.required.photos_before ?? 0,
    after: kind.required.photos_after ?? 0,
  })
  const played: Played = {
    columns: { version: beats.length, updated_at: dateOf(times.at(-1)!) },
    steps: [],
    dispatches: [],
    orders: [],
    revisits: [],
    photos: [],
  }
  for (const [index, beat] of beats.entries()) {
    const at = times[index]!
    const step_id = index === 0 ? id : idOf(`${id} step ${index}`)
    const unit_id = beat.unit ? units[beat.unit] : null
    if (beat.photo && kind.has_photos)
      played.photos.push({ id: idOf(`${id} photo ${index}`), role: beat.photo, step_id, at })
    const before = state
    if (beat.action !== 'report') {
      const outcome = moveCase(state, {
        action: beat.action,
        role: beat.role,
        unit_id,
        at,
        reason: beat.reason ?? null,
        units: (beat.units ?? []).map((unit, i) => ({ unit_id: units[unit], is_lead: i === 0 })),
        photos: {
          before: played.photos.filter(({ role }) => role === 'evidence').length,
          after: played.photos.filter(({ role }) => role === 'after').length,
        },
        notice_until: at + (kind.notice_days ?? 0) * DAY_MS,
      })
      if (!outcome.ok) throw new Error(`${id}: ${outcome.message}`)
      state = outcome.state
    }
    const data = follow({ playing, played, beat, at, step_id, before, after: state })
    played.steps.push({
      id: step_id,
      action: beat.action,
      from_step: beat.action === 'report' ? null : before.step,
      to_step: state.step,
      from_status: beat.action === 'report' ? null : before.status,
      to_status: state.status,
      actor_id:
        beat.action === 'report' || beat.action === 'persuade' ? playing.reporter.account_id : null,
      actor_role: beat.action === 'report' ? playing.reporter.role : beat.role,
      unit_id: beat.role === 'unit' ? unit_id : null,
      at: dateOf(at),
      claimed_at: beat.action === 'report' ? dateOf(at) : null,
      reason: beat.reason ?? null,
      note: null,
      data,
      content_hash: '',
    })
  }
  Object.assign(played.columns, { step: state.step, status: state.status })
  return played
}

interface Follow {
  playing: Playing
  played: Played
  beat: Beat
  at: number
  step_id: string
  before: CaseState
  after: CaseState
}

/** What a move brings with it, as the service has it; returns what the step remembers. */
function follow({ playing, played, beat, at, step_id, before, after }: Follow): Row | null {
  const { kind, units, calendar, id } = playing
  const { columns } = played
  const date = dateOf(at)
  const due = (what: 'file' | 'dispatch' | 'arrive' | 'handle' | 'verify', since = at) =>
    dueAfter(calendar, kind.limits, what, since)
  const ordersOf = (unit: string) =>
    played.orders.filter((one) => one['unit_id'] === unit && one['recalled_at'] === null)
  switch (beat.action) {
    case 'report':
      Object.assign(columns, due('file'))
      return null
    case 'persuade':
      Object.assign(columns, {
        ...NOTHING_DUE,
        outcome: beat.outcome,
        handled_at: date,
        closed_at: date,
        is_on_time: true,
      })
      return { outcome: beat.outcome }
    case 'file':
      Object.assign(columns, { filed_at: date, ...due('dispatch') })
      return null
    case 'refuse':
      Object.assign(columns, { closed_at: date, ...NOTHING_DUE })
      return null
    case 'merge':
      Object.assign(columns, {
        closed_at: date,
        original_id: playing.original_id,
        ...NOTHING_DUE,
      })
      return { original_id: playing.original_id }
    case 'post_notice': {
      const until = at + (kind.notice_days ?? 0) * DAY_MS
      // Nobody can be sent before the notice is over, so the clock of sending starts then.
      Object.assign(columns, { notice_until: dateOf(until), ...due('dispatch', until) })
      return { until }
    }
    case 'dispatch': {
      const times = { sent: date, arrive: due('arrive').due_at, handle: due('handle').due_at }
      const sent = (beat.units ?? []).map((unit, i) => ({ unit_id: units[unit], is_lead: i === 0 }))
      const order = newOrder(step_id, times, sent)
      played.dispatches.push(order.dispatch)
      played.orders.push(...order.units)
      Object.assign(columns, {
        dispatched_at: columns['dispatched_at'] ?? date,
        lead_unit_id: sent[0]!.unit_id,
        ...(times.arrive
          ? { due_what: 'arrive', due_at: times.arrive }
          : { due_what: 'handle', due_at: times.handle }),
      })
      return {
        units: sent,
        arrive_by: times.arrive?.toISOString(),
        handle_by: times.handle?.toISOString(),
      }
    }
    case 'recall':
      for (const order of ordersOf(units[beat.unit!])) {
        order['recalled_at'] = date
        played.dispatches.find(({ id }) => id === order['dispatch_id'])!['recalled_at'] = date
      }
      Object.assign(columns, { lead_unit_id: null, ...due('dispatch') })
      return { unit_id: units[beat.unit!] }
    case 'accept':
    case 'arrive':
    case 'ask_hand_over':
    case 'report_result':
      for (const order of ordersOf(units[beat.unit!])) answerOrder(order, beat, date)
      if (beat.action === 'report_result') return handled(playing, played, beat, at, before, after)
      if (
        columns['due_what'] === 'arrive' &&
        after.units.every((unit) => unit.is_recalled || unit.arrived)
      )
        Object.assign(columns, {
          due_what: 'handle',
          due_at: played.dispatches.at(-1)!['handle_by'],
        })
      return null
    case 'put_right':
      return handled(playing, played, beat, at, before, after)
    case 'send_back':
    case 'reopen':
      for (const order of played.orders)
        if (order['recalled_at'] === null) order['signed_off_at'] = null
      Object.assign(columns, {
        closed_at: null,
        handled_at: null,
        is_on_time: null,
        satisfaction: null,
        ...due('handle'),
      })
      return null
    case 'verify':
      Object.assign(columns, {
        closed_at: date,
        is_on_time: columns['is_on_time'] ?? true,
        ...NOTHING_DUE,
      })
      return null
    case 'hold':
      columns['hold_since'] = date
      return null
    case 'resume':
      if (columns['due_at'])
        columns['due_at'] = dueAfterHold(
          calendar,
          columns['due_at'] as Date,
          columns['hold_since'] as Date,
          at,
        )
      columns['hold_since'] = null
      return null
    case 'rate':
      columns['satisfaction'] = beat.satisfaction
      return { satisfaction: beat.satisfaction }
    case 'revisit': {
      if (beat.due_days !== undefined) {
        const due_on = dateOf(at + beat.due_days * DAY_MS)
          .toISOString()
          .slice(0, 10)
        played.revisits.push({
          id: idOf(`${id} revisit ${step_id}`),
          due_on,
          done_at: null,
          done_by: null,
          result: null,
          note: null,
        })
        return { due_on }
      }
      const open = played.revisits.at(-1)!
      Object.assign(open, { done_at: date, result: beat.found })
      return { revisit_id: open['id'], result: beat.found }
    }
    default:
      return null
  }
}

/** Feedback stops the handling clock and starts the one of whoever verifies. */
function handled(
  { calendar, kind }: Playing,
  { columns, dispatches }: Played,
  beat: Beat,
  at: number,
  before: CaseState,
  after: CaseState,
): Row | null {
  if (after.step === 'feedback' && before.step !== 'feedback') {
    const last =
      columns['due_what'] === 'handle'
        ? columns['due_at']
        : (dispatches.at(-1)?.['handle_by'] ?? null)
    Object.assign(columns, {
      handled_at: dateOf(at),
      is_on_time: last === null || at <= (last as Date).getTime(),
      ...dueAfter(calendar, kind.limits, 'verify', at),
    })
  }
  return beat.result ? { result: beat.result } : null
}

const dateOf = (at: number) => new Date(at)
