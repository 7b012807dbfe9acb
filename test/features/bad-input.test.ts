import { request as dial } from 'node:http'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { signIn, startApp } from '../fixtures/app.ts'
import { bay, type Case, checkCases, polygon, RING } from '../fixtures/bad-input.ts'

const { app, url } = await startApp(t, { isPageNeeded: false })
const cookie = await signIn(app, 'leader', 'leader-demo')
const BAYS = '/api/collections/bays/items'
const { id: knownId } = (await app.inject(`${BAYS}?limit=1`)).json().features[0]
const ITEM = `${BAYS}/${knownId}`
const walk = (name: string, cases: readonly Case[]): void =>
  void t.test(name, (t) => checkCases(t, app, cookie, cases))

const QUERIES: readonly (readonly [url: string, status: number, path?: string])[] = [
  [`${BAYS}?colour=red`, 400, 'colour'],
  [`${BAYS}?limit=0`, 400, 'limit'],
  [`${BAYS}?limit=-1`, 400, 'limit'],
  [`${BAYS}?limit=abc`, 400, 'limit'],
  [`${BAYS}?limit=1.5`, 400, 'limit'],
  [`${BAYS}?limit=`, 400, 'limit'],
  [`${BAYS}?limit=NaN`, 400, 'limit'],
  [`${BAYS}?limit=Infinity`, 400, 'limit'],
  [`${BAYS}?limit=1&limit=2`, 400, 'limit'],
  [`${BAYS}?limit=1e9`, 200],
  [`${BAYS}?cursor=abc`, 400, 'cursor'],
  [`${BAYS}?cursor=`, 400, 'cursor'],
  [`${BAYS}?cursor=${Buffer.from('["x"]').toString('base64url')}`, 400, 'cursor'],
  [`${BAYS}?cursor=${Buffer.from(`["' or 1=1"]`).toString('base64url')}`, 400, 'cursor'],
  [`${BAYS}?cursor=${'a'.repeat(300)}`, 400, 'cursor'],
  [`${BAYS}?bbox=1,2,3`, 400, 'bbox'],
  [`${BAYS}?bbox=1,2,3,4,5`, 400, 'bbox'],
  [`${BAYS}?bbox=`, 400, 'bbox'],
  [`${BAYS}?bbox=,,,`, 400, 'bbox'],
  [`${BAYS}?bbox=NaN,1,2,3`, 400, 'bbox'],
  [`${BAYS}?bbox=2,1,1,3`, 400, 'bbox'],
  [`${BAYS}?bbox=1,3,2,1`, 400, 'bbox'],
  [`${BAYS}?bbox=1e400,1,2,3`, 400, 'bbox'],
  [`${BAYS}?bbox=-181,0,1,1`, 400, 'bbox'],
  [`${BAYS}?bbox=1;drop,1,2,3`, 400, 'bbox'],
  [`${BAYS}?bbox=0,0,0,1,1,1`, 200],
  [`${BAYS}?datetime=yesterday`, 400, 'datetime'],
  [`${BAYS}?datetime=2026-05-01`, 400, 'datetime'],
  [`${BAYS}?datetime=2026-05-01T00:00:00`, 400, 'datetime'],
  [`${BAYS}?q=`, 400, 'q'],
  [`${BAYS}?q=${'a'.repeat(101)}`, 400, 'q'],
  [`${BAYS}?q=%00`, 400, 'q'],
  [`${BAYS}?external_id=%00`, 400, 'external_id'],
  [`${BAYS}?segment_id=x`, 400, 'segment_id'],
  [`${BAYS}?f=xml`, 400, 'f'],
  [`${BAYS}?community=nowhere`, 404, 'community'],
  [`${BAYS}?community=A%20B`, 400, 'community'],
  [`${BAYS}?community=${'a'.repeat(65)}`, 400, 'community'],
  [`${BAYS}/x`, 400, 'id'],
  [`${BAYS}/${uuidv7()}`, 404],
  ['/api/collections/boats/items', 404],
  ['/api/collections?x=1', 400, 'x'],
  ['/api/?x=1', 400, 'x'],
  ['/api/occupancy?of=boats', 400, 'of'],
  ['/api/occupancy?at=yesterday', 400, 'at'],
  ['/api/occupancy?at=2026-05-01T00:00:00', 400, 'at'],
  ['/api/occupancy?at=0000-01-01T00:00:00Z', 400, 'at'],
  ['/api/occupancy?at=10000-01-01T00:00:00Z', 400, 'at'],
  ['/api/occupancy?at=2026-02-29T00:00:00Z', 400, 'at'],
  ['/api/occupancy?at=2026-05-01T24:01:00Z', 400, 'at'],
  ['/api/occupancy?at=2026-05-01T00:00:00%2B30:00', 400, 'at'],
  ['/api/occupancy?at=2026-05-01T00:00:00+08:00', 400, 'at'],
  ['/api/occupancy?from=2026-05-01T00:00:00Z', 400, 'to'],
  ['/api/occupancy?from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z', 400, 'to'],
  ['/api/occupancy?from=2000-05-02T00:00:00Z&to=2026-05-01T00:00:00Z', 400, 'interval'],
  [
    '/api/occupancy?from=2026-05-01T00:00:00Z&to=2026-05-02T00:00:00Z&interval=PT0H',
    400,
    'interval',
  ],
  ['/api/occupancy?from=2026-05-01T00:00:00Z&to=2026-05-02T00:00:00Z&interval=1h', 400, 'interval'],
  ['/api/occupancy?stale_after_minutes=-1', 400, 'stale_after_minutes'],
  ['/api/conflicts?of=grids', 400, 'of'],
  ['/api/conflicts?at=now', 400, 'at'],
  ['/api/conflicts?bbox=1,2,3', 400, 'bbox'],
  ['/api/search', 400, 'q'],
  ['/api/search?q=a&limit=0', 400, 'limit'],
  ['/api/search?q=%00', 400, 'q'],
  ['/api/surveys/x/metrics', 400, 'id'],
  [`/api/surveys/${uuidv7()}/metrics`, 404],
  ['/api/rule_packs/none', 404],
  [`/api/rule_packs/${'x'.repeat(65)}`, 400, 'id'],
  ['/api/tiles/bays/23/0/0.mvt', 400, 'z'],
  ['/api/tiles/bays/-1/0/0.mvt', 400, 'z'],
  ['/api/tiles/bays/2/4/0.mvt', 400, 'x'],
  ['/api/tiles/bays/2/0/4.mvt', 400, 'y'],
  ['/api/tiles/bays/2/1.5/0.mvt', 400, 'x'],
  ['/api/tiles/bays/x/0/0.mvt', 400, 'z'],
  ['/api/tiles/boats/2/0/0.mvt', 404],
  ['/api/tiles/..%2f..%2fetc/2/0/0.mvt', 404],
  ['/api/tiles/bays/2/0/0.png', 404],
  ['/api/tiles/boats.json', 404],
  ['/api/audit?limit=0', 400, 'limit'],
  ['/api/audit?limit=1001', 400, 'limit'],
  ['/api/audit?record_id=x', 400, 'record_id'],
  ['/api/audit?cursor=zzz', 400, 'cursor'],
  ['/api/audit?collection=%00', 400, 'collection'],
  ['/api/communities/nowhere/summary', 404, 'community'],
  ['/api/communities/nowhere/collections', 404, 'community'],
  ['/api/nothing', 404],
  [`/api/${'a'.repeat(5000)}`, 404],
]

walk(
  'parameters',
  QUERIES.map(([url, status, path]): Case => ({
    what: url.slice(0, 90),
    url,
    status,
    ...(path !== undefined && { path }),
  })),
)

const change = (headers: Record<string, string>, status: number): Case => ({
  what: `PATCH with ${JSON.stringify(headers)}`,
  url: ITEM,
  method: 'PATCH',
  body: { properties: { covered: true } },
  headers,
  status,
})
walk('versions, methods and forms', [
  change({}, 428),
  change({ 'if-match': '"999"' }, 412),
  change({ 'if-match': 'garbage' }, 412),
  change({ 'if-match': '*', 'change-reason': '%E4%B8%AD%' }, 200),
  { what: 'an empty change', url: ITEM, method: 'PATCH', body: {}, status: 422 },
  { what: 'DELETE without If-Match', url: ITEM, method: 'DELETE', status: 428 },
  {
    what: 'PUT of what is not there',
    url: `${BAYS}/${uuidv7()}`,
    method: 'PUT',
    body: bay(polygon([RING])),
    headers: { 'if-match': '*' },
    status: 404,
  },
  {
    what: 'PUT with another id inside',
    url: ITEM,
    method: 'PUT',
    body: bay(polygon([RING]), {}, { id: uuidv7() }),
    headers: { 'if-match': '*' },
    status: 422,
    path: 'id',
  },
  {
    what: 'an external_id that another has',
    url: BAYS,
    body: bay(polygon([RING]), { external_id: 'BAY-05' }),
    status: 409,
    path: 'properties/external_id',
  },
  { what: 'PUT on a list', url: BAYS, method: 'PUT', body: {}, status: 405 },
  { what: 'DELETE of conflicts', url: '/api/conflicts', method: 'DELETE', status: 405 },
  { what: 'POST to a tile', url: '/api/tiles/bays/2/0/0.mvt', body: {}, status: 405 },
  { what: 'Accept: text/turtle', url: BAYS, headers: { accept: 'text/turtle' }, status: 406 },
  {
    what: 'Accept: image/png for a tile',
    url: '/api/tiles/bays/2/0/0.mvt',
    headers: { accept: 'image/png' },
    status: 406,
  },
  { what: 'Accept: */*', url: BAYS, headers: { accept: 'text/html, */*;q=0.1' }, status: 200 },
])

t.test('Idempotency-Key: the first answer again, never for another request', async (t) => {
  const send = (key: string, body: object) =>
    app.inject({
      method: 'POST',
      url: BAYS,
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'idempotency-key': key },
      payload: body,
    })
  const first = await send('key-1', bay(polygon([RING])))
  t.equal(first.statusCode, 201)
  const again = await send('key-1', bay(polygon([RING])))
  t.equal(again.statusCode, 201)
  t.equal(again.json().id, first.json().id)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.equal(again.headers.location, first.headers.location)
  t.equal(again.headers.etag, first.headers.etag)
  const other = await send('key-1', bay(polygon([RING]), { capacity: 5 }))
  t.equal(other.statusCode, 422)
  t.equal(other.json().errors[0].path, 'Idempotency-Key')
  t.equal((await send('k'.repeat(201), bay(polygon([RING])))).statusCode, 400)
  t.equal((await send('k'.repeat(200), bay(polygon([RING])))).statusCode, 201)
  const faulty = await send('key-2', bay(null))
  t.equal(faulty.statusCode, 422)
  const crowd = await Promise.all(
    Array.from({ length: 6 }, () => send('key-3', bay(polygon([RING])))),
  )
  const made = crowd.filter((reply) => reply.statusCode === 201)
  t.equal(new Set(made.map((reply) => reply.json().id)).size, 1, 'made once')
  t.ok(crowd.every((reply) => [201, 409].includes(reply.statusCode)))
})

t.test('addresses as no browser writes them', async (t) => {
  const ask = (path: string, method = 'GET') =>
    new Promise<{ status: number; type: string }>((resolve, reject) =>
      dial({ host: '127.0.0.1', port: new URL(url).port, path, method }, (reply) => {
        reply.resume()
        reply.on('end', () =>
          resolve({ status: reply.statusCode!, type: String(reply.headers['content-type']) }),
        )
      })
        .on('error', reject)
        .end(),
    )
  for (const [path, status] of [
    ['/api/../../etc/passwd', 404],
    ['/api/tiles/../../../etc/passwd', 404],
    ['/..%2f..%2fetc%2fpasswd', 404],
    ['/api//collections', 404],
    ['//api/collections', 404],
    ['/api/collections/%00/items', 400],
    ['/api/tiles/%00/1/0/0.mvt', 400],
    ['/api/rule_packs/%00', 400],
    ['/api/rule_packs/%', 400],
    ['/api/rule_packs/%ff', 400],
    [`${BAYS}?q=%ff`, 200],
    [`${BAYS}?q=%`, 200],
    ['/api/communities/%2e%2e/summary', 400],
  ] as const) {
    const reply = await ask(path)
    t.equal(reply.status, status, path)
    if (status >= 400) t.match(reply.type, /^application\/problem\+json/, path)
  }
  t.equal((await ask('/api/collections', 'TRACE')).status >= 400, true)
  t.equal((await ask('/api/collections', 'PROPFIND')).status >= 400, true)
})
