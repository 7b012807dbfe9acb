import fc from 'fast-check'
import t from 'tap'
import { signIn, testApp } from '../fixtures/app.ts'

const { app } = await testApp(t)
const cookie = await signIn(app, 'leader', 'leader-demo')
const { paths } = app.swagger() as {
  paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>
}
const OPERATIONS = Object.entries(paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      path,
      method: method.toUpperCase() as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      query: parameters.filter((p) => p.in === 'query').map((p) => p.name),
    })),
  )
  // The live feed never ends by itself.
  .filter(({ path }) => !path.endsWith('/events'))

/** Values near what is meant, where faults hide, and any text at all. */
const text = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '1e400',
    'null',
    'true',
    'now',
    '../..',
    "' or 1=1 --",
    '%',
    '\0',
    '\ud800',
    '🚲',
    '',
    ',',
    ',,,',
    '91.14,29.65,91.15,29.66',
    '2026-09-14T12:00:00+08:00',
    '9999-12-31T23:59:59.999999999Z',
    'PT15M',
    'bays',
    'all',
    '01a2127c-eb2d-77b2-a174-8a5e0cb8e5a1',
    'tongjian',
    'BAY-03',
    'painted',
    'constructor',
    '__proto__',
    '[1,2]',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 20 }),
)
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(91.1446, 29.6536, 91.1447, 29.6537, 1e308, -0, 180, 90),
)
const position = fc.oneof(
  fc.tuple(fc.double({ min: 91.144, max: 91.146 }), fc.double({ min: 29.653, max: 29.655 })),
  fc.array(number, { maxLength: 4 }),
)
const geometry = fc.oneof(
  fc.record({
    type: fc.constantFrom('Polygon', 'MultiPolygon', 'LineString', 'Point', 'MultiPoint', 'Circle'),
    coordinates: fc.oneof(
      position,
      fc.array(position, { maxLength: 6 }),
      fc.array(fc.array(position, { maxLength: 8 }), { maxLength: 3 }),
      fc.array(fc.array(fc.array(position, { maxLength: 6 }), { maxLength: 2 }), { maxLength: 2 }),
      fc.jsonValue(),
    ),
  }),
  fc.jsonValue(),
)
const properties = fc.oneof(
  fc.dictionary(
    fc.constantFrom(
      'vehicle_classes',
      'capacity',
      'windows',
      'status',
      'name_zh',
      'segment_id',
      'sides',
      'kind',
      'collection',
      'first_date',
      'last_date',
      'external_id',
      'rows',
      'version',
      'valid_to',
      'restrictions',
      'community_id',
    ),
    fc.oneof(text, number, fc.constant(['bicycle']), fc.constant('draft'), fc.jsonValue()),
  ),
  fc.jsonValue(),
)
const feature = fc.record(
  { type: fc.constant('Feature'), id: text, geometry, properties },
  { requiredKeys: ['type', 'geometry', 'properties'] },
)
const observation = fc.record(
  {
    kind: fc.constantFrom('count', 'detection', 'sensor', 'x'),
    observed_at: fc.oneof(text, fc.constant('2026-09-14T12:00:00+08:00')),
    method: fc.constantFrom('visual', 'x'),
    place: fc.oneof(fc.constant({ collection: 'bays', external_id: 'BAY-03' }), fc.jsonValue()),
    counted: fc.oneof(number, fc.constant(3)),
    lon: number,
    lat: number,
    footprint: geometry,
    occupied: fc.boolean(),
    survey_id: text,
    id: text,
  },
  { requiredKeys: ['kind'] },
)
const body = fc.oneof(
  feature,
  fc.record({
    type: fc.constant('FeatureCollection'),
    features: fc.array(feature, { maxLength: 3 }),
  }),
  fc.array(observation, { maxLength: 4 }),
  fc.record({ login: text, password: text }),
  fc.jsonValue(),
)

t.test(
  'whatever is sent, 600 answers are no fault of ours, and problems are documents',
  async (t) => {
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(OPERATIONS.length - 1),
        fc.array(text, { minLength: 4, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(9), text), { maxLength: 4 }),
        body,
        fc.constantFrom('*', '"1"', '"', '%00', 'W/"1"'),
        async (index, inPath, inQuery, payload, match) => {
          const { path, method, query } = OPERATIONS[index]!
          const encoded = (value: string) =>
            encodeURIComponent(value.toString().replace(/[\ud800-\udfff]/g, '?'))
          let next = 0
          const address = path.replace(/\{[a-z]+\}/g, () => encoded(inPath[next++ % 4]!))
          const search = inQuery
            .map(
              ([at, value]) =>
                `${encoded(query[at % (query.length || 1)] ?? 'x')}=${encoded(value)}`,
            )
            .join('&')
          const reply = await app.inject({
            method,
            url: `${address}?${search}`,
            headers: { cookie, 'sec-fetch-site': 'same-origin', 'if-match': match },
            ...(method !== 'GET' &&
              method !== 'DELETE' && {
                payload: JSON.stringify(payload),
                headers: {
                  cookie,
                  'content-type': 'application/json',
                  'sec-fetch-site': 'same-origin',
                  'if-match': match,
                },
              }),
          })
          seen.set(reply.statusCode, (seen.get(reply.statusCode) ?? 0) + 1)
          if (reply.statusCode >= 500)
            throw new Error(`${method} ${address}?${search}: ${reply.statusCode}`)
          if (
            reply.statusCode >= 400 &&
            !/problem\+json/.test(String(reply.headers['content-type']))
          )
            throw new Error(
              `${method} ${address}?${search}: ${String(reply.headers['content-type'])}`,
            )
        },
      ),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 600), interruptAfterTimeLimit: 150_000 },
    )
    t.ok((seen.get(400) ?? 0) > 0 && (seen.get(422) ?? 0) > 0, JSON.stringify([...seen]))
  },
)

t.test('afterwards the service still answers as before', async (t) => {
  const { features } = (await app.inject('/api/collections/bays/items?external_id=BAY-03')).json()
  t.equal(features.length, 1)
  t.equal((await app.inject('/api/conflicts?of=vendor_zones')).statusCode, 200)
  t.equal((await app.inject('/readyz')).statusCode, 200)
})
