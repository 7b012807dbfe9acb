import type { Polygon } from 'geojson'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Finding } from '../../api/domain/rules/finding.ts'
import type { LayoutReply } from '../../api/features/layouts/contract.ts'
import { signIn, testApp } from '../fixtures/app.ts'
import { checkCases } from '../fixtures/bad-input.ts'

const { app } = await testApp(t)

interface Street {
  id: string
  properties: { name_zh: string; sides: { side: 'left' | 'right' }[] }
}
const streets = (await app.inject('/api/collections/street_segments/items?limit=100')).json<{
  features: Street[]
}>().features
const sides = streets.flatMap(({ id, properties }) =>
  properties.sides.map(({ side }) => ({ segment_id: id, side })),
)
/** Tongjian Lane's north side, western half: the one with bays 1 to 10 on it. */
const bay1 = (await app.inject('/api/collections/bays/items?external_id=BAY-01')).json<{
  features: { properties: { segment_id: string } }[]
}>().features[0]!
const lane = { segment_id: bay1.properties.segment_id, side: 'left' as const }

const layOut = async (payload: object): Promise<LayoutReply> => {
  const reply = await app.inject({ method: 'POST', url: '/api/layouts', payload })
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json()
}

async function hardFindings(bays: LayoutReply['alternatives'][number]['bays']) {
  const features = bays.map(({ geometry, properties }) => ({
    type: 'Feature',
    geometry,
    properties: { ...properties, collection: 'bays' },
  }))
  const reply = await app.inject({
    method: 'POST',
    url: '/api/checks',
    payload: { type: 'FeatureCollection', features },
  })
  const { findings, capacity } = reply.json<{
    findings: Finding[]
    capacity: { places: number }[]
  }>()
  return { hard: findings.filter(({ severity }) => severity === 'hard'), capacity }
}

t.test('a side of Tongjian Lane: every metre told, and the bays pass the checks', async (t) => {
  const { ruler, alternatives, reasons, rule_pack } = await layOut({
    sides: [lane],
    vehicle_class: 'bicycle',
  })
  t.equal(rule_pack.id, 'cn-default')
  const [side] = ruler
  t.match(side, lane)
  let at = 0
  for (const span of side!.spans) {
    t.ok(Math.abs(span.from_m - at) < 0.02, `${span.from_m} follows ${at}`)
    at = span.to_m
  }
  t.ok(Math.abs(at - side!.length_m) < 0.02, 'up to the end')
  const hydrant = side!.spans.find(({ rule_id }) => rule_id === 'B7')!
  t.match(hydrant, { verdict: 'refused', required: 5, unit: 'm', other: { kind: 'fire_hydrant' } })
  t.ok(hydrant.source!.quoted?.includes('5 m'))
  const used = side!.spans.filter(({ verdict, rule_id }) => verdict === 'used' && rule_id === 'K2')
  t.ok(used.length >= 9, 'the bays that stand there')
  t.ok(reasons.some(({ rule_id, metres }) => rule_id === 'B8' && metres > 14))

  t.equal(alternatives[0]!.goal, 'most_places')
  for (const { bays, places, least_walking_width_m, goal } of alternatives) {
    const { hard, capacity } = await hardFindings(bays)
    t.same(hard, [], goal)
    t.same(
      capacity.map((each) => each.places),
      bays.map(({ properties }) => properties.capacity),
      'the checks count as many places in each',
    )
    t.equal(
      bays.reduce((sum, { properties }) => sum + properties.capacity, 0),
      places,
    )
    t.ok(least_walking_width_m! >= 1.5)
    t.ok(
      bays.every(({ properties }) => properties.capacity >= 10),
      'no site under ten',
    )
  }
  const widest = alternatives.find(({ goal }) => goal === 'widest_path')!
  t.ok(widest.least_walking_width_m! > alternatives[0]!.least_walking_width_m!)
})

t.test('all sides of the sample at once, bikes and cars: no hard finding', async (t) => {
  for (const vehicle_class of ['bicycle', 'e_bike', 'motorcycle', 'car']) {
    const { alternatives, ruler } = await layOut({ sides, vehicle_class })
    t.equal(ruler.length, sides.length)
    t.ok(alternatives[0]!.places > 50, `${vehicle_class}: ${alternatives[0]!.places}`)
    for (const { bays, goal } of alternatives)
      t.same((await hardFindings(bays.slice(0, 500))).hard, [], `${vehicle_class} ${goal}`)
  }
})

t.test(
  'twenty wanted are twenty, without a warning where there is room, near households',
  async (t) => {
    const { alternatives } = await layOut({ sides, vehicle_class: 'bicycle', places_wanted: 20 })
    t.same([...new Set(alternatives.map(({ places }) => places))], [20])
    t.equal(alternatives[0]!.warnings, 0)
    t.ok(alternatives.some(({ goal }) => goal === 'nearest_demand'))
  },
)

t.test('nearest to demand goes where demand is said to be', async (t) => {
  const { ruler } = await layOut({ sides: [lane], vehicle_class: 'bicycle' })
  const last = ruler[0]!.spans.at(-1)!.where.coordinates.at(-1)!
  const { alternatives } = await layOut({
    sides: [lane],
    vehicle_class: 'bicycle',
    places_wanted: 10,
    demand: [{ lon: last[0], lat: last[1], weight: 1 }],
  })
  const nearest = alternatives.find(({ goal }) => goal === 'nearest_demand')!
  const middle = (bay: { geometry: Polygon }) => bay.geometry.coordinates[0]![0]![0]!
  const others = alternatives.filter((other) => other !== nearest)
  for (const other of others)
    t.ok(
      Math.abs(middle(nearest.bays[0]!) - last[0]!) < Math.abs(middle(other.bays[0]!) - last[0]!),
    )
})

t.test('a narrow alley says why nothing fits', async (t) => {
  const alley = streets.find(({ properties }) => properties.name_zh.startsWith('1号弄'))!
  const { alternatives, reasons } = await layOut({
    sides: [{ segment_id: alley.id, side: 'left' }],
    vehicle_class: 'bicycle',
  })
  t.same(alternatives, [
    { goal: 'most_places', places: 0, least_walking_width_m: null, warnings: 0, bays: [] },
  ])
  t.equal(reasons[0]!.rule_id, 'B1')
})

t.test('a side without its kerb line or widths: told, and the rest is laid out', async (t) => {
  const cookie = await signIn(app, 'leader', 'leader-demo')
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  const create = async (given: object[]) => {
    const reply = await app.inject({
      method: 'POST',
      url: '/api/collections/street_segments/items',
      headers,
      payload: {
        type: 'Feature',
        geometry: {
          type: 'LineString',
          coordinates: [
            [91.1446, 29.6536],
            [91.145, 29.6536],
          ],
        },
        properties: { sides: given },
      },
    })
    t.equal(reply.statusCode, 201, reply.body)
    return reply.json<{ id: string }>().id
  }
  const kerb_line = {
    type: 'LineString',
    coordinates: [
      [91.1446, 29.65363],
      [91.145, 29.65363],
    ],
  }
  const segment_id = await create([{ side: 'left', kerb_line }, { side: 'right' }])
  const { missing, alternatives } = await layOut({
    sides: [{ segment_id, side: 'left' }, { segment_id, side: 'right' }, lane],
    vehicle_class: 'bicycle',
  })
  t.same(missing, [
    { segment_id, side: 'left', what: 'footway_width_m' },
    { segment_id, side: 'left', what: 'slope_percent' },
    { segment_id, side: 'right', what: 'kerb_line' },
  ])
  t.ok(alternatives[0]!.places > 0)
})

t.test('a yard is filled with rows; no bay leaves it or breaks a rule', async (t) => {
  const ring = [
    [91.1446, 29.6536],
    [91.1448, 29.6536],
    [91.1448, 29.6537],
    [91.1446, 29.6537],
    [91.1446, 29.6536],
  ]
  const { alternatives, ruler } = await layOut({
    polygon: { type: 'Polygon', coordinates: [ring] },
    vehicle_class: 'bicycle',
  })
  t.same(ruler, [])
  const [most] = alternatives
  const { hard } = await hardFindings(most!.bays)
  t.same(hard, [])
  // 19.4 × 11.1 m: a building may take some; a bike with its share of an aisle needs about 1.7 m².
  t.ok(most!.places > 0 && most!.places < (19.4 * 11.1) / 1.2, String(most!.places))
  for (const { geometry } of most!.bays)
    for (const [lon, lat] of geometry.coordinates[0]!)
      t.ok(lon! >= 91.1446 && lon! <= 91.1448 && lat! >= 29.6536 && lat! <= 29.6537)
})

t.test('whoever is not signed in may ask; a faulty question is told where', async (t) => {
  const ok = { sides: [lane], vehicle_class: 'bicycle' }
  const ring = [
    [91.1446, 29.6536],
    [91.1448, 29.6537],
    [91.1448, 29.6536],
    [91.1446, 29.6537],
    [91.1446, 29.6536],
  ]
  const far = [
    [91, 29],
    [91.1, 29],
    [91.1, 29.1],
    [91, 29],
  ]
  const url = '/api/layouts'
  const bad = (what: string, body: object, path: string | RegExp, status = 422) => ({
    what,
    url,
    body,
    status,
    path,
  })
  await checkCases(t, app, '', [
    { what: 'well asked', url, body: ok, status: 200 },
    bad('neither sides nor polygon', { vehicle_class: 'car' }, 'sides'),
    bad('both', { ...ok, polygon: { type: 'Polygon', coordinates: [far] } }, 'sides'),
    bad('no class', { sides: [lane] }, /vehicle_class/),
    bad('an unknown class', { ...ok, vehicle_class: 'boat' }, /vehicle_class/),
    bad(
      'an unknown street',
      { ...ok, sides: [{ ...lane, segment_id: uuidv7() }] },
      'sides/0/segment_id',
    ),
    bad('an unknown side', { ...ok, sides: [{ ...lane, side: 'top' }] }, /sides\/0\/side/),
    bad('no sides', { ...ok, sides: [] }, /sides/),
    bad('no places', { ...ok, places_wanted: 0 }, /places_wanted/),
    bad('half a place', { ...ok, places_wanted: 1.5 }, /places_wanted/),
    bad('a unit as long as a ship', { ...ok, unit_length_m: 300 }, /unit_length_m/),
    bad('three rows', { ...ok, rows: 3 }, /rows/),
    bad('an unknown member', { ...ok, colour: 'red' }, /colour/),
    bad(
      'a bow tie',
      { vehicle_class: 'car', polygon: { type: 'Polygon', coordinates: [ring] } },
      /^polygon/,
    ),
    bad(
      'a point',
      { vehicle_class: 'car', polygon: { type: 'Point', coordinates: [1, 2] } },
      /^polygon/,
    ),
    bad(
      'half a city',
      { vehicle_class: 'car', polygon: { type: 'Polygon', coordinates: [far] } },
      'polygon',
    ),
    {
      what: 'an unknown community',
      url: `${url}?community=nowhere`,
      body: ok,
      status: 404,
      path: 'community',
    },
  ])
})
