import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { dueAfterHold } from '../../api/features/cases/clock.ts'
import { makeCalendar } from '../../api/domain/schedule/working-calendar.ts'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

const running = await testApp(t)
const { engine, feed } = running
const desk = await caseDesk(running)
const { call, get, post, report, step, move, view, newCase, newStep, units } = desk
const [first, second] = [units[1]!, units[2]!]
await engine.db
  .updateTable('membership')
  .set({ unit_id: first.id })
  .where('role', '=', 'unit')
  .where('community_id', '=', desk.community_id)
  .execute()
const kind = await desk.addKind('test.story', {
  limits: { file: 60, dispatch: 60, arrive: 60, handle: 240, verify: 480 },
  duplicate_radius_m: 30,
})
const quiet = await desk.addKind('test.quiet', { is_public: false, duplicate_radius_m: 0 })
const both = [
  { unit_id: first.id, is_lead: true },
  { unit_id: second.id, is_lead: false },
]

t.test(
  'a case walks the seven steps with two units, and closes only when both signed off',
  async (t) => {
    const versionBefore = feed.version(desk.community_id, 'cases')
    const id = await report('inspector', kind.id, { outcome: 'needs_dispatch', severity: 'high' })
    t.equal(feed.version(desk.community_id, 'cases'), versionBefore + 1, 'open pages are told')
    let seen = await view('leader', id)
    t.match(seen, {
      step: 'collection',
      status: 'open',
      source: 'patrol',
      due_what: 'file',
      version: 1,
    })
    t.ok(seen.grid_id && seen.segment_id && seen.side, 'the map knows grid, street and side')
    t.same(seen.flags, [])

    await move('leader', id, ['file'])
    const { links, case: sent } = await move('leader', id, [
      'dispatch',
      { units: both, message: '请到场' },
    ])
    t.match(sent, { step: 'dispatch', lead_unit_id: first.id, due_what: 'arrive' })
    t.equal(links.length, 2)
    const link = (unit: { id: string }) =>
      links.find((one) => one.unit_id === unit.id)!.path.split('link=')[1]!

    // The first unit has an account, the second only its link.
    const inbox = (await get('unit', '/inbox')).json()
    const item = inbox.items.find((one: { case_id: string }) => one.case_id === id)
    t.match(item, { is_lead: true, message: '请到场', step: 'dispatch' })
    t.same(
      item.others.map((one: { name_zh: string }) => one.name_zh),
      [second.name_zh],
    )
    const answered = await post(
      'unit',
      `/inbox/orders/${item.dispatch_id}/steps`,
      newStep('arrive'),
    )
    t.match(answered.json(), {
      step: 'handling',
      allowed: ['ask_hand_over', 'report_result', 'note'],
    })
    const done = await move('unit', id, ['report_result', { result: '已劝离' }])
    t.equal(done.case.step, 'handling', 'one of two has signed off')
    t.equal((await step('leader', id, 'verify')).statusCode, 409)

    const opened = await get('nobody', `/inbox/${link(second)}?community=tongjian`)
    t.match(opened.json(), { unit: { id: second.id }, is_lead: false, case_id: id })
    const signed = await post(
      'nobody',
      `/inbox/${link(second)}/steps?community=tongjian`,
      newStep('report_result', { result: '已清理' }),
    )
    t.equal(signed.json().step, 'feedback')
    seen = await view('leader', id)
    t.match(seen, { step: 'feedback', due_what: 'verify', is_on_time: true })
    t.same(seen.allowed.includes('verify') && seen.allowed.includes('send_back'), true)

    const closed = await move('leader', id, ['verify'])
    t.match(closed.case, { step: 'verification', status: 'closed', is_on_time: true, due_at: null })
    await move('leader', id, ['revisit', { due_on: '2027-01-04' }])
    const rated = await move('leader', id, ['rate', { satisfaction: 5 }])
    t.match(rated.case, { step: 'evaluation', satisfaction: 5 })
    t.same(
      rated.case.steps.map((one) => [one.action, one.to_step, one.actor_role]),
      [
        ['report', 'collection', 'inspector'],
        ['file', 'filing', 'leader'],
        ['dispatch', 'dispatch', 'leader'],
        ['arrive', 'handling', 'unit'],
        ['report_result', 'handling', 'unit'],
        ['report_result', 'feedback', 'unit'],
        ['verify', 'verification', 'leader'],
        ['revisit', 'verification', 'leader'],
        ['rate', 'evaluation', 'leader'],
      ],
    )
    t.equal(rated.case.revisits[0]!.due_on, '2027-01-04')
  },
)

t.test('a move that is not allowed is 409 with what is, and changes nothing', async (t) => {
  const id = await report('inspector', quiet.id)
  for (const action of [
    'dispatch',
    'recall',
    'verify',
    'send_back',
    'resume',
    'revisit',
    'rate',
    'reopen',
  ] as const) {
    const reply = await step('leader', id, action, {
      reason: '试',
      units: [both[0]!],
      satisfaction: 3,
    })
    t.equal(reply.statusCode, 409, action)
    t.match(
      reply.json(),
      { type: /cases\/step-not-allowed/, errors: [{ path: 'action', message: /file, refuse/ }] },
      action,
    )
  }
  t.equal((await step('leader', id, 'persuade')).statusCode, 403, "an inspector's own move")
  t.equal((await step('leader', id, 'refuse')).statusCode, 422, 'without a reason')
  t.equal((await view('leader', id)).version, 1)
})

t.test('a step sent twice is taken once and answered alike, its links too', async (t) => {
  const id = await report('inspector', quiet.id)
  await move('leader', id, ['file'])
  const said = newStep('dispatch', { units: both })
  const once = await post('leader', `/cases/${id}/steps`, said)
  const twice = await post('leader', `/cases/${id}/steps`, said)
  t.same([once.statusCode, twice.statusCode], [200, 200])
  t.same(twice.json(), once.json())
  const other = await post('leader', `/cases/${id}/steps`, { ...said, message: '另一句' })
  t.match(other.json(), { status: 409, type: /cases\/id-taken/ })
})

t.test('of two leaders who change the same version one is told 412', async (t) => {
  const id = await report('inspector', quiet.id)
  const race = await Promise.all([
    step('leader', id, 'file', {}, { 'if-match': '"1"' }),
    step('leader', id, 'refuse', { reason: '不属实' }, { 'if-match': '"1"' }),
  ])
  t.same(race.map((reply) => reply.statusCode).sort(), [200, 412])
  const edits = await Promise.all(
    ['low', 'high'].map((severity) =>
      call('leader', 'PATCH', `/cases/${id}`, { severity }, { 'if-match': '"2"' }),
    ),
  )
  t.same(edits.map((reply) => reply.statusCode).sort(), [200, 412])
  t.equal((await call('leader', 'PATCH', `/cases/${id}`, { severity: 'low' })).statusCode, 428)
})

t.test('merging leads to the first report, never in a circle', async (t) => {
  const [a, b, c] = [
    await report('inspector', quiet.id),
    await report('inspector', quiet.id),
    await report('inspector', quiet.id),
  ]
  await move('leader', c, ['merge', { original_id: b }])
  await move('leader', b, ['merge', { original_id: a }])
  t.equal((await view('leader', c)).original_id, a, 'c follows a, not b')
  t.same(
    (await view('leader', a)).duplicates.map((one) => one.id),
    [b, c],
  )
  t.equal((await step('leader', a, 'merge', { original_id: c })).statusCode, 422, 'a circle')
  t.equal((await step('leader', a, 'merge', { original_id: a })).statusCode, 422, 'into itself')
  t.equal((await step('leader', a, 'merge', { original_id: uuidv7() })).statusCode, 422)

  const [d, e] = [await report('inspector', quiet.id), await report('inspector', quiet.id)]
  const crossed = await Promise.all([
    step('leader', d, 'merge', { original_id: e }),
    step('leader', e, 'merge', { original_id: d }),
  ])
  t.same(crossed.map((reply) => reply.statusCode).sort(), [200, 422], 'into each other at once')
})

t.test('closing tells the reporters of what was merged into it', async (t) => {
  const original = await report('inspector', quiet.id)
  const follower = await report('resident', (await desk.addKind('test.open')).id)
  await move('leader', follower, ['merge', { original_id: original }])
  await move('leader', original, ['refuse', { reason: '不属实' }])
  const told = await engine.db
    .selectFrom('notification as n')
    .innerJoin('account as a', 'a.id', 'n.account_id')
    .select('n.message_key')
    .where('a.login', '=', 'resident')
    .execute()
  t.ok(told.some(({ message_key }) => message_key === 'notice.case_refused'))
})

t.test('a hold from Friday to Monday moves the due time by what was worked between', (t) => {
  const calendar = makeCalendar({
    time_zone: 'Asia/Shanghai',
    windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr'], from: '09:00', to: '17:00' }],
    holidays: 'none',
  })
  const at = (text: string) => new Date(`${text}+08:00`)
  // Due Monday 11:00; held Friday 16:00 with 1 h of Friday and 2 h of Monday left; resumed Tuesday 10:00: due 13:00.
  const due = dueAfterHold(
    calendar,
    at('2026-11-16T11:00'),
    at('2026-11-13T16:00'),
    at('2026-11-17T10:00').getTime(),
  )
  t.equal(due.toISOString(), at('2026-11-17T13:00').toISOString())
  // Resumed on the Saturday: nothing was worked since Friday 16:00 but its last hour, due Monday 12:00.
  const weekend = dueAfterHold(
    calendar,
    at('2026-11-16T11:00'),
    at('2026-11-13T16:00'),
    at('2026-11-14T12:00').getTime(),
  )
  t.equal(weekend.toISOString(), at('2026-11-16T12:00').toISOString())
  t.end()
})

t.test(
  'on hold only resuming, refusing, merging and notes are possible; resuming starts the clock',
  async (t) => {
    const id = await report('inspector', kind.id, { lon: 91.1455 })
    await move('leader', id, ['hold', { reason: '等施工' }])
    const held = await view('leader', id)
    t.same(held.allowed, ['refuse', 'merge', 'resume', 'note'])
    t.equal((await step('leader', id, 'file')).statusCode, 409)
    const { case: resumed } = await move('leader', id, ['resume'])
    t.match(resumed, { status: 'open', hold_since: null, due_what: 'file' })
    t.ok(Date.parse(resumed.due_at!) >= Date.parse(held.due_at!))
  },
)

t.test('what is doubtful is kept with a flag; a resident outside is told', async (t) => {
  const ahead = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const doubtful = await report('leader', quiet.id, {
    lon: 91.2,
    accuracy_m: 250,
    found_at: ahead,
  })
  const seen = await view('leader', doubtful)
  t.same(seen.flags, ['clock_off', 'outside_community', 'inaccurate_position'])
  t.equal(seen.found_at, ahead, 'the claim is kept as it came')
  const outside = await post('nobody', '/cases?community=tongjian', newCase(kind.id, { lon: 91.2 }))
  t.match(outside.json(), {
    status: 422,
    type: /cases\/outside-community/,
    errors: [{ path: 'lon' }],
  })
})
