import t from 'tap'
import { buildApp } from '../../api/app.ts'
import { ChangeFeed } from '../../api/db/change-feed.ts'
import { connect } from '../../api/db/connect.ts'
import { StreetModels } from '../../api/model/street-models.ts'
import { signIn, startApp, TEST_SETTINGS } from '../fixtures/app.ts'
import { addElsewhere } from '../fixtures/elsewhere.ts'

const here = await startApp(t, { isPageNeeded: false })
const elsewhere = await addElsewhere(here.engine)
const cookie = await signIn(here.app, 'planner', 'planner-demo')

/** A second instance on the same database: its own connections on a server, the one engine there is otherwise. */
const { options } = here.engine.pool
const engine =
  here.engine.kind === 'server'
    ? await connect({ databaseUrl: options.connectionString!, dataDir: '' })
    : here.engine
const feed = new ChangeFeed(engine.db)
await feed.start()
const models = new StreetModels(engine, feed)
const other = await buildApp({
  engine,
  feed,
  models,
  settings: TEST_SETTINGS,
  isReady: () => true,
})
const otherUrl = await other.listen({ host: '127.0.0.1', port: 0 })
t.teardown(async () => {
  await other.close()
  await feed.stop()
  if (engine !== here.engine) await engine.close()
})

const BAYS = '/api/collections/bays/items?community=tongjian'
const TILE = '/api/tiles/bays/17/98720/54222.mvt?community=tongjian'
const write = async (name_zh: string) =>
  here.app.inject({
    method: 'POST',
    url: BAYS,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    payload: {
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [91.1446, 29.6536],
            [91.1447, 29.6536],
            [91.1447, 29.65365],
            [91.1446, 29.6536],
          ],
        ],
      },
      properties: { vehicle_classes: ['bicycle'], name_zh },
    },
  })

/** Reads events of a community until `isEnough`; fails with the test's own timeout otherwise. */
async function listen(url: string, community: string) {
  const stop = new AbortController()
  const reply = await fetch(`${url}/api/events?community=${community}`, { signal: stop.signal })
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  let heard = ''
  const until = async (pattern: RegExp) => {
    while (!pattern.test(heard)) {
      const { value, done } = await reader.read()
      if (done) break
      heard += value
    }
  }
  await until(/event: hello/)
  return { until, heard: () => heard, stop: () => stop.abort() }
}

t.test("a write is on another instance's live feed and tiles within a second", async (t) => {
  const { port } = new URL(otherUrl)
  const url = `http://127.0.0.1:${port}`
  const stranger = await listen(url, 'elsewhere')
  for (let round = 0; round < 5; round++) {
    const listener = await listen(url, 'tongjian')
    const before = (await other.inject(TILE)).headers['etag']
    const name = `活-${round}`
    const started = performance.now()
    t.equal((await write(name)).statusCode, 201)
    await listener.until(/"layer":"bays"/)
    const heardAfter = performance.now() - started
    t.ok(heardAfter < 1000, `heard after ${heardAfter.toFixed(0)} ms`)
    const tile = await other.inject(TILE)
    t.ok(tile.rawPayload.includes(Buffer.from(name)), 'the tile after the event holds it')
    t.not(tile.headers['etag'], before)
    listener.stop()
  }
  t.notMatch(stranger.heard(), /event: change/, 'nobody elsewhere hears of it')
  t.notMatch(stranger.heard(), new RegExp(elsewhere.community_id + '.*bays'))
  stranger.stop()
})

t.test('after a write no tile of the writing instance is older: 30 rounds, 0 stale', async (t) => {
  let stale = 0
  let known = (await here.app.inject(TILE)).headers['etag'] as string
  for (let round = 0; round < 30; round++) {
    const same = await here.app.inject({ url: TILE, headers: { 'if-none-match': known } })
    t.equal(same.statusCode, 304)
    t.equal(same.body, '')
    const name = `新-${round}-`
    await write(name)
    const fresh = await here.app.inject({ url: TILE, headers: { 'if-none-match': known } })
    if (fresh.statusCode !== 200 || !fresh.rawPayload.includes(Buffer.from(name))) stale++
    known = fresh.headers['etag'] as string
  }
  t.equal(stale, 0)
})

t.test('the same over the socket, where tiles are answered from memory', async (t) => {
  const get = (headers: Record<string, string> = {}) => fetch(here.url + TILE, { headers })
  let stale = 0
  for (let round = 0; round < 10; round++) {
    const before = await get()
    const etag = before.headers.get('etag')!
    await before.arrayBuffer()
    t.equal((await get({ 'if-none-match': etag })).status, 304)
    const name = `快-${round}-`
    await write(name)
    const fresh = await get({ 'if-none-match': etag })
    const bytes = Buffer.from(await fresh.arrayBuffer())
    if (fresh.status !== 200 || !bytes.includes(Buffer.from(name))) stale++
  }
  t.equal(stale, 0)
})

t.test(
  'an address that names a newer version than the other instance knows: it looks first, 20 rounds, 0 stale',
  async (t) => {
    const addressNow = async () =>
      ((await here.app.inject('/api/tiles/bays.json?community=tongjian')).json().tiles[0] as string)
        .replace(/^https?:\/\/[^/]+/, '')
        .replace('{z}/{x}/{y}', '17/98720/54222')
    let stale = 0
    for (let round = 0; round < 20; round++) {
      const name = `早-${round}-`
      await write(name)
      const reply = await fetch(otherUrl + (await addressNow()))
      const bytes = Buffer.from(await reply.arrayBuffer())
      if (!bytes.includes(Buffer.from(name))) stale++
    }
    t.equal(stale, 0)
  },
)

t.test("TileJSON names the version, and that version's tile may be kept for ever", async (t) => {
  const { tiles } = (await here.app.inject('/api/tiles/bays.json?community=tongjian')).json()
  const address = (tiles[0] as string)
    .replace(/^https?:\/\/[^/]+/, '')
    .replace('{z}', '17')
    .replace('{x}', '98720')
    .replace('{y}', '54222')
  const tile = await here.app.inject(address)
  t.equal(tile.statusCode, 200)
  t.match(tile.headers['cache-control'], /immutable/)
  await write('后来')
  t.match((await here.app.inject(address)).headers['cache-control'], /no-cache/)
})
