import t from 'tap'
import { signIn, testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

const running = await testApp(t)
const { app, engine } = running
const desk = await caseDesk(running)

const cookies: Record<string, string> = {}
for (const login of ['leader', 'planner', 'inspector'])
  cookies[login] = await signIn(app, login, `${login}-demo`)
const put = (role: string, payload: object, version: number | null = 1) =>
  app.inject({
    method: 'PUT',
    url: '/api/working_calendar?community=tongjian',
    headers: {
      cookie: cookies[role]!,
      'sec-fetch-site': 'same-origin',
      ...(version !== null && { 'if-match': `"${version}"` }),
    },
    payload,
  })
const OFFICE = [{ days: ['mo', 'tu', 'we', 'th', 'fr'], from: '09:00', to: '17:00' }]
/** 雪顿节 of 2026 begins on 13 August (the 30th day of the sixth Tibetan month). */
const SHOTON = { date: '2026-08-13', is_working: false, name_zh: '雪顿节', name_en: 'Shoton' }

t.test('as long as nobody says otherwise: office hours of 35 hours a week', async (t) => {
  const reply = await desk.get('nobody', '/working_calendar?community=tongjian')
  t.match(reply.json(), { holidays: 'cn', days: [], weekly_minutes: 2100, version: 1 })
  t.equal(reply.headers['etag'], '"1"')
})

t.test('set by who leads, and nobody else; two at once do not overwrite each other', async (t) => {
  const said = { windows: OFFICE, holidays: 'cn', days: [SHOTON] }
  for (const role of ['planner', 'inspector']) t.equal((await put(role, said)).statusCode, 403)
  t.equal((await put('leader', said, null)).statusCode, 428)
  const reply = await put('leader', said)
  t.match(reply.json(), { days: [SHOTON], weekly_minutes: 2400, version: 2 })
  t.equal((await put('leader', said)).statusCode, 412)
  const audited = await engine.db
    .selectFrom('audit')
    .select(['before', 'after'])
    .where('collection', '=', 'working_calendar')
    .execute()
  t.match(audited, [{ before: { days: [] }, after: { days: [SHOTON] } }])
})

t.test('hours that no limit would end in are refused, and a day named twice', async (t) => {
  const base = { windows: OFFICE, holidays: 'none', days: [] }
  for (const [change, path] of [
    [{ windows: [{ days: ['mo'], from: '09:00', to: '09:10' }] }, 'windows'],
    [{ windows: [{ days: ['ph'], from: '09:00', to: '17:00' }] }, 'windows'],
    [{ windows: [] }, 'windows'],
    [{ days: [SHOTON, { ...SHOTON, is_working: true }] }, 'days/1/date'],
    [{ days: [{ date: '2026-02-30', is_working: true }] }, 'days/0/date'],
    [{ holidays: 'us' }, 'holidays'],
  ] as const) {
    const reply = await put('leader', { ...base, ...change }, 2)
    t.equal(reply.statusCode, 422, JSON.stringify(change))
    t.equal(reply.json().errors[0].path, path)
  }
})

t.test('a due time leaves out a day off of its own and counts a make-up day', async (t) => {
  // Every day of the coming month is off but one: whatever the hour is now, eight hours end on that day at five.
  const today = Date.now()
  const dateOf = (days: number) =>
    new Date(today + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
  const days = Array.from({ length: 30 }, (_, i) => ({ date: dateOf(i), is_working: i === 20 }))
  const set = await put('leader', { windows: OFFICE, holidays: 'cn', days }, 2)
  t.equal(set.statusCode, 200, set.body)
  const kind = await desk.addKind('test.tibetan', { limits: { file: 480 } })
  const id = await desk.report('inspector', kind.id)
  t.equal((await desk.view('leader', id)).due_at, `${dateOf(20)}T09:00:00.000Z`)
})

t.test(
  'hours that stand in the database all the same give no due time, and no error',
  async (t) => {
    await engine.db
      .updateTable('community')
      .set({ working_windows: JSON.stringify([{ days: ['mo'], from: '09:00', to: '09:01' }]) })
      .where('id', '=', desk.community_id)
      .execute()
    const kind = await desk.addKind('test.slow', { limits: { file: 4800, dispatch: 4800 } })
    const id = await desk.report('inspector', kind.id)
    t.match(await desk.view('leader', id), { due_at: null, due_what: 'file' })
    await desk.move('leader', id, ['hold', { reason: '等' }], ['resume'], ['file'])
  },
)
