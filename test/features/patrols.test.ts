import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type {
  Coverage,
  FieldPackage,
  NewPass,
  PassReport,
  PatrolList,
  PatrolPlan,
  PatrolView,
} from '../../api/features/patrols/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

const running = await testApp(t)
const { app, engine } = running
const desk = await caseDesk(running)
const { community_id } = desk

interface Street {
  id: string
  grid: string
  grid_id: string
  side: 'left' | 'right'
  kerb: [number, number][]
  length_m: number
  /** Where the kerb's ends lie along the centreline, 0 to 1. */
  from: number
  to: number
}
/** The straight streets, each with one of its kerbs, as PostGIS measures them. */
const { rows: streets } = await sql<Street>`
  select s.id, g.external_id as grid, g.id as grid_id, w.side, ST_AsGeoJSON(w.kerb_line, 9)::json -> 'coordinates' as kerb,
    ST_Length(s.line::geography) as length_m,
    ST_LineLocatePoint(s.line, ST_StartPoint(w.kerb_line)) as from, ST_LineLocatePoint(s.line, ST_EndPoint(w.kerb_line)) as to
  from (select *, ST_GeometryN(ST_Multi(geom), 1) as line from street_segment where valid_to is null) as s
    join street_side as w on w.segment_id = s.id
    join grid as g on g.valid_to is null and ST_Covers(g.geom, ST_LineInterpolatePoint(s.line, 0.5))
  where s.community_id = ${community_id} and ST_NPoints(s.line) = 2
  order by s.external_id, w.side`.execute(engine.db)
const inGrid = (grid: string) => {
  const street = streets.find((one) => one.grid === grid)
  if (!street) throw new Error(`no straight street in ${grid}`)
  return street
}
/** The inspector of the sample walks G-1, G-2, G-4 and G-5. */
const OWN = inGrid('G-1')
const FOREIGN = inGrid('G-3')

const start = (role: string, more: object = {}) => {
  const said = { id: uuidv7(), started_at: minutesAgo(60), ...more }
  return desk.post(role, '/patrols', said).then((reply) => ({ reply, said }))
}
const change = (role: string, id: string, payload: object) =>
  desk.call(role, 'PATCH', `/patrols/${id}`, payload)
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

/** A fix each second at a walk along a part of a kerb, begun an hour ago. */
function walk({ kerb, length_m, from, to }: Street, part: number): number[][] {
  const [[x1, y1], [x2, y2]] = [kerb[0]!, kerb.at(-1)!]
  const seconds = Math.ceil((length_m * Math.abs(to - from) * part) / 1.25)
  return Array.from({ length: seconds + 1 }, (_, s) => {
    const at = (s / seconds) * part
    return [x1 + (x2 - x1) * at, y1 + (y2 - y1) * at, 3, Date.now() - 3_600_000 + s * 1000]
  })
}
const passesOf = async (patrol_id: string) =>
  engine.db
    .selectFrom('pass')
    .select(['id', 'segment_id', 'side', 'share', 'is_sure', 'result', 'method', 'grid_id'])
    .where('community_id', '=', community_id)
    .where('patrol_id', '=', patrol_id)
    .orderBy('segment_id')
    .execute()
const newPass = (street: Street, more: Partial<NewPass> = {}): NewPass => ({
  id: uuidv7(),
  segment_id: street.id,
  side: 'left',
  at: minutesAgo(5),
  result: 'clear',
  ...more,
})
const sendPasses = async (role: string, passes: readonly object[]): Promise<PassReport> => {
  const reply = await desk.post(role, '/passes', passes)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json()
}

t.test('the same patrol started twice is one; with other content, or another’s, 409', async (t) => {
  const { reply, said } = await start('inspector', { grid_id: OWN.grid_id })
  t.equal(reply.statusCode, 201)
  t.match(reply.json(), { id: said.id, is_mine: true, ended_at: null, passes: 0, flags: [] })
  const again = await desk.post('inspector', '/patrols', said)
  t.equal(again.statusCode, 200)
  t.equal(again.json<PatrolView>().version, reply.json<PatrolView>().version)
  const other = await desk.post('inspector', '/patrols', { ...said, frequency: 'weekly' })
  t.equal(other.statusCode, 409)
  t.match(other.json(), { type: 'urn:jiexu:problem:patrols/id-taken' })
  t.equal((await desk.post('leader', '/patrols', said)).statusCode, 409)
  t.equal((await change('leader', said.id, { ended_at: minutesAgo(1) })).statusCode, 404)
})

t.test(
  'nine tenths of a kerb walked make one pass with that share, however often the end is sent',
  async (t) => {
    const { said } = await start('inspector', { grid_id: OWN.grid_id })
    const end = { ended_at: minutesAgo(10), track: walk(OWN, 0.9) }
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => change('inspector', said.id, end)),
    )
    t.same(
      replies.map((reply) => reply.statusCode),
      [200, 200, 200, 200],
    )
    t.equal((await change('inspector', said.id, { ...end, track: [] })).statusCode, 200)
    const passes = await passesOf(said.id)
    t.match(passes, [
      { segment_id: OWN.id, side: OWN.side, is_sure: true, result: 'clear', method: 'track' },
    ])
    t.equal(passes[0]!.grid_id, OWN.grid_id)
    // In pieces of 2 m of the centreline, whose ends the kerb does not reach: those touched, and one more at each end.
    const pieces = Math.ceil(OWN.length_m / 2)
    const [first, last] = [OWN.from, OWN.from + 0.9 * (OWN.to - OWN.from)]
      .map((along) => Math.floor(along * pieces))
      .sort((a, b) => a - b)
    const byHand = (last! - first! + 1 + 2) / pieces
    const { share } = passes[0]!
    t.ok(Math.abs(share - byHand) < 1.01 / pieces, `${share}, by hand ${byHand}`)
    const views = replies.map((reply) => reply.json<PatrolView>())
    t.same(
      views.map((view) => [view.passes, view.version]),
      views.map(() => [1, 2]),
      'also to those that waited',
    )
    const view = views[0]!
    const metres = 0.9 * Math.abs(OWN.to - OWN.from) * OWN.length_m
    t.ok(Math.abs(view.distance_m! - metres) < 2, `${view.distance_m} m, by hand ${metres}`)
  },
)

t.test('half a kerb is no pass, and the track that came before its end counts', async (t) => {
  const half = await start('inspector')
  await change('inspector', half.said.id, { ended_at: minutesAgo(10), track: walk(OWN, 0.5) })
  t.same(await passesOf(half.said.id), [])
  const early = await start('inspector')
  const sent = await change('inspector', early.said.id, { track: walk(OWN, 0.95) })
  t.match(sent.json(), { ended_at: null, passes: 0 })
  await change('inspector', early.said.id, { ended_at: minutesAgo(10) })
  t.match(await passesOf(early.said.id), [{ segment_id: OWN.id, side: OWN.side }])
})

t.test('a side where a case was found on the way has an issue', async (t) => {
  const { said } = await start('inspector')
  const kind = await desk.addKind('patrol.finding')
  const [lon, lat] = OWN.kerb[0]!
  const [lon2, lat2] = OWN.kerb.at(-1)!
  const id = await desk.report('inspector', kind.id, {
    lon: (lon + lon2) / 2,
    lat: (lat + lat2) / 2,
    found_at: minutesAgo(30),
  })
  const found = await desk.view('inspector', id)
  t.match(found, { segment_id: OWN.id, side: OWN.side })
  await change('inspector', said.id, { ended_at: minutesAgo(10), track: walk(OWN, 0.95) })
  t.match(await passesOf(said.id), [{ segment_id: OWN.id, result: 'issue' }])
  const { patrols } = (await desk.get('inspector', '/patrols?mine=true&limit=1')).json<PatrolList>()
  t.equal(patrols.length, 1)
})

t.test('a side that was said by hand is not said again by the track', async (t) => {
  const { said } = await start('inspector')
  const byHand = newPass(OWN, { patrol_id: said.id, side: OWN.side, result: 'issue' })
  t.match(await sendPasses('inspector', [byHand]), { stored: 1, refused: [] })
  await change('inspector', said.id, { ended_at: minutesAgo(10), track: walk(OWN, 0.95) })
  t.match(await passesOf(said.id), [{ id: byHand.id, method: 'manual', result: 'issue' }])
})

t.test('an inspector logs only in the own grids, a leader in all', async (t) => {
  const foreign = await start('inspector', { grid_id: FOREIGN.grid_id })
  t.equal(foreign.reply.statusCode, 403)
  t.match(foreign.reply.json(), { type: 'urn:jiexu:problem:patrols/outside-grid' })
  t.equal((await start('leader', { grid_id: FOREIGN.grid_id })).reply.statusCode, 201)
  const { said } = await start('inspector')
  await change('inspector', said.id, { ended_at: minutesAgo(10), track: walk(FOREIGN, 0.95) })
  t.same(await passesOf(said.id), [], 'walked, but not theirs to log')
  for (const role of ['resident', 'merchant', 'unit', 'planner'])
    t.equal((await start(role)).reply.statusCode, 403, role)
  t.equal((await start('nobody')).reply.statusCode, 401)
})

t.test(
  'passes: sent again they are known, faulty ones are refused by index, the rest is stored',
  async (t) => {
    const { said } = await start('inspector')
    const passes = [newPass(OWN, { patrol_id: said.id }), newPass(OWN, { side: 'right' })]
    t.same(await sendPasses('inspector', passes), {
      received: 2,
      stored: 2,
      duplicates: 0,
      refused: [],
    })
    t.same(await sendPasses('inspector', [...passes, newPass(OWN)]), {
      received: 3,
      stored: 1,
      duplicates: 2,
      refused: [],
    })
    const leaders = await start('leader')
    const mixed = [
      newPass(OWN),
      { ...passes[0]!, result: 'issue' as const },
      newPass(OWN, { segment_id: uuidv7() }),
      newPass(FOREIGN),
      newPass(OWN, { patrol_id: leaders.said.id }),
      newPass(OWN),
    ]
    const report = await sendPasses('inspector', mixed)
    t.match(report, { received: 6, stored: 2, duplicates: 0 })
    t.same(
      report.refused.map(({ index, path }) => [index, path]),
      [
        [1, 'id'],
        [2, 'segment_id'],
        [3, 'segment_id'],
        [4, 'patrol_id'],
      ],
    )
    t.match(await sendPasses('leader', [passes[0]!]), { refused: [{ index: 0, path: 'id' }] })
    const twice = newPass(OWN)
    t.match(await sendPasses('inspector', [twice, twice]), { stored: 1, duplicates: 1 })
    const many = Array.from({ length: 500 }, () => newPass(OWN))
    t.match(await sendPasses('inspector', many), { stored: 500 })
    const tooMany = [...many, newPass(OWN)]
    t.equal((await desk.post('inspector', '/passes', tooMany)).statusCode, 422)
  },
)

t.test('a clock that cannot be right is kept and flagged', async (t) => {
  for (const [minutes, flags] of [
    [-11, ['clock_off']],
    [-9, []],
    [60 * 24 * 7 - 1, []],
    [60 * 24 * 7 + 1, ['clock_off']],
  ] as const) {
    const { reply } = await start('inspector', { started_at: minutesAgo(minutes) })
    t.equal(reply.statusCode, 201)
    t.same(reply.json<PatrolView>().flags, flags, `${minutes} minutes ago`)
  }
})

t.test('patrols are listed newest first, page by page, each once', async (t) => {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const url: string = `/patrols?mine=true&limit=3${cursor ? `&cursor=${cursor}` : ''}`
    const page: PatrolList = (await desk.get('inspector', url)).json()
    t.ok(page.patrols.every((patrol) => patrol.is_mine))
    seen.push(...page.patrols.map((patrol) => `${patrol.started_at} ${patrol.id}`))
    cursor = page.next_cursor
  } while (cursor)
  const { count } = await engine.db
    .selectFrom('patrol')
    .innerJoin('account', 'account.id', 'patrol.account_id')
    .where('account.login', '=', 'inspector')
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow()
  t.equal(seen.length, count)
  t.equal(new Set(seen).size, count)
  t.same(seen, [...seen].sort().reverse())
  const altered = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  for (const bad of ['x', altered(['T', 'f']), altered([uuidv7(), uuidv7()]), altered(['-', '-'])])
    t.equal((await desk.get('leader', `/patrols?cursor=${bad}`)).statusCode, 400, bad)
})

t.test('what cannot be is 4xx and names the field', async (t) => {
  const { said } = await start('inspector')
  const before = new Date(Date.parse(said.started_at) - 1000).toISOString()
  const cases: [method: 'POST' | 'PATCH', url: string, payload: object, path: string][] = [
    ['POST', '/patrols', { id: 'x', started_at: minutesAgo(1) }, 'id'],
    ['POST', '/patrols', { id: uuidv7(), started_at: 'today' }, 'started_at'],
    ['POST', '/patrols', { id: uuidv7(), started_at: minutesAgo(1), grid_id: uuidv7() }, 'grid_id'],
    ['PATCH', `/patrols/${said.id}`, { ended_at: before }, 'ended_at'],
    ['PATCH', `/patrols/${said.id}`, { track: [[200, 29, 5, 0]] }, 'track'],
    ['PATCH', `/patrols/${said.id}`, { track: [[91, 29, 5]] }, 'track'],
  ]
  for (const [method, url, payload, path] of cases) {
    const reply = await desk.call('inspector', method, url, payload)
    t.equal(reply.statusCode, 422, reply.body)
    t.match(reply.body, path)
  }
  t.equal((await change('inspector', said.id, {})).statusCode, 422)
  t.equal((await change('inspector', uuidv7(), { ended_at: minutesAgo(1) })).statusCode, 404)
  for (const span of ['from=2019-03-02T00:00:00Z&to=2019-03-01T00:00:00Z', 'from=x&to=y', ''])
    t.equal((await desk.get('leader', `/patrols/coverage?${span}`)).statusCode, 400, span)
})

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
  t.match(side, { passes: 5, last_at: '2019-03-01T04:00:00.000Z' })
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
