import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { PatrolList, PatrolView } from '../../api/features/patrols/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { minutesAgo, newPass, patrolDesk, walk } from '../fixtures/patrols.ts'

const running = await testApp(t)
const { engine } = running
const desk = await patrolDesk(running)
const { own: OWN, foreign: FOREIGN, start, change, passesOf, sendPasses } = desk

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
