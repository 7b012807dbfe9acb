import t from 'tap'
import { testApp } from '../fixtures/app.ts'
import { planDesk } from '../fixtures/plans.ts'

/** The map at an instant of the past: what stood there then, as it was then. */

const running = await testApp(t)
const { C, call, get, post, bay, stored } = await planDesk(running)

const then = async (at: Date, query = '') =>
  (
    await get(
      'nobody',
      `/collections/bays/items${C}&limit=1000&datetime=${encodeURIComponent(at.toISOString())}${query}`,
    )
  ).json<{ features: { id: string; properties: Record<string, unknown>; geometry: unknown }[] }>()
    .features
const pause = () => new Promise((done) => setTimeout(done, 20))
const change = async (id: string, body: object, version: number) => {
  const reply = await call('leader', 'PATCH', `/collections/bays/items/${id}${C}`, body, {
    'if-match': `"${version}"`,
  })
  if (reply.statusCode !== 200) throw new Error(reply.body)
}

t.test('each instant shows the names, shapes and states of that instant', async (t) => {
  const before = await stored('BAY-10')
  const t0 = new Date()
  await pause()
  const moved = bay('', 4).geometry
  await change(
    before.id,
    { geometry: moved, properties: { name_zh: '改名后' } },
    before.properties.version,
  )
  const t1 = new Date()
  await pause()
  await change(before.id, { properties: { status: 'retired' } }, before.properties.version + 1)
  const made = (await post('planner', `/collections/bays/items${C}`, bay('后来的', 5))).json()
  const t2 = new Date()

  const at = async (instant: Date, query = '') =>
    (await then(instant, query)).find(({ id }) => id === before.id)
  t.same(await at(t0), before)
  t.match(await at(t1), {
    geometry: moved,
    properties: { name_zh: '改名后', status: 'painted', version: before.properties.version + 1 },
  })
  t.match((await at(t2))?.properties, { status: 'retired' })

  t.notOk(
    (await then(t1)).some(({ id }) => id === made.id),
    'not before it was drawn',
  )
  t.ok((await then(t2)).some(({ id }) => id === made.id))
  await call('planner', 'DELETE', `/collections/bays/items/${made.id}${C}`, undefined, {
    'if-match': '"1"',
  })
  t.ok(
    (await then(t2)).some(({ id }) => id === made.id),
    'what was removed was there',
  )
  t.notOk((await then(new Date())).some(({ id }) => id === made.id))

  t.ok(await at(t1, `&q=${encodeURIComponent('改名')}`), 'a filter asks what was')
  t.notOk(await at(t0, `&q=${encodeURIComponent('改名')}`))
  t.ok(await at(t1, '&status=painted'))
  t.notOk(await at(t2, '&status=painted'))
  t.ok(await at(t1, '&vehicle_class=bicycle'))
  t.notOk(await at(t1, '&vehicle_class=car'))
  const box = '&bbox=91.144,29.6535,91.1443,29.6542'
  t.ok(await at(t1, box))
  t.notOk(await at(t0, box))
})

t.test('before the community was taken in there was nothing', async (t) => {
  t.same(await then(new Date('2020-01-01T00:00:00Z')), [])
})
