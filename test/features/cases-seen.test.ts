import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { testApp } from '../fixtures/app.ts'
import { caseDesk, HERE } from '../fixtures/cases.ts'

/** Who sees which cases: near ones, own ones, pages of them, and what is known of a vehicle. */
const running = await testApp(t)
const { engine } = running
const desk = await caseDesk(running)
const { call, get, post, report, step, newStep } = desk
const kind = await desk.addKind('test.story', { duplicate_radius_m: 30 })
const quiet = await desk.addKind('test.quiet', { is_public: false, duplicate_radius_m: 0 })

t.test('"already reported near here" names open cases of the kind, nearest first', async (t) => {
  const near = await desk.addKind('test.near', { duplicate_radius_m: 30 })
  // A thousandth of a degree of latitude is 110.9 m here: 12.2 m and 33.3 m north.
  const close = await report('inspector', near.id, { lat: HERE.lat + 0.00011 })
  await report('inspector', near.id, { lat: HERE.lat + 0.0003 })
  const reply = await get(
    'nobody',
    `/cases/near?community=tongjian&kind_id=${near.id}&lon=${HERE.lon}&lat=${HERE.lat}`,
  )
  t.same(
    reply.json().near.map((one: { id: string }) => one.id),
    [close],
  )
  t.equal(Math.round(reply.json().near[0].distance_m), 12)
  await report('inspector', quiet.id)
  await engine.db
    .updateTable('case_kind')
    .set({ duplicate_radius_m: 50 })
    .where('id', '=', quiet.id)
    .execute()
  const hidden = `/cases/near?community=tongjian&kind_id=${quiet.id}&lon=${HERE.lon}&lat=${HERE.lat}`
  t.same((await get('nobody', hidden)).json().near, [], 'nothing of a kind that is not public')
  t.not((await get('leader', hidden)).json().near.length, 0)
})

t.test('who has nothing to do with a case does not learn that it is there', async (t) => {
  const id = await report('leader', quiet.id)
  for (const role of ['resident', 'merchant', 'unit'])
    for (const [method, url, payload] of [
      ['GET', `/cases/${id}`],
      ['POST', `/cases/${id}/steps`, newStep('note', { note: '?' })],
    ] as const) {
      const there = await call(role, method, url, payload)
      const nowhere = await call(role, method, url.replace(id, uuidv7()), payload)
      t.equal(there.statusCode, 404, `${role} ${method}`)
      t.same({ ...there.json(), instance: '' }, { ...nowhere.json(), instance: '' }, 'alike')
    }
  t.equal((await get('nobody', `/cases/${id}?community=tongjian`)).statusCode, 401)
  const own = await report('resident', kind.id)
  t.same(
    (await get('resident', '/cases'))
      .json()
      .cases.map((one: { id: string }) => one.id)
      .includes(own),
    true,
  )
  t.equal((await step('planner', id, 'file')).statusCode, 403, 'a planner reads only')
})

t.test('an inspector sees the own grids and what they reported themselves', async (t) => {
  const grids = await engine.db
    .selectFrom('grid')
    .select(['id', 'external_id'])
    .where('community_id', '=', desk.community_id)
    .execute()
  const east = grids.find((grid) => grid.external_id === 'G-3')!
  const listed = (await get('inspector', `/cases?grid_id=${east.id}`)).json()
  for (const one of listed.cases) t.equal(one.grid_id, east.id)
  const id = await report('leader', quiet.id)
  await engine.db.updateTable('case_file').set({ grid_id: east.id }).where('id', '=', id).execute()
  t.equal((await get('inspector', `/cases/${id}`)).statusCode, 404)
  await engine.db
    .updateTable('case_file')
    .set({ grid_id: grids.find((g) => g.external_id === 'G-1')!.id })
    .where('id', '=', id)
    .execute()
  t.equal((await get('inspector', `/cases/${id}`)).statusCode, 200)
})

t.test(
  'pages hold every case once, newest first, and the counts agree with the list',
  async (t) => {
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page: { cases: { id: string; found_at: string }[]; next_cursor: string | null } = (
        await get('leader', `/cases?limit=7${cursor ? `&cursor=${cursor}` : ''}`)
      ).json()
      ids.push(...page.cases.map((one) => one.id))
      cursor = page.next_cursor
    } while (cursor)
    const counts = (await get('leader', '/cases/counts')).json()
    t.equal(new Set(ids).size, ids.length)
    t.equal(ids.length, counts.total)
    const byStep = counts.by_step.reduce(
      (sum: number, one: { count: number }) => sum + one.count,
      0,
    )
    t.equal(byStep, counts.total)
  },
)

t.test(
  'a plate is looked up alike whether known or not, and never stored or answered',
  async (t) => {
    const parking = await desk.addKind('test.parking', {
      subject: 'vehicle',
      duplicate_radius_m: 0,
    })
    const plate = '藏A·12345'
    await report('inspector', parking.id, { subject: { plate }, outcome: 'persuaded' })
    const known = await post('inspector', '/subjects/lookup', {
      kind_id: parking.id,
      plate: ' 藏a 12345',
    })
    t.match(known.json(), { cases: 1, persuaded: 1, mask: '藏A·***45' })
    t.equal(known.json().suggested[0], 'tip_card', 'persuaded before: the next rung')
    const unknown = await post('inspector', '/subjects/lookup', {
      kind_id: parking.id,
      plate: '藏B·99999',
    })
    t.match(unknown.json(), { cases: 0, persuaded: 0, subject_id: null })
    t.same(Object.keys(unknown.json()).sort(), Object.keys(known.json()).sort())
    t.equal(
      (await post('unit', '/subjects/lookup', { kind_id: parking.id, plate })).statusCode,
      403,
    )
    for (const table of ['subject', 'case_file', 'case_step', 'audit', 'notification'] as const) {
      const { rows } = await engine.pool.query(`select t::text as text from ${table} as t`)
      t.notOk(
        rows.some(({ text }: { text: string }) => text.includes('12345')),
        table,
      )
    }
    const read = await engine.db
      .selectFrom('audit')
      .select('action')
      .where('action', '=', 'read_personal')
      .execute()
    t.equal(read.length, 2, 'each look-up is on record')
  },
)
