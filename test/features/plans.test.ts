import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Comparison, PlanEdit } from '../../api/features/plans/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { planDesk } from '../fixtures/plans.ts'

/** Plans: drawn by planners at once, compared, discussed by a link, approved by the leader, published as one. */

const running = await testApp(t)
const { C, call, get, post, drawn, bay, planOf, add, read, move, publish, stored } =
  await planDesk(running)

t.test('who reads, who draws, who approves', async (t) => {
  for (const role of ['nobody', 'resident', 'merchant', 'unit', 'inspector'])
    t.match((await post(role, `/plans${C}`, { name: 'x' })).statusCode, /^40[13]$/, role)
  const plan = await planOf('藏热南路北侧')
  t.match(plan, { status: 'draft', version: 1, edits: 0, allowed: ['review', 'withdrawn'] })
  for (const role of ['nobody', 'resident', 'merchant', 'unit'])
    t.match((await get(role, `/plans/${plan.id}${C}`)).statusCode, /^40[13]$/, role)
  t.equal((await get('inspector', `/plans/${plan.id}${C}`)).statusCode, 200)
  const again = await post('planner', `/plans${C}`, { id: plan.id, name: plan.name })
  t.equal(again.json().id, plan.id, 'the same plan again is the same plan')
  const other = await post('planner', `/plans${C}`, { id: plan.id, name: 'other' })
  t.equal(other.statusCode, 409)

  t.equal((await add(plan, [drawn()])).statusCode, 201)
  t.equal((await move('planner', plan.id, 'approved')).statusCode, 403)
  t.equal((await move('leader', plan.id, 'approved')).statusCode, 409, 'not before it was reviewed')
  t.equal((await move('planner', plan.id, 'review')).statusCode, 200)
  t.equal((await publish('leader', plan.id)).statusCode, 409, 'not before it is approved')
  const approved = await move('leader', plan.id, 'approved')
  t.match(approved.json(), { status: 'approved', approved_at: String })
  t.equal((await add(plan, [drawn()])).statusCode, 409, 'what is approved takes no more edits')
  t.equal((await move('planner', plan.id, 'review')).statusCode, 403)
  t.equal((await publish('planner', plan.id)).statusCode, 403)
  t.equal((await publish('leader', plan.id)).statusCode, 200)
  t.equal((await publish('leader', plan.id)).statusCode, 409, 'once')
})

t.test('two planners on one plan: edits add up, on one feature the second is told', async (t) => {
  const plan = await planOf('两人同画')
  const first = drawn()
  t.equal((await add(plan, [first])).statusCode, 201)
  t.equal((await add(plan, [drawn({ feature: bay('别处', 2) })], 'leader')).statusCode, 201)
  const mine = drawn({
    action: 'replace',
    base_version: 1,
    feature_id: first.feature_id,
    after_id: first.id,
  })
  const theirs = { ...mine, id: uuidv7(), feature: bay('也改', 1) }
  const both = await Promise.all([add(plan, [mine]), add(plan, [theirs], 'leader')])
  t.same(both.map(({ statusCode }) => statusCode).sort(), [201, 409])
  const refused = both.find(({ statusCode }) => statusCode === 409)!
  t.match(refused.json(), {
    type: 'urn:jiexu:problem:plans/edit-conflict',
    errors: [{ path: 'edits/0/after_id' }],
  })

  const repeated = await add(plan, [first])
  t.equal(repeated.statusCode, 201, 'sent again after a lost answer')
  const changed = await add(plan, [{ ...first, feature: bay('别的内容') }])
  t.equal(changed.statusCode, 409)
  const { edits } = (await get('planner', `/plans/${plan.id}/edits${C}`)).json<{
    edits: PlanEdit[]
  }>()
  t.same(
    edits.map(({ serial }) => serial),
    [1, 2, 3],
  )
  t.equal((await read(plan.id)).edits, 2, 'features that it changes')
  const elsewhere = await add(await planOf('第三个'), [first])
  t.equal(elsewhere.statusCode, 409, 'an edit belongs to one plan')
})

t.test('undo and redo outlive the session and keep the order of what was drawn', async (t) => {
  const plan = await planOf('撤销')
  const first = drawn()
  const second = drawn({
    action: 'replace',
    base_version: 1,
    feature_id: first.feature_id,
    after_id: first.id,
  })
  await add(plan, [first, second])
  const go = (verb: string, ...ids: string[]) =>
    post('leader', `/plans/${plan.id}/edits/${verb}${C}`, { ids })
  t.equal((await go('undo', first.id)).statusCode, 409, 'something stands upon it')
  t.match((await go('undo', second.id)).json().edits, [{ id: second.id, undone_at: String }])
  t.equal((await go('undo', second.id)).statusCode, 200, 'twice is once')
  const third = { ...second, id: uuidv7(), feature: bay('另一种', 1) }
  t.equal((await add(plan, [third])).statusCode, 201)
  t.equal((await go('redo', second.id)).statusCode, 409, 'another stands in its place')
  t.equal((await go('undo', third.id)).statusCode, 200)
  t.match((await go('redo', second.id)).json().edits, [{ id: second.id, undone_at: null }])
  t.equal((await go('undo', uuidv7())).statusCode, 404)
})

t.test('before and after: places, reach, findings and cost', async (t) => {
  const plan = await planOf('比较')
  const prices = { line_m: 12, place: 5, sign: 180, removal_m: 8 }
  const priced = await call(
    'planner',
    'PATCH',
    `/plans/${plan.id}${C}`,
    { unit_prices: prices },
    { 'if-match': '"1"' },
  )
  t.match(priced.json(), { unit_prices: prices, version: 2 })
  const old = await stored('BAY-03')
  await add(plan, [
    drawn(),
    drawn({
      action: 'retire',
      base_version: old.properties.version,
      feature_id: old.id,
      feature: undefined,
    }),
  ])
  const { before, after, findings, cost } = (
    await get('planner', `/plans/${plan.id}/comparison${C}`)
  ).json<Comparison>()
  const change = (name: string) => (after.places[name] ?? 0) - (before.places[name] ?? 0)
  const gone = (name: string) =>
    old.properties.vehicle_classes.includes(name) ? old.properties.capacity : 0
  t.equal(change('bicycle'), 10 - gone('bicycle'))
  t.equal(change('e_bike'), -gone('e_bike'))
  t.equal(after.bays, before.bays)
  t.ok(before.households_in_reach['bicycle']! <= 1400)
  t.ok(
    findings.some((f) => f.change === 'gone' && f.rule_id === 'V6' && f.measured === 10.79),
    'zone VZ-4 no longer lies on BAY-03',
  )
  const item = (what: string) => cost.items.find((it) => it.what === what)
  // A frame of 6 × 2 m is 16 m of line; ten bikes need none between them.
  t.ok(Math.abs(item('line_m')!.quantity - 16) < 0.05, String(item('line_m')!.quantity))
  t.match(item('place'), { quantity: 10, amount: 50 })
  t.match(item('sign'), { quantity: 1, amount: 180 })
  t.equal(
    cost.total,
    Math.round(cost.items.reduce((sum, { amount }) => sum + amount!, 0) * 100) / 100,
  )
})

t.test('published in one transaction: all of it or nothing', async (t) => {
  const plan = await planOf('发布')
  const fresh = drawn({ feature: bay('发布的车位', 3) })
  const [moved, given] = [await stored('BAY-05'), await stored('BAY-06')]
  await add(plan, [
    fresh,
    drawn({
      action: 'replace',
      base_version: moved.properties.version,
      feature_id: moved.id,
      feature: { ...moved, properties: { ...moved.properties, name_zh: '移过的' } },
    }),
    drawn({
      action: 'retire',
      base_version: given.properties.version,
      feature_id: given.id,
      feature: undefined,
    }),
  ])
  await move('planner', plan.id, 'review')
  await move('leader', plan.id, 'approved')
  const meanwhile = await call(
    'planner',
    'PATCH',
    `/collections/bays/items/${given.id}${C}`,
    { properties: { covered: true } },
    { 'if-match': `"${given.properties.version}"` },
  )
  t.equal(meanwhile.statusCode, 200, meanwhile.body)
  const refused = await publish('leader', plan.id)
  t.match(refused.json(), { status: 409, type: 'urn:jiexu:problem:plans/base-changed' })
  t.equal((await get('planner', `/collections/bays/items/${fresh.feature_id}${C}`)).statusCode, 404)
  t.equal((await stored('BAY-05')).properties.name_zh, moved.properties.name_zh)

  await move('leader', plan.id, 'review')
  const edits = (await get('planner', `/plans/${plan.id}/edits${C}`)).json<{ edits: PlanEdit[] }>()
    .edits
  const stale = edits.find(({ feature_id }) => feature_id === given.id)!
  await post('planner', `/plans/${plan.id}/edits/undo${C}`, { ids: [stale.id] })
  const anew = await add(plan, [
    drawn({
      action: 'retire',
      base_version: meanwhile.json().properties.version,
      feature_id: given.id,
      feature: undefined,
    }),
  ])
  t.equal(anew.statusCode, 201, anew.body)
  await move('leader', plan.id, 'approved')
  const done = await publish('leader', plan.id)
  t.equal(done.statusCode, 200, done.body)
  t.match(done.json(), { plan: { status: 'published', published_at: String, allowed: [] } })
  t.match((await get('planner', `/collections/bays/items/${fresh.feature_id}${C}`)).json(), {
    properties: { status: 'approved', name_zh: '发布的车位' },
  })
  t.match((await stored('BAY-05')).properties, { status: 'painted', name_zh: '移过的' })
  t.equal((await stored('BAY-06')).properties.status, 'retired')
  const audit = (await get('leader', `/audit${C}&collection=plans&record_id=${plan.id}`)).json()
  t.ok(JSON.stringify(audit).includes('published'))
})

t.test('what cannot be drawn names the place of the fault', async (t) => {
  const plan = await planOf('错误')
  const fault = async (edit: object, path: string, status = 422) => {
    const reply = await add(plan, [edit])
    t.equal(reply.statusCode, status, reply.body)
    t.match(reply.json().errors, [{ path }], path)
  }
  await fault(drawn({ feature: undefined }), 'edits/0/feature')
  await fault(drawn({ base_version: 2 }), 'edits/0/base_version')
  await fault(drawn({ action: 'replace' }), 'edits/0/base_version')
  await fault(
    drawn({
      feature: {
        ...bay('x'),
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [91.14, 29.65],
              [91.15, 29.65],
              [91.14, 29.65],
            ],
          ],
        },
      },
    }),
    /^edits\/0\/feature\/geometry/ as never,
  )
  await fault(
    drawn({ feature: { ...bay('x'), properties: { vehicle_classes: ['plane'] } } }),
    /^edits\/0\/feature\/properties/ as never,
  )
  await fault(
    drawn({ action: 'retire', base_version: 1, feature: undefined }),
    'edits/0/feature_id',
    404,
  )
  const old = await stored('BAY-09')
  await fault(
    drawn({
      action: 'retire',
      base_version: old.properties.version + 1,
      feature_id: old.id,
      feature: undefined,
    }),
    'edits/0/base_version',
    409,
  )
  t.equal((await read(plan.id)).edits, 0, 'nothing of it was kept')
})
