import { Agent, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { signIn, testApp } from '../fixtures/app.ts'

const { app } = await testApp(t)
await app.listen({ host: '127.0.0.1', port: 0 })
const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

/** Over the wire, where reads from memory come before the router; `fetch` asks for gzip. */
async function overWire(url: string, headers: Record<string, string> = {}) {
  // The communities are known for a second only; on a busy machine the last request may be longer ago.
  await app.communities.all()
  const before = app.quickReads.answered
  const reply = await fetch(`${base}${url}`, { headers })
  const body = Buffer.from(await reply.arrayBuffer())
  return { reply, body, isQuick: app.quickReads.answered > before }
}

const bay = JSON.parse(
  (await app.inject({ url: '/api/collections/bays/items?external_id=BAY-03' })).body,
).features[0] as { id: string; geometry: { coordinates: [number, number][][] } }
const [lon, lat] = bay.geometry.coordinates[0]![0]!
const Z = 16
const x = Math.floor((lon / 360 + 0.5) * 2 ** Z)
const sine = Math.sin((lat * Math.PI) / 180)
const y = Math.floor((0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI) * 2 ** Z)
const TILE = `/api/tiles/bays/${Z}/${x}/${y}.mvt?community=tongjian`

t.test('a tile from memory is the tile of the route, with its headers', async (t) => {
  const routed = await app.inject({ url: TILE })
  t.equal(routed.statusCode, 200)
  const { reply, body, isQuick } = await overWire(TILE)
  t.ok(isQuick)
  t.equal(reply.status, 200)
  t.ok(body.equals(routed.rawPayload), 'the same bytes')
  for (const name of ['etag', 'cache-control', 'content-type', 'x-content-type-options', 'vary'])
    t.equal(reply.headers.get(name), routed.headers[name], name)
  const known = await overWire(TILE, { 'if-none-match': reply.headers.get('etag')! })
  t.match(known, { isQuick: true, reply: { status: 304 } })
  t.equal(known.body.length, 0)
})

t.test('after a write the tile is the new one at once', async (t) => {
  const cookie = await signIn(app, 'planner', 'planner-demo')
  const before = await overWire(TILE)
  const written = await app.inject({
    method: 'PATCH',
    url: `/api/collections/bays/items/${bay.id}?community=tongjian`,
    headers: { cookie, 'if-match': '*', 'content-type': 'application/merge-patch+json' },
    payload: { properties: { name_zh: '改过名的停车区' } },
  })
  t.equal(written.statusCode, 200, written.body)
  const after = await overWire(TILE)
  t.notOk(before.body.includes('改过名的停车区'))
  t.ok(after.body.includes('改过名的停车区'))
  t.ok((await overWire(TILE)).isQuick)
})

t.test('anything but the usual address goes through the router', async (t) => {
  for (const [url, status] of [
    [`${TILE}&colour=red`, 400],
    [TILE.replace('tongjian', 'nowhere'), 404],
    ['/api/tiles/bays/3/9/0.mvt?community=tongjian', 400],
    ['/api/tiles/bays/16/65536/0.mvt?community=tongjian', 400],
    ['/api/tiles/bays/23/0/0.mvt?community=tongjian', 400],
    ['/api/tiles/secrets/16/1/1.mvt?community=tongjian', 404],
    ['/api/tiles/secrets/3/1/1.mvt?community=tongjian', 404],
  ] as const) {
    const { reply, isQuick } = await overWire(url)
    t.equal(reply.status, status, url)
    t.notOk(isQuick, url)
  }
})

t.test('whoever floods the map is stopped there too, and told when to come back', async (t) => {
  const { app } = await testApp(t, { settings: { isRateLimited: true } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  // Thousands of them: Node's own client costs less than `fetch`.
  const agent = new Agent({ keepAlive: true, maxSockets: 50 })
  t.teardown(() => agent.destroy())
  const ask = (address: string) =>
    new Promise<{ status: number; retryAfter: string | undefined }>((resolve, reject) => {
      const headers = { 'x-forwarded-for': address }
      get({ host: '127.0.0.1', port, path: TILE, headers, agent }, (reply) => {
        reply
          .resume()
          .once('end', () =>
            resolve({ status: reply.statusCode!, retryAfter: reply.headers['retry-after'] }),
          )
      }).once('error', reject)
    })
  // 3,000 from memory and 3,000 by the router, which counts for itself.
  let status = 200
  let asked = 0
  for (; asked < 6_100 && status === 200; asked += 50) {
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask('203.0.113.7')))
    status = Math.max(...replies.map((reply) => reply.status))
  }
  t.equal(status, 429)
  t.ok(asked > 3_000, `after ${asked}`)
  const refused = await ask('203.0.113.7')
  t.ok(Number(refused.retryAfter) > 0)
  t.equal((await ask('203.0.113.8')).status, 200, 'nobody else is')
})

t.test('the metrics count what is answered from memory', async (t) => {
  const count = async () =>
    Number(/^http_quick_reads_total (\d+)/m.exec((await app.inject('/metrics')).body)![1])
  const before = await count()
  t.ok((await overWire(TILE)).isQuick)
  t.equal(await count(), before + 1)
})
