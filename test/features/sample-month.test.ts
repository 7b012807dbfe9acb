import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { type LedgerFeature, makeMonth } from '../../api/cli/sample/month.ts'
import { readSetting } from '../../api/cli/sample/load-month.ts'
import { seedSample } from '../../api/cli/seed.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { type CaseState, moveCase, newCase } from '../../api/domain/case-flow.ts'
import { testDatabase } from '../fixtures/database.ts'

// A Wednesday morning between two holidays: Mid-Autumn begins on the Friday after.
const NOW = new Date('2026-09-23T10:40:00+08:00')

const engine = await testDatabase(t, 'empty')
const { community_id } = await seedSample(engine, { now: NOW })

const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(engine.db)).rows
const EVENTS = (
  JSON.parse(
    readFileSync(
      path.resolve(import.meta.dirname, '../../geodata/tongjian/ledger_events.geojson'),
      'utf8',
    ),
  ) as { features: LedgerFeature[] }
).features
const monthAt = async (now: Date, time_zone = 'Asia/Shanghai') =>
  makeMonth(
    await asCommunities(engine.db, [community_id], (trx) =>
      readSetting(trx, { id: community_id, time_zone }, EVENTS, now.getTime()),
    ),
  )

t.test('each of the 240 events of the ledger is a case, numbered as they came in', async (t) => {
  const cases = await rows<{ id: string; year: number; serial: number }>(
    sql`select id, year, serial from case_file order by received_at, id`,
  )
  t.equal(cases.length, 240)
  t.same(cases.map(({ id }) => id).toSorted(), EVENTS.map(({ id }) => id).toSorted())
  t.same(
    cases.map(({ year, serial }) => `${year}-${serial}`),
    Array.from({ length: 240 }, (_, i) => `2026-${i + 1}`),
  )
  t.same(await rows(sql`select year, last from case_number`), [{ year: 2026, last: 240 }])
})

t.test('there are cases in every step and every status', async (t) => {
  const found = await rows<{ step: string; status: string; n: number }>(
    sql`select step, status, count(*)::int as n from case_file group by step, status order by step, status`,
  )
  t.same(
    found.map(({ step, status }) => `${step} ${status}`),
    [
      'collection merged',
      'collection open',
      'collection refused',
      'dispatch open',
      'evaluation closed',
      'feedback open',
      'filing open',
      'handling on_hold',
      'handling open',
      'verification closed',
    ],
  )
  const number = (what: string) => found.find((row) => `${row.step} ${row.status}` === what)!.n
  t.equal(number('collection merged'), 8)
  t.equal(number('collection refused'), 6)
  t.equal(number('handling on_hold'), 3)
})

t.test('exactly two cases are overdue: one unit did not arrive, one did not finish', async (t) => {
  const overdue = await rows(sql`
    select k.code, c.step, c.due_what, u.external_id as unit from case_file as c
    join case_kind as k on k.id = c.kind_id join partner_unit as u on u.id = c.lead_unit_id
    where c.status = 'open' and c.due_at < ${NOW} order by c.due_what`)
  t.same(overdue, [
    { code: 'hazard.fire_lane', step: 'handling', due_what: 'arrive', unit: 'U-03' },
    { code: 'street.nonmotor_parking', step: 'handling', due_what: 'handle', unit: 'U-02' },
  ])
  const [without] = await rows<{ n: number }>(
    sql`select count(*)::int as n from case_file where status = 'open' and due_at is null`,
  )
  t.equal(without!.n, 0, 'whatever is open is waited for until a time')
})

interface StepRow {
  case_id: string
  id: string
  action: string
  from_step: string | null
  to_step: string
  from_status: string | null
  to_status: string
  actor_role: string
  unit_id: string | null
  at: Date
  reason: string | null
  data: { units?: { unit_id: string; is_lead: boolean }[]; unit_id?: string; until?: number } | null
}

t.test(
  'every history, read back from the rows, is one that the rules of the loop allow',
  async (t) => {
    const cases = await rows<{
      id: string
      step: string
      status: string
      flow: CaseState['flow']
      photos_after: number
      version: number
      received_at: Date
    }>(sql`select c.id, c.step, c.status, c.version, c.received_at, k.flow,
    coalesce((k.required ->> 'photos_after')::int, 0) as photos_after
    from case_file as c join case_kind as k on k.id = c.kind_id`)
    const steps = await rows<StepRow>(sql`select * from case_step order by case_id, at, id`)
    const faults: string[] = []
    for (const one of cases) {
      const own = steps.filter((step) => step.case_id === one.id)
      let state = newCase(one.flow, { before: 0, after: one.photos_after })
      let last = -Infinity
      for (const step of own) {
        const say = (what: string) => faults.push(`${one.id} ${step.action}: ${what}`)
        if (step.at.getTime() <= last) say('not after the step before')
        if (step.at >= NOW) say('in the future')
        last = step.at.getTime()
        if (step.action === 'report') {
          if (step.id !== one.id || step.at.getTime() !== one.received_at.getTime())
            say('not the report')
          continue
        }
        if (step.from_step !== state.step || step.from_status !== state.status)
          say('from elsewhere')
        const outcome = moveCase(state, {
          action: step.action as never,
          role: step.actor_role as never,
          unit_id: step.unit_id ?? step.data?.unit_id ?? null,
          at: step.at.getTime(),
          reason: step.reason,
          units: step.data?.units,
          photos: { before: 0, after: one.photos_after },
          notice_until: step.data?.until,
        })
        if (!outcome.ok) say(outcome.message)
        else state = outcome.state
        if (step.to_step !== state.step || step.to_status !== state.status) say('to elsewhere')
      }
      if (one.step !== state.step || one.status !== state.status)
        faults.push(`${one.id} stands at ${one.step}, ${one.status}`)
      if (one.version !== own.length) faults.push(`${one.id} has version ${one.version}`)
    }
    t.same(faults, [])
    t.equal(new Set(steps.map((step) => step.action)).size, 20, 'all moves but escalate and note')
  },
)

t.test(
  'orders agree with their histories: who leads, who signed off, who was called back',
  async (t) => {
    const odd = await rows(sql`
    select c.id from case_file as c where
      (c.step in ('feedback', 'verification', 'evaluation') and c.status <> 'on_hold' and exists (
        select from dispatch_unit as d where d.case_id = c.id and d.recalled_at is null and d.signed_off_at is null)
        and not exists (select from case_step as s where s.case_id = c.id and s.action = 'put_right'))
      or (c.lead_unit_id is not null) <> exists (
        select from dispatch_unit as d where d.case_id = c.id and d.is_lead and d.recalled_at is null and d.unit_id = c.lead_unit_id)
      or (c.step = 'dispatch') <> (c.lead_unit_id is not null and c.status = 'open' and not exists (
        select from dispatch_unit as d where d.case_id = c.id and d.recalled_at is null and d.accepted_at is not null))`)
    t.same(odd, [])
    const [joint] = await rows<{ n: number }>(
      sql`select count(*)::int as n from (select case_id from dispatch_unit where recalled_at is null group by case_id having count(*) > 1) as j`,
    )
    t.ok(joint!.n >= 5)
  },
)

t.test(
  'a repeated report is of the same kind, near its original in place and in time',
  async (t) => {
    const pairs = await rows<{
      metres: number
      radius: number
      hours: number
      is_same: boolean
      original: string
    }>(sql`
    select ST_Distance(r.geom::geography, o.geom::geography) as metres, k.duplicate_radius_m as radius,
      extract(epoch from r.found_at - o.found_at)::float8 / 3600 as hours, r.kind_id = o.kind_id as is_same, o.status as original
    from case_file as r join case_file as o on o.id = r.original_id join case_kind as k on k.id = r.kind_id`)
    t.equal(pairs.length, 8)
    for (const pair of pairs) {
      t.ok(pair.is_same)
      t.ok(pair.metres <= pair.radius, `${pair.metres} m within ${pair.radius} m`)
      t.ok(pair.hours > 0 && pair.hours < 2)
      t.not(pair.original, 'merged')
    }
  },
)

t.test(
  'a vehicle hangs under notice for seven days before anybody is sent, two hang now',
  async (t) => {
    const vehicles = await rows<{
      step: string
      notice_until: Date
      dispatched_at: Date | null
    }>(sql`
    select c.step, c.notice_until, c.dispatched_at from case_file as c join case_kind as k on k.id = c.kind_id
    where k.flow = 'zombie_vehicle' order by c.step`)
    t.same(
      vehicles.map(({ step }) => step),
      ['filing', 'filing', 'verification'],
    )
    for (const { notice_until, dispatched_at } of vehicles)
      t.ok(dispatched_at ? dispatched_at > notice_until : notice_until > NOW)
  },
)

t.test(
  'four weeks of patrols reach every side, and a pass says what was found on it',
  async (t) => {
    const [patrols] = await rows<Record<string, number>>(sql`
    select count(*)::int as all, count(distinct grid_id)::int as grids, count(account_id)::int as inspectors,
      (count(*) filter (where ended_at is null))::int as running,
      (count(*) filter (where ended_at > ${NOW}))::int as future from patrol`)
    t.match(patrols, { grids: 6, running: 6, future: 0 })
    t.ok(patrols!['all']! > 350 && patrols!['inspectors']! > 20)
    const [sides] = await rows<{ n: number }>(
      sql`select count(distinct (segment_id, side))::int as n from pass`,
    )
    t.equal(sides!.n, 32)
    const odd = await rows(sql`
    select w.id from pass as w join patrol as p on p.id = w.patrol_id
    where w.grid_id <> p.grid_id or w.at < p.started_at or w.at > coalesce(p.ended_at, ${NOW})
      or w.account_id is distinct from p.account_id
      or (w.result = 'issue') <> exists (select from case_file as c where c.source = 'patrol' and c.segment_id = w.segment_id
        and c.side = w.side and c.found_at >= p.started_at
        and c.found_at <= coalesce(p.ended_at, ${NOW}))`)
    t.same(odd, [])
    const lost = await rows(sql`
      select c.id from case_file as c where c.source = 'patrol' and not exists (
      select from pass as w join patrol as p on p.id = w.patrol_id where w.segment_id = c.segment_id and w.side = c.side
        and w.result = 'issue' and c.found_at >= p.started_at and c.found_at <= coalesce(p.ended_at, ${NOW}))`)
    t.same(lost, [], 'whatever a patrol found, a pass tells of it')
  },
)

t.test('the same moment gives the same month', async (t) => {
  t.same(await monthAt(NOW), await monthAt(NOW))
})

for (const [when, now] of [
  ['a Sunday night', '2026-09-20T23:30:00+08:00'],
  ['just before offices open', '2026-11-26T08:59:00+08:00'],
  ['in the noon break', '2026-11-26T12:30:00+08:00'],
  ['the first days of a year', '2027-01-04T09:05:00+08:00'],
  ['the middle of the Spring Festival', '2027-02-09T15:00:00+08:00'],
  ['a leap day', '2028-02-29T17:59:00+08:00'],
] as const)
  t.test(`${when}, two cases are overdue and nothing lies in the future`, async (t) => {
    const at = new Date(now)
    const month = await monthAt(at)
    const overdue = month.cases.filter(
      (one) => one['status'] === 'open' && (one['due_at'] as Date) < at,
    )
    t.equal(overdue.length, 2)
    t.ok(month.steps.every((step) => (step['at'] as Date) < at))
    t.ok(month.passes.every((pass) => pass.at <= at.getTime()))
    const serials = month.cases.map((one) => `${String(one['year'])}-${String(one['serial'])}`)
    t.same(
      serials.toSorted(),
      month.numbers
        .flatMap(({ year, last }) => Array.from({ length: last }, (_, i) => `${year}-${i + 1}`))
        .toSorted(),
    )
  })
