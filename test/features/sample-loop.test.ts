import { sql } from 'kysely'
import t from 'tap'
import { seedSample } from '../../api/cli/seed.ts'
import { migrate } from '../../api/db/migrate.ts'
import type { Engine } from '../../api/db/connect.ts'
import {
  type CaseAction,
  type CaseRole,
  type CaseStatus,
  moveCase,
  newCase,
  STATUSES,
  type Step,
  STEPS,
} from '../../api/domain/case-flow.ts'
import { testDatabase } from '../fixtures/database.ts'

/** A Wednesday morning, long after the survey. */
const NOW = new Date('2027-03-10T10:20:00+08:00')

async function sampleAt(now: Date): Promise<Engine> {
  const engine = await testDatabase(t, 'empty')
  await migrate(engine.db)
  await seedSample(engine, { now })
  return engine
}
const engine = await sampleAt(NOW)
const rowsOf = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(engine.db)).rows

interface Told {
  id: string
  number: string
  code: string
  flow: 'standard' | 'zombie_vehicle'
  photos_before: number
  photos_after: number
  step: Step
  status: CaseStatus
  found_at: Date
  dispatched_at: Date | null
  handled_at: Date | null
  closed_at: Date | null
  is_on_time: boolean | null
  notice_until: Date | null
  satisfaction: number | null
}
const cases = await rowsOf(sql<Told>`
  select c.id, c.year || '-' || lpad(c.serial::text, 6, '0') as number, k.code, k.flow, c.step, c.status, c.found_at,
    coalesce((k.required ->> 'photos_before')::int, 0) as photos_before,
    coalesce((k.required ->> 'photos_after')::int, 0) as photos_after,
    c.dispatched_at, c.handled_at, c.closed_at, c.is_on_time, c.notice_until, c.satisfaction
  from case_file as c join case_kind as k on k.id = c.kind_id order by c.year, c.serial`)

interface ToldStep {
  case_id: string
  action: CaseAction
  from_step: Step | null
  to_step: Step
  from_status: CaseStatus | null
  to_status: CaseStatus
  actor_role: CaseRole
  unit_id: string | null
  at: Date
  reason: string | null
}
const steps = await rowsOf(sql<ToldStep>`
  select case_id, action, from_step, to_step, from_status, to_status, actor_role, unit_id, at, reason from case_step
  order by case_id, at`)

interface ToldOrder {
  case_id: string
  dispatch_id: string
  unit_id: string
  is_lead: boolean
  dispatched_at: Date
  arrive_by: Date | null
  handle_by: Date
  accepted_at: Date | null
  arrived_at: Date | null
  signed_off_at: Date | null
  result: string | null
}
const orders = await rowsOf(sql<ToldOrder>`
  select du.case_id, du.dispatch_id, du.unit_id, du.is_lead, d.dispatched_at, d.arrive_by, d.handle_by, du.accepted_at, du.arrived_at,
    du.signed_off_at, du.result
  from dispatch_unit as du join dispatch as d on d.id = du.dispatch_id order by d.dispatched_at, du.is_lead desc`)
const ordersOf = (one: Told) => orders.filter((order) => order.case_id === one.id)
/** The units of a case's first dispatch, of its second, … */
const dispatchesOf = (one: Told) => {
  const own = ordersOf(one)
  const ids = new Set(own.map(({ dispatch_id }) => dispatch_id))
  return [...ids].map((id) => own.filter(({ dispatch_id }) => dispatch_id === id))
}
/** Of a unit that was sent twice, the last. */
const orderOf = new Map(orders.map((order) => [`${order.case_id} ${order.unit_id}`, order]))

t.test('the rules allow every move of every case, and it stands where they lead', async (t) => {
  let moves = 0
  for (const one of cases) {
    const own = steps.filter((step) => step.case_id === one.id)
    t.match(own[0], { action: 'report', from_step: null, from_status: null })
    // The sample has no photos: those that closing needs are taken to be there.
    const required = { before: one.photos_before, after: one.photos_after }
    const dispatches = dispatchesOf(one)
    let state = newCase(one.flow, required)
    for (const [index, step] of own.entries()) {
      if (index > 0) {
        t.ok(step.at > own[index - 1]!.at, `${one.number}: one after the other`)
        t.same([step.from_step, step.from_status], [state.step, state.status], one.number)
        const outcome = moveCase(state, {
          action: step.action,
          role: step.actor_role,
          unit_id: step.unit_id,
          at: step.at.getTime(),
          reason: step.reason,
          photos: required,
          notice_until: one.notice_until?.getTime(),
          units: step.action === 'dispatch' ? dispatches.shift() : [],
        })
        if (!outcome.ok) {
          t.fail(`${one.number} ${step.action}: ${outcome.message}`)
          break
        }
        state = outcome.state
        moves++
      }
      t.same([step.to_step, step.to_status], [state.step, state.status], one.number)
    }
    t.same(dispatches, [], `${one.number}: as many dispatches as it tells`)
    t.same([one.step, one.status], [state.step, state.status], one.number)
    for (const unit of state.units) {
      const order = orderOf.get(`${one.id} ${unit.unit_id}`)!
      t.equal(order.accepted_at !== null, unit.accepted, one.number)
      t.equal(order.arrived_at !== null, unit.arrived, one.number)
      t.equal(order.signed_off_at !== null, unit.signed_off, one.number)
    }
  }
  t.ok(moves > 700, `${moves} moves`)
})

t.test('every step and every status occurs; a vehicle stands under a public notice', async (t) => {
  const count = (what: 'step' | 'status', value: string) =>
    cases.filter((one) => one[what] === value).length
  for (const step of STEPS) t.ok(count('step', step) > 0, `${step}: ${count('step', step)}`)
  for (const status of STATUSES)
    t.ok(count('status', status) > 0, `${status}: ${count('status', status)}`)
  t.comment(STEPS.map((step) => `${step} ${count('step', step)}`).join(', '))
  t.comment(STATUSES.map((status) => `${status} ${count('status', status)}`).join(', '))
  const hanging = cases.filter((one) => one.notice_until !== null && one.notice_until > NOW)
  t.ok(hanging.length > 0, `${hanging.length} under notice`)
  for (const one of hanging)
    t.match(one, { flow: 'zombie_vehicle', step: 'filing', status: 'open', dispatched_at: null })
  t.ok(
    orders.some((order) => !order.is_lead),
    'some cases have a unit beside the lead',
  )
  t.ok(cases.some((one) => one.satisfaction !== null && one.satisfaction <= 2))
})

t.test('two whistles are overdue, and nothing else is', async (t) => {
  const due = await rowsOf(sql<{ id: string; due_what: string }>`
    select id, due_what from case_file where status = 'open' and due_at < ${NOW}`)
  t.equal(due.length, 2)
  for (const { due_what } of due) t.match(due_what, /^(arrive|handle)$/)
  const waiting = cases.filter(({ status }) => status === 'open' || status === 'on_hold')
  const late = waiting.filter((one) =>
    ordersOf(one).some(({ signed_off_at, arrived_at, arrive_by, handle_by }) => {
      const next = arrived_at === null && arrive_by ? arrive_by : handle_by
      return signed_off_at === null && next < NOW
    }),
  )
  t.same(late.map(({ id }) => id).sort(), due.map(({ id }) => id).sort(), 'to the units too')
})

/** Whether it was held or done over: what its units were asked at first is no longer its limit. */
const isInterrupted = (one: Told) =>
  steps.some(
    ({ case_id, action }) =>
      case_id === one.id && ['hold', 'recall', 'send_back', 'reopen'].includes(action),
  )

t.test('nothing lies in the future, and every time fits the others', async (t) => {
  for (const one of cases) {
    const times = [one.found_at, one.dispatched_at, one.handled_at, one.closed_at]
    const known = times.filter((time) => time !== null)
    t.same(
      known,
      known.toSorted((a, b) => a.getTime() - b.getTime()),
      one.number,
    )
    t.ok(known.at(-1)! <= NOW, one.number)
    t.equal(one.closed_at !== null, ['closed', 'refused', 'merged'].includes(one.status))
    for (const order of ordersOf(one)) {
      t.ok(order.handle_by > order.dispatched_at, one.number)
      t.ok(order.arrive_by === null || order.arrive_by > order.dispatched_at, one.number)
      if (one.handled_at && !isInterrupted(one))
        t.equal(one.is_on_time, one.handled_at <= order.handle_by, one.number)
      t.equal(order.result !== null, order.signed_off_at !== null)
    }
  }
  t.ok(steps.every((step) => step.at <= NOW))
  const newest = cases.reduce(
    (last, one) => (one.found_at > last ? one.found_at : last),
    new Date(0),
  )
  t.ok(NOW.getTime() - newest.getTime() < 3_600_000, 'the last one was found within the hour')
  const [patrols] = await rowsOf(sql<{ n: number; last: Date; days: number }>`
    select count(*)::int as n, max(coalesce(ended_at, started_at)) as last,
      count(distinct (started_at at time zone 'Asia/Shanghai')::date)::int as days from patrol`)
  t.ok(patrols!.n >= 6 * 28, 'once a day in each of the six grids at least')
  t.ok(patrols!.days >= 28)
  t.ok(patrols!.last <= NOW)
})

t.test('numbers have no gap, and the next one follows the last', async (t) => {
  t.equal(cases.length, 240)
  t.same(
    cases.map(({ number }) => number),
    cases.map((_, index) => `2027-${String(index + 1).padStart(6, '0')}`),
  )
  t.same(await rowsOf(sql`select year, last from case_number`), [{ year: 2027, last: 240 }])
  const events = await rowsOf(sql<{ id: string }>`select id from ledger_event order by id`)
  t.same(
    cases.map(({ id }) => id).sort(),
    events.map(({ id }) => id),
    'each event is one case',
  )
  t.same(
    cases.map(({ found_at }) => found_at),
    cases.map(({ found_at }) => found_at).toSorted((a, b) => a.getTime() - b.getTime()),
  )
})

t.test('over a turn of the year the numbers begin again', async (t) => {
  const other = await sampleAt(new Date('2027-01-11T15:00:00+08:00'))
  const { rows } = await sql<{
    year: number
    n: number
    least: number
    most: number
    last: number
  }>`
    select c.year, count(*)::int as n, min(c.serial) as least, max(c.serial) as most, max(m.last) as last
    from case_file as c join case_number as m on m.year = c.year group by c.year order by c.year`.execute(
    other.db,
  )
  t.same(
    rows.map(({ year }) => year),
    [2026, 2027],
  )
  for (const { n, least, most, last } of rows) t.same([least, most, last], [1, n, n])
})

t.test('the same instant gives the same rows', async (t) => {
  const again = await sampleAt(NOW)
  for (const table of [
    'case_kind',
    'case_file',
    'case_step',
    'case_number',
    'dispatch',
    'dispatch_unit',
    'patrol_plan',
    'patrol',
    'pass',
  ]) {
    const digest = async ({ db }: Engine) => {
      const { rows } = await sql<{ n: number; digest: string }>`
        select count(*)::int as n, md5(string_agg(r.line, ',' order by r.line)) as digest
        from (select (to_jsonb(x) - 'updated_at')::text as line from ${sql.table(table)} as x) as r`.execute(
        db,
      )
      return rows[0]!
    }
    const first = await digest(engine)
    t.ok(first.n > 0, `${table}: ${first.n} rows`)
    t.same(await digest(again), first, table)
  }
})
