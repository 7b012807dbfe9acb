import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type {
  Coverage,
  DutyList,
  NewPass,
  PatrolDetails,
  PatrolList,
  PatrolPlan,
} from '../../api/features/patrols/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { minutesAgo, newPass, patrolDesk, walk } from '../fixtures/patrols.ts'

const running = await testApp(t)
const { engine } = running
const desk = await patrolDesk(running)
const { own: OWN, foreign: FOREIGN, start, change, sendPasses } = desk
const accountOf = async (login: string) =>
  (
    await engine.db
      .selectFrom('account')
      .select('id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
  ).id

/** A plan from March 2019 on, a time of which the sample has nothing. */
const plan = async (more: object = {}): Promise<PatrolPlan> => {
  const said = {
    grid_id: OWN.grid_id,
    frequency: 'daily',
    first_date: '2019-03-01',
    last_date: '2019-03-31',
    ...more,
  }
  const reply = await desk.post('leader', '/patrol_plans', said)
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return reply.json()
}
const due = async (date: string): Promise<DutyList['duties']> =>
  (await desk.get('planner', `/patrols/due?date=${date}`)).json<DutyList>().duties
const on = (date: string, clock = '08:00:00') => `${date}T${clock}+08:00`

t.test('what is due and done in a day, a week and a month, worked by hand', async (t) => {
  await plan()
  await plan({ frequency: 'weekly' })
  await plan({ frequency: 'weekly', account_id: await accountOf('inspector') })
  await plan({ frequency: 'monthly' })
  await plan({ grid_id: FOREIGN.grid_id, last_date: '2019-03-05' })
  const round = async (frequency: string) => {
    const { said } = await start('leader', { frequency, started_at: on('2019-03-01') })
    return { patrol_id: said.id }
  }
  const [weekly, monthly] = [await round('weekly'), await round('monthly')]
  // 6 March 2019 is a Wednesday: its week is of the 4th to the 10th.
  const pass = (side: NewPass['side'], at: string, patrol: object = {}) =>
    newPass(OWN, { side, at, ...patrol })
  await sendPasses('leader', [
    pass('left', on('2019-03-06')),
    pass('left', on('2019-03-04', '00:00:00'), weekly),
    pass('left', on('2019-03-10', '23:59:59'), weekly),
    pass('left', on('2019-03-11', '00:00:00'), weekly),
    pass('right', on('2019-03-06'), weekly),
    pass('right', on('2019-03-31', '23:59:59'), monthly),
  ])
  const { sides } = (
    await desk.get('planner', '/patrols/coverage?from=2019-03-01T00:00:00Z&to=2019-03-02T00:00:00Z')
  ).json<Coverage>()
  const n = sides.filter((side) => side.grid_id === OWN.grid_id).length
  const own = { grid_id: OWN.grid_id, sides: n }
  t.same(await due('2019-03-06'), [
    {
      ...own,
      frequency: 'daily',
      first_date: '2019-03-06',
      last_date: '2019-03-06',
      passes: 1,
      // The left by hand, the right on the weekly round, which looks more closely.
      sides_done: 2,
      share: 2 / n,
    },
    {
      ...own,
      frequency: 'weekly',
      first_date: '2019-03-04',
      last_date: '2019-03-10',
      // Two plans of one each; the left has both, the right one.
      passes: 2,
      sides_done: 1,
      share: 3 / (2 * n),
    },
    {
      ...own,
      frequency: 'monthly',
      first_date: '2019-03-01',
      last_date: '2019-03-31',
      passes: 1,
      sides_done: 1,
      share: 1 / n,
    },
  ])
  t.equal((await due('2019-03-05')).length, 4, 'the other grid’s plan holds on its last day')
  t.same(await due('2019-02-28'), [], 'before all of them')
})

t.test('what is no date is refused, and whoever has no right is told nothing', async (t) => {
  for (const bad of ['x', '2019-02-29', '0000-01-01', '9999-01-01', '2019-3-1'])
    t.equal((await desk.get('leader', `/patrols/due?date=${bad}`)).statusCode, 400, bad)
  t.equal((await desk.get('nobody', '/patrols/due')).statusCode, 401)
  for (const role of ['resident', 'merchant', 'unit'])
    t.equal((await desk.get(role, '/patrols/due')).statusCode, 403, role)
  const { date, duties } = (await desk.get('inspector', '/patrols/due')).json<DutyList>()
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  t.ok(date >= today, 'today, on the community’s clock')
  t.equal(duties.length, 12, 'each of the sample’s six grids by day and by week')
})

t.test('a plan tells its worker by name, the audit by id', async (t) => {
  const account_id = await accountOf('inspector')
  const made = await plan({ account_id })
  t.match(made, { account_id, worker: '网格员（演示）' })
  const { patrol_plans } = (await desk.get('planner', '/patrol_plans')).json<{
    patrol_plans: PatrolPlan[]
  }>()
  t.equal(patrol_plans.find(({ id }) => id === made.id)?.worker, '网格员（演示）')
  t.ok(patrol_plans.some(({ worker }) => worker === null))
  const { after } = await engine.db
    .selectFrom('audit')
    .select('after')
    .where('record_id', '=', made.id)
    .executeTakeFirstOrThrow()
  t.notOk('worker' in (after as object))
})

t.test(
  'where a worker went is for the walker and for whoever plans, who is on record',
  async (t) => {
    const { said } = await start('inspector', { grid_id: OWN.grid_id })
    const track = walk(OWN, 0.95)
    await change('inspector', said.id, { ended_at: minutesAgo(10), track })
    const view = async (role: string): Promise<PatrolDetails> =>
      (await desk.get(role, `/patrols/${said.id}`)).json()
    const looks = async () =>
      (
        await engine.db
          .selectFrom('audit')
          .select('actor_id')
          .where('record_id', '=', said.id)
          .where('action', '=', 'read_personal')
          .execute()
      ).map(({ actor_id }) => actor_id)
    const own = await view('inspector')
    t.match(own, { id: said.id, is_mine: true, walker: '网格员（演示）', is_track_withheld: false })
    t.match(own.sides, [{ segment_id: OWN.id, side: OWN.side, result: 'clear', method: 'track' }])
    t.equal(own.sides.length, 1)
    t.equal(own.track?.length, track.length)
    t.ok(
      own.track?.every((point) => point.length === 2),
      'no times, no accuracy',
    )
    t.match(await view('planner'), { walker: null, track: null, is_track_withheld: true })
    t.same(await looks(), [], 'neither of them saw another’s way')
    t.match(await view('leader'), {
      walker: '网格员（演示）',
      is_mine: false,
      track: own.track,
      is_track_withheld: false,
    })
    t.same(await looks(), [await accountOf('leader')])
    for (const [role, status] of [
      ['nobody', 401],
      ['resident', 403],
      ['unit', 403],
    ] as const)
      t.equal((await desk.get(role, `/patrols/${said.id}`)).statusCode, status, role)
    t.equal((await desk.get('leader', `/patrols/${uuidv7()}`)).statusCode, 404)
    t.equal((await desk.get('leader', '/patrols/x')).statusCode, 400)
  },
)

t.test('a list names the walkers to whoever plans only', async (t) => {
  const walkers = async (role: string) => {
    const { patrols } = (await desk.get(role, '/patrols?limit=200')).json<PatrolList>()
    return new Set(patrols.filter(({ is_mine }) => !is_mine).map(({ walker }) => walker))
  }
  t.ok((await walkers('leader')).has('网格员（演示）'))
  t.same([...(await walkers('planner'))], [null])
  t.same([...(await walkers('inspector'))], [null])
})
