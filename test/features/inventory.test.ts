import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const planner = await signIn(app, 'planner', 'planner-demo')
const BAYS = '/api/collections/bays/items'

/** A rectangle of about 12 × 1.9 m in the middle of the community. */
const rectangle = (lon = 91.1446, lat = 29.6536) => ({
  type: 'Polygon',
  coordinates: [
    [
      [lon, lat],
      [lon + 0.000124, lat],
      [lon + 0.000124, lat + 0.000017],
      [lon, lat + 0.000017],
      [lon, lat],
    ],
  ],
})
const bay = (properties: object = {}, more: object = {}) => ({
  type: 'Feature',
  geometry: rectangle(),
  properties: { vehicle_classes: ['bicycle'], capacity: 20, name_zh: '测试停放区', ...properties },
  ...more,
})
interface ItemsPage {
  numberReturned: number
  features: { id: string }[]
  links: { rel: string; href: string }[]
}

const post = (payload: object, cookie = planner) =>
  app.inject({ method: 'POST', url: BAYS, headers: headers(cookie), payload })
const headers = (cookie: string, more: Record<string, string> = {}) => ({
  cookie,
  'sec-fetch-site': 'same-origin',
  ...more,
})

t.test('the landing page, conformance and ten collections follow OGC API Features', async (t) => {
  const landing = await app.inject('/api/')
  t.same(
    landing
      .json()
      .links.map((link: { rel: string }) => link.rel)
      .sort(),
    ['conformance', 'data', 'self', 'service-desc', 'service-doc'],
  )
  const { conformsTo } = (await app.inject('/api/conformance')).json()
  t.ok(conformsTo.includes('http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core'))
  t.ok(conformsTo.includes('http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson'))
  const { collections } = (await app.inject('/api/collections')).json()
  t.same(collections.map((c: { id: string }) => c.id).sort(), [
    'bays',
    'buildings',
    'cases',
    'closures',
    'curb_objects',
    'frontages',
    'grids',
    'lots',
    'street_segments',
    'vendor_zones',
  ])
  const [west, south, east, north] = collections[0].extent.spatial.bbox[0]
  t.ok(west > 91 && east < 92 && south > 29 && north < 30)
})

t.test('a GIS can be given one landing page for one community', async (t) => {
  const { links } = (await app.inject('/api/communities/tongjian/collections/bays')).json()
  const items = links.find((link: { rel: string }) => link.rel === 'items').href
  t.match(items, /\/api\/communities\/tongjian\/collections\/bays\/items$/)
  const reply = await app.inject(new URL(items).pathname)
  t.match(reply.headers['content-type'], /^application\/geo\+json/)
  t.equal(reply.json().type, 'FeatureCollection')
})

t.test('pages of 7 walk all 40 bays once, in one order', async (t) => {
  const seen: string[] = []
  let url: string | undefined = `${BAYS}?limit=7`
  while (url) {
    const page: ItemsPage = (await app.inject(url)).json()
    t.ok(page.numberReturned <= 7)
    seen.push(...page.features.map((f) => f.id))
    const next = page.links.find((link) => link.rel === 'next')?.href
    url = next && next.slice(new URL(next).origin.length)
  }
  t.equal(seen.length, 40)
  t.equal(new Set(seen).size, 40)
})

t.test('items are filtered by box, property, name and source id', async (t) => {
  const count = async (query: string) =>
    (await app.inject(`${BAYS}?${query}`)).json().numberReturned
  t.equal(await count('vehicle_class=car'), 4)
  t.equal(await count('vehicle_class=bicycle'), 36)
  t.equal(await count('external_id=BAY-03'), 1)
  t.equal(await count('external_id=%27%20or%201=1--'), 0, 'SQL is text')
  t.equal(await count('bbox=0,0,1,1'), 0)
  const box = (await app.inject(`${BAYS}?external_id=BAY-03`)).json().features[0].geometry
    .coordinates[0][0]
  t.ok(
    (await count(`bbox=${box[0] - 1e-6},${box[1] - 1e-6},${box[0] + 1e-6},${box[1] + 1e-6}`)) >= 1,
  )
})

t.test('a limit above the most is clipped, a wrong one is refused', async (t) => {
  t.equal((await app.inject(`${BAYS}?limit=1000000000`)).statusCode, 200)
  for (const limit of ['0', '-1', 'abc', '1.5'])
    t.equal((await app.inject(`${BAYS}?limit=${limit}`)).statusCode, 400, limit)
})

t.test('create, read, change, remove: versions guard every step', async (t) => {
  const created = await post(bay())
  t.equal(created.statusCode, 201, created.body)
  t.equal(created.headers.etag, '"1"')
  const { id } = created.json()
  t.match(created.headers.location, new RegExp(`/api/collections/bays/items/${id}`))
  t.match(created.json().properties, { status: 'draft', version: 1, capacity: 20 })

  const url = `${BAYS}/${id}`
  const change = (match: string | undefined, payload: object) =>
    app.inject({
      method: 'PATCH',
      url,
      payload,
      headers: headers(planner, match === undefined ? {} : { 'if-match': match }),
    })
  t.equal((await change(undefined, { properties: { capacity: 18 } })).statusCode, 428)
  t.equal((await change('"7"', { properties: { capacity: 18 } })).statusCode, 412)
  const changed = await change('"1"', { properties: { capacity: 18 } })
  t.match(changed.json().properties, { capacity: 18, version: 2, name_zh: '测试停放区' })

  const replaced = await app.inject({
    method: 'PUT',
    url,
    headers: headers(planner, { 'if-match': '"2"' }),
    payload: {
      type: 'Feature',
      geometry: rectangle(),
      properties: { vehicle_classes: ['e_bike'] },
    },
  })
  t.match(replaced.json().properties, {
    capacity: null,
    name_zh: null,
    vehicle_classes: ['e_bike'],
  })

  t.equal((await app.inject({ url, headers: { 'if-none-match': '"3"' } })).statusCode, 304)
  const removed = await app.inject({
    method: 'DELETE',
    url,
    headers: headers(planner, { 'if-match': '"3"' }),
  })
  t.equal(removed.statusCode, 204)
  t.equal((await app.inject(url)).statusCode, 410, 'history is public: it was here and is gone')
})

t.test('the same id again: same content is a no-op, other content is 409', async (t) => {
  const id = uuidv7()
  t.equal((await post(bay({}, { id }))).statusCode, 201)
  t.equal((await post(bay({}, { id }))).statusCode, 200)
  t.equal((await post(bay({ capacity: 1 }, { id }))).statusCode, 409)
})

t.test('what was read can be sent back unchanged', async (t) => {
  const feature = (await app.inject(`${BAYS}?external_id=BAY-05`)).json().features[0]
  const reply = await app.inject({
    method: 'PUT',
    url: `${BAYS}/${feature.id}`,
    payload: feature,
    headers: headers(planner, { 'if-match': `"${feature.properties.version}"` }),
  })
  t.equal(reply.statusCode, 200, reply.body)
  t.same(reply.json().geometry, feature.geometry)
})

t.test('a street keeps its sides, each with its own kerb line and widths', async (t) => {
  const { features } = (
    await app.inject('/api/collections/street_segments/items?external_id=SEG-S1')
  ).json()
  const { sides } = features[0].properties
  t.same(sides.map((s: { side: string }) => s.side).sort(), ['left', 'right'])
  for (const side of sides) {
    t.equal(side.kerb_line.type, 'LineString')
    t.type(side.footway_width_m, 'number')
  }
})

t.test('faults are named by their path and place', async (t) => {
  const broken = await post(
    bay(
      {},
      {
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [91.14, 29.65],
              [91.15, 29.66],
              [91.15, 29.65],
              [91.14, 29.66],
              [91.14, 29.65],
            ],
          ],
        },
      },
    ),
  )
  t.equal(broken.statusCode, 422)
  t.match(broken.headers['content-type'], /application\/problem\+json/)
  t.match(broken.json().errors[0], { path: 'geometry/coordinates/0', lon: 91.145 })
  t.match((await post(bay({ capacity: '12' }))).json().errors[0], { path: 'properties/capacity' })
  t.match((await post(bay({ colour: 'red' }))).json().errors[0], { path: 'properties/colour' })
  t.match((await post(bay({ segment_id: uuidv7() }))).json(), { status: 422 })
  t.match((await post(bay({}, { geometry: rectangle(13.4, 52.5) }))).json(), {
    type: 'urn:jiexu:problem:geometry/outside-community',
  })
})

t.test('only planners and leaders edit; residents and strangers are told why not', async (t) => {
  t.equal((await app.inject({ method: 'POST', url: BAYS, payload: bay() })).statusCode, 401)
  const resident = await signIn(app, 'resident', 'resident-demo')
  t.equal((await post(bay(), resident)).statusCode, 403)
  const inspector = await signIn(app, 'inspector', 'inspector-demo')
  t.equal((await post(bay(), inspector)).statusCode, 403)
  const leader = await signIn(app, 'leader', 'leader-demo')
  t.equal((await post(bay(), leader)).statusCode, 201)
})

t.test('each change stands in the audit with who, before, after and why', async (t) => {
  const id = uuidv7()
  await post(bay({}, { id }))
  await app.inject({
    method: 'PATCH',
    url: `${BAYS}/${id}`,
    payload: { properties: { status: 'approved' } },
    headers: headers(planner, {
      'if-match': '"1"',
      'change-reason': encodeURIComponent('居民议事会同意'),
    }),
  })
  const rows = await engine.db
    .selectFrom('audit')
    .selectAll()
    .where('record_id', '=', id)
    .orderBy('at')
    .execute()
  t.same(
    rows.map((row) => row.action),
    ['create', 'update'],
  )
  t.equal(rows[1]!.reason, '居民议事会同意')
  t.match(rows[1]!.before, { properties: { status: 'draft' } })
  t.match(rows[1]!.after, { properties: { status: 'approved' } })
})

t.test('two people who change the same version: one wins, the other is told', async (t) => {
  const id = uuidv7()
  await post(bay({}, { id }))
  const race = await Promise.all(
    [1, 2, 3, 4].map((capacity) =>
      app.inject({
        method: 'PATCH',
        url: `${BAYS}/${id}`,
        payload: { properties: { capacity } },
        headers: headers(planner, { 'if-match': '"1"' }),
      }),
    ),
  )
  t.same(race.map((reply) => reply.statusCode).sort(), [200, 412, 412, 412])
})
