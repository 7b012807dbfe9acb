import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Coverage, FieldPackage, PatrolPlan } from '../../api/features/patrols/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { newPass, patrolDesk } from '../fixtures/patrols.ts'

const running = await testApp(t)
const { app, engine } = running
const desk = await patrolDesk(running)
const { own: OWN, foreign: FOREIGN, sendPasses } = desk

/** A grid's plan of the first two days of March 2019, a time of which the sample has nothing. */
const plan = (more: object = {}) => ({
  grid_id: OWN.grid_id,
  frequency: 'daily',
  passes: 2,
  first_date: '2019-03-01',
  last_date: '2019-03-02',
  ...more,
})
const SPAN = 'from=2019-03-01T00:00:00%2B08:00&to=2019-03-11T00:00:00%2B08:00'
const coverage = async (more = ''): Promise<Coverage> =>
  (await desk.get('planner', `/patrols/coverage?${SPAN}${more}`)).json()

t.test('coverage has the shares, the plan and the rate that were worked by hand', async (t) => {
  const made = await desk.post('leader', '/patrol_plans', plan())
  t.equal(made.statusCode, 201)
  const kind = await desk.addKind('patrol.rate')
  const on = (day: number, hour: number) =>
    `2019-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00+08:00`
  // G-1: one side five times and one side once. G-3: one side twelve times, and three findings.
  await sendPasses('leader', [
    ...[8, 9, 10, 11, 12].map((hour) => newPass(OWN, { at: on(1, hour) })),
    newPass(OWN, { side: 'right', at: on(10, 23) }),
    ...Array.from({ length: 12 }, (_, i) => newPass(FOREIGN, { at: on(2, 8 + i) })),
    newPass(OWN, { at: '2019-02-28T23:59:59+08:00' }),
    newPass(OWN, { at: on(11, 0) }),
  ])
  const [[x1, y1], [x2, y2]] = [FOREIGN.kerb[0]!, FOREIGN.kerb.at(-1)!]
  for (const part of [0.3, 0.5, 0.7])
    await desk.report('leader', kind.id, {
      lon: x1 + (x2 - x1) * part,
      lat: y1 + (y2 - y1) * part,
      found_at: on(2, 12),
    })
  const { grids, sides } = await coverage()
  t.equal(sides.length, 32)
  t.notOk(grids.some(({ grid_id }) => grid_id === null))
  const sidesOf = (grid_id: string) => sides.filter((side) => side.grid_id === grid_id).length
  const own = grids.find((grid) => grid.grid_id === OWN.grid_id)!
  const n = sidesOf(OWN.grid_id)
  t.equal(own.sides, n)
  t.match(own, { sides_walked: 2, share: 2 / n, passes: 6, rate: null })
  // Two days, twice a day: four of each side; the five of one side count as four.
  t.match(own, { passes_planned: 4 * n, share_of_plan: 5 / (4 * n) })
  const foreign = grids.find((grid) => grid.grid_id === FOREIGN.grid_id)!
  t.match(foreign, { sides_walked: 1, passes: 12, share: 1 / sidesOf(FOREIGN.grid_id) })
  t.match(foreign.rate, { findings: 3, passes: 12, rate: 0.25 })
  // Exact Poisson limits of 3 are 0.619 and 8.767 (Garwood); Byar's are within 0.02 of them.
  t.ok(Math.abs(foreign.rate!.interval.low * 12 - 0.619) < 0.02)
  t.ok(Math.abs(foreign.rate!.interval.high * 12 - 8.767) < 0.02)
  const side = sides.find((one) => one.segment_id === OWN.id && one.side === 'left')
  t.match(side, {
    passes: 5,
    last_at: '2019-03-01T04:00:00.000Z',
    last_ever_at: '2019-03-01T04:00:00.000Z',
  })
  // A span without a pass: what was walked before it is not told as never walked.
  const later = await desk.get(
    'planner',
    '/patrols/coverage?from=2019-03-05T00:00:00%2B08:00&to=2019-03-06T00:00:00%2B08:00',
  )
  const idle = later.json<Coverage>().sides.filter((one) => one.segment_id === OWN.id)
  t.match(
    idle.find((one) => one.side === 'left'),
    { passes: 0, last_at: null, last_ever_at: '2019-03-01T04:00:00.000Z' },
  )
  t.match(
    idle.find((one) => one.side === 'right'),
    { passes: 0, last_at: null, last_ever_at: null },
    'its only pass came later',
  )
  const only = await coverage(`&grid_id=${OWN.grid_id}`)
  t.same(only.grids, [own])
  t.equal(only.sides.length, n)
})

t.test('a plan is changed by who has seen it, and ended; what does not fit is 422', async (t) => {
  const made = (await desk.post('leader', '/patrol_plans', plan())).json<PatrolPlan>()
  t.match(made, { ...plan(), account_id: null, version: 1 })
  const url = `/patrol_plans/${made.id}`
  const weekly = { frequency: 'weekly' }
  t.equal((await desk.call('leader', 'PATCH', url, weekly)).statusCode, 428)
  const changed = await desk.call('leader', 'PATCH', url, weekly, { 'if-match': '"1"' })
  t.match(changed.json(), { ...made, ...weekly, version: 2 })
  t.equal((await desk.call('leader', 'PATCH', url, weekly, { 'if-match': '"1"' })).statusCode, 412)
  const { id: resident } = await engine.db
    .selectFrom('account')
    .select('id')
    .where('login', '=', 'resident')
    .executeTakeFirstOrThrow()
  for (const [path, bad] of Object.entries({
    grid_id: uuidv7(),
    last_date: '2019-02-28',
    first_date: '2019-02-30',
    account_id: resident,
    passes: 0,
    frequency: 'hourly',
  })) {
    const reply = await desk.post('leader', '/patrol_plans', plan({ [path]: bad }))
    t.equal(reply.statusCode, 422, reply.body)
    t.match(reply.body, path)
  }
  t.equal((await desk.post('inspector', '/patrol_plans', plan())).statusCode, 403)
  const taken = await desk.post('leader', '/patrol_plans', plan({ id: made.id }))
  t.match(taken.json(), { status: 409, type: 'urn:jiexu:problem:patrols/id-taken' })
  const remove = (version: string) =>
    desk.call('leader', 'DELETE', url, undefined, { 'if-match': version })
  t.equal((await remove('"1"')).statusCode, 412)
  t.equal((await remove('"2"')).statusCode, 204)
  t.equal((await remove('"2"')).statusCode, 404)
  t.notMatch((await desk.get('planner', '/patrol_plans')).body, made.id)
})

t.test(
  'the field package has the own grids in detail, no person, and less than a megabyte',
  async (t) => {
    const reply = await desk.get('inspector', '/field_package')
    t.equal(reply.statusCode, 200)
    t.ok(reply.rawPayload.length < 1_000_000, `${reply.rawPayload.length} bytes`)
    t.comment(`${reply.rawPayload.length} bytes`)
    const taken = reply.json<FieldPackage>()
    t.equal(taken.grids.length, 6)
    const mine = new Set(taken.grids.filter((grid) => grid.is_mine).map((grid) => grid.id))
    t.equal(mine.size, 4)
    for (const part of ['sides', 'places', 'open_cases'] as const) {
      t.ok(taken[part].length > 0, part)
      t.ok(
        taken[part].every((one) => mine.has(one.grid_id!)),
        part,
      )
    }
    t.ok(taken.sides.every(({ line, centreline }) => line.length > 1 && centreline.length > 1))
    const { rows: people } = await sql<{ secret: string }>`
      select unnest(array[id::text, display_name]) as secret from account
      union select description from case_file where description <> ''`.execute(engine.db)
    t.ok(people.length >= 14)
    for (const { secret } of people) t.notOk(reply.body.includes(secret), secret)
    const members = [...new Set([...reply.body.matchAll(/"(\w+)":/g)].map(([, name]) => name!))]
    const personal =
      /account|person|phone|plate|contact|login|report|actor|subject|descr|token|hash/
    t.same(
      members.filter((name) => personal.test(name)),
      [],
    )
    const all = (await desk.get('leader', '/field_package')).json<FieldPackage>()
    t.ok(all.grids.every((grid) => grid.is_mine))
    t.ok(all.sides.length > taken.sides.length)
  },
)

t.test('an unchanged field package is 304, until a side was walked', async (t) => {
  const first = await desk.get('inspector', '/field_package')
  const headers = { 'if-none-match': String(first.headers['etag']) }
  const again = () => desk.call('inspector', 'GET', '/field_package', undefined, headers)
  t.equal((await again()).statusCode, 304)
  t.equal((await again()).body, '')
  await sendPasses('inspector', [newPass(OWN, { at: new Date().toISOString() })])
  t.equal((await again()).statusCode, 200)
  t.not((await desk.get('leader', '/field_package')).headers['etag'], first.headers['etag'])
})

t.test('nobody reads patrols without the right', async (t) => {
  for (const url of ['/patrols', `/patrols/coverage?${SPAN}`, '/patrol_plans', '/field_package']) {
    t.equal((await desk.get('nobody', url)).statusCode, 401, url)
    for (const role of ['resident', 'merchant', 'unit'])
      t.equal((await desk.get(role, url)).statusCode, 403, `${role} ${url}`)
  }
  const reply = await app.inject({ url: '/api/patrols?community=elsewhere' })
  t.equal(reply.statusCode, 404)
})
