import { connect as dial } from 'node:net'
import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'

const { app, url } = await startApp(t, { isPageNeeded: false })

t.test('health, readiness and metrics', async (t) => {
  t.same((await app.inject('/healthz')).json(), { status: 'ok' })
  t.match((await app.inject('/readyz')).json(), { status: 'ready' })
  t.match((await app.inject('/metrics')).body, /http_request_duration_seconds_bucket/)
})

t.test('the summary counts what the community is', async (t) => {
  const summary = (await app.inject('/api/communities/tongjian/summary')).json()
  t.match(summary, {
    grids: 6,
    buildings: 32,
    resident_vehicles: 1000,
    bike_bays: 36,
    full_time_workers: 12,
    community: { slug: 'tongjian', is_synthetic: true },
  })
  t.ok(summary.households >= 1200 && summary.residents >= 3000 && summary.merchants >= 200)
  t.ok(
    summary.shared_spaces >= 50 && summary.part_time_workers >= 50 && summary.partner_units >= 10,
  )
  t.equal((await app.inject('/api/communities/nowhere/summary')).statusCode, 404)
})

t.test('search finds streets, bays and shops by name or source id', async (t) => {
  const find = async (q: string) =>
    (await app.inject(`/api/search?q=${encodeURIComponent(q)}`)).json().results
  t.ok(
    (await find('藏热南路')).some(
      (r: { collection: string }) => r.collection === 'street_segments',
    ),
  )
  t.equal((await find('BAY-03'))[0].external_id, 'BAY-03')
  t.same(await find("' or 1=1 --"), [])
  t.same(await find('%'), [], 'a wildcard is text')
})

t.test('OpenAPI 3.1 describes every address, and the documentation page opens', async (t) => {
  const openapi = (await app.inject('/api/openapi.json')).json()
  t.match(openapi.openapi, /^3\.1/)
  for (const path of [
    '/api/collections/bays/items',
    '/api/occupancy',
    '/api/conflicts',
    '/api/checks',
    '/api/session',
  ])
    t.ok(openapi.paths[path], path)
  t.equal((await fetch(`${url}/api/docs/`)).status, 200)
})

t.test('an unknown address is 404, a wrong method 405 with what is allowed', async (t) => {
  t.equal((await app.inject('/api/nothing')).statusCode, 404)
  const wrong = await app.inject({ method: 'DELETE', url: '/api/conflicts' })
  t.equal(wrong.statusCode, 405)
  t.match(wrong.headers['allow'], /GET/)
})

t.test('open listeners hear of a change of their community', async (t) => {
  const stop = new AbortController()
  const reply = await fetch(`${url}/api/events?community=tongjian`, { signal: stop.signal })
  t.match(reply.headers.get('content-type'), /text\/event-stream/)
  const cookie = await signIn(app, 'planner', 'planner-demo')
  let heard = ''
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  const listening = (async () => {
    for (;;) {
      const { value, done } = await reader.read()
      heard += value ?? ''
      if (done || /event: change[^]*"layer":"bays"/.test(heard)) return
    }
  })()
  const bay = (await app.inject('/api/collections/bays/items?limit=1')).json().features[0]
  const started = performance.now()
  await app.inject({
    method: 'PATCH',
    url: `/api/collections/bays/items/${bay.id}`,
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'if-match': `"${bay.properties.version}"` },
    payload: { properties: { covered: true } },
  })
  await listening
  t.ok(performance.now() - started < 1000, 'within a second')
  t.match(heard, /event: hello/)
  stop.abort()
})

t.test('a half-sent request does not hold the service up', async (t) => {
  const { port } = new URL(url)
  const socket = dial(Number(port), '127.0.0.1')
  socket.write('POST /api/checks HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  socket.destroy()
})
