import t from 'tap'
import type { Finding } from '../../api/domain/rules/finding.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app } = await testApp(t)

interface Conflicts {
  findings: Finding[]
  checked: number
}
const conflicts = async (query = ''): Promise<Conflicts> =>
  (await app.inject(`/api/conflicts${query}`)).json()
const item = async (collection: string, externalId: string) =>
  (await app.inject(`/api/collections/${collection}/items?external_id=${externalId}`)).json()
    .features[0]

t.test(
  'the planted conflicts: VZ-4 takes 10.8 m² of BAY-03, VZ-5 takes 16.0 m² of FIRE-1',
  async (t) => {
    const { findings, checked } = await conflicts()
    t.equal(checked, 5)
    const of = async (zone: string) => {
      const { id } = await item('vendor_zones', zone)
      return findings.filter((f) => f.subject.id === id && f.severity === 'hard')
    }
    const bay = await item('bays', 'BAY-03')
    const lane = await item('curb_objects', 'FIRE-1')
    const four = (await of('VZ-4')).find((f) => f.other?.id === bay.id)!
    t.ok(Math.abs(four.measured! - 10.8) <= 10.8 * 0.005, String(four.measured))
    t.match(four, { rule_id: 'V6', unit: 'm2', required: 0 })
    t.ok(four.when.hours_per_week > 0)
    const five = (await of('VZ-5')).find((f) => f.other?.id === lane.id)!
    t.ok(Math.abs(five.measured! - 16) <= 16 * 0.005, String(five.measured))
    t.match(five, { rule_id: 'V3b', other: { kind: 'fire_lane' } })
    t.ok((await of('VZ-3')).some((f) => f.message_key === 'finding.outside_community'))
  },
)

t.test('VZ-1 and VZ-2 are clean under every rule', async (t) => {
  const { findings } = await conflicts()
  for (const zone of ['VZ-1', 'VZ-2']) {
    const { id } = await item('vendor_zones', zone)
    t.same(
      findings.filter((f) => f.subject.id === id || f.other?.id === id).map((f) => f.rule_id),
      [],
      zone,
    )
  }
})

t.test('a box and a day narrow what is judged', async (t) => {
  t.equal((await conflicts('?bbox=0,0,1,1')).checked, 0)
  t.equal((await conflicts('?at=1990-01-01T00:00:00%2B08:00')).checked <= 5, true)
  for (const bad of ['bbox=1,2,3', 'at=yesterday', 'at=2026-09-14T12:00:00', 'of=grids', 'x=1'])
    t.equal((await app.inject(`/api/conflicts?${bad}`)).statusCode, 400, bad)
})

t.test(
  'a closure, a lot and a frontage are judged as well, and all at once, each pair said once',
  async (t) => {
    const kerb = await item('bays', 'KERB-4')
    const works = await conflicts('?of=closures')
    t.equal(works.checked, 2)
    t.match(works.findings, [{ rule_id: 'X6', other: { id: kerb.id } }])
    t.ok(Math.abs(works.findings[0]!.measured! - 132) <= 132 * 0.005)
    t.same(works.findings[0]!.when, {
      hours_per_week: 4,
      windows: [{ days: ['sa'], from: '14:00', to: '18:00' }],
    })
    t.equal((await conflicts('?of=lots')).checked, 9)
    t.equal((await conflicts('?of=frontages')).checked, 212)
    const { findings, checked } = await conflicts('?of=all')
    t.equal(checked, 40 + 5 + 2 + 9 + 212)
    const between = (rule: string) => findings.filter((f) => f.rule_id === rule).length
    t.equal(between('K5') + between('X6'), 1, 'the bay under the closure')
    t.equal(between('K3') + between('V6'), 1, 'the zone on the bay')
  },
)

t.test(
  'time narrows: by day and hours of the week, and by dates with a closure of one Saturday',
  async (t) => {
    const count = async (query: string) => (await conflicts(query)).findings.length
    t.equal(await count('?day=mo&hours=18:00-19:00'), 2, 'VZ-4 and VZ-5 in the evening')
    t.equal(await count('?day=mo&hours=12:00-13:00'), 0)
    t.equal(await count('?day=sa&hours=12:00-13:00'), 1, 'VZ-3 at the weekend')
    t.equal(await count('?hours=22:00-23:00'), 1, 'VZ-4: VZ-5 closes at ten')
    const range = (from: string, to: string) =>
      count(`?of=closures&from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`)
    t.equal(await range('2026-10-17T17:59:00+08:00', '2026-10-17T23:00:00+08:00'), 1)
    t.equal(await range('2026-10-17T18:00:00+08:00', '2026-10-17T23:00:00+08:00'), 0)
    t.equal(
      await range('2026-10-24T00:00:00+08:00', '2026-10-25T00:00:00+08:00'),
      0,
      'a week later',
    )
    for (const bad of [
      'day=noday',
      'hours=18',
      'hours=18:00-18:00',
      'from=2026-10-17T18:00:00Z',
      'from=2026-10-17T18:00:00Z&to=2026-10-17T18:00:00Z',
      'from=2020-10-17T18:00:00Z&to=2026-10-17T18:00:00Z',
      'fixes=yes',
      'subject=VZ-4',
    ])
      t.equal((await app.inject(`/api/conflicts?${bad}`)).statusCode, 400, bad)
  },
)

t.test(
  'fixes on request: BAY-01 goes 2 m along the kerb, and none where none is asked for',
  async (t) => {
    const bay = await item('bays', 'BAY-01')
    const of = async (query: string) =>
      (await conflicts(`?of=bays&subject=${bay.id}${query}`)).findings.find(
        (f) => f.rule_id === 'B8',
      )!
    t.equal((await of('')).fix, null)
    const { fix, other_fixes } = await of('&fixes=true')
    t.match(fix, { kind: 'move', distance_m: 2, direction: 'e', is_along_kerb: true })
    t.match(other_fixes, [{ kind: 'shrink', from_m: 6, to_m: 4, places: 5 }])
    const moved = draft((fix as { geometry: object }).geometry)
    Object.assign(moved.features[0]!, { id: bay.id })
    const reply = await app.inject({
      method: 'POST',
      url: '/api/checks?fixes=true',
      payload: moved,
    })
    t.notOk(
      reply.json().findings.some((f: Finding) => f.rule_id === 'B8'),
      'where it went it is well',
    )
  },
)

const draft = (geometry: object, properties: object = {}) => ({
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      geometry,
      properties: { collection: 'bays', vehicle_classes: ['bicycle'], ...properties },
    },
  ],
})
const check = (payload: object) => app.inject({ method: 'POST', url: '/api/checks', payload })

t.test(
  'a draft over a fire lane is told so at once, signed in or not, and nothing is stored',
  async (t) => {
    const lane = await item('curb_objects', 'FIRE-1')
    const reply = await check(draft(lane.geometry))
    t.equal(reply.statusCode, 200, reply.body)
    const found = reply.json().findings.find((f: Finding) => f.rule_id === 'B11a')
    t.match(found, { severity: 'hard', unit: 'm2', other: { id: lane.id } })
    const [capacity] = reply.json().capacity
    t.ok(Math.abs(found.measured - capacity.area_m2) < 0.05, 'all of it lies on the lane')
    t.equal((await app.inject('/api/collections/bays/items?status=draft')).json().numberReturned, 0)
  },
)

t.test(
  'a bay for one car across the kerb, 2.5 m along it and 6 m deep, holds that one',
  async (t) => {
    // At the west end of Tongjian Lane's north kerb, which runs at 6.1° to the parallel of latitude.
    const [lon, lat, turn] = [
      91.14205,
      29.65472,
      Math.atan2(0.00032928 * 110_871, 0.00307037 * 96_765),
    ]
    const corner = (along: number, away: number) => [
      lon + (along * Math.cos(turn) - away * Math.sin(turn)) / 96_765,
      lat + (along * Math.sin(turn) + away * Math.cos(turn)) / 110_871,
    ]
    const ring = [corner(0, 0), corner(2.5, 0), corner(2.5, 6), corner(0, 6), corner(0, 0)]
    const properties = { vehicle_classes: ['car'], layout: 'perpendicular' }
    const [capacity] = (
      await check(draft({ type: 'Polygon', coordinates: [ring] }, properties))
    ).json().capacity
    t.ok(Math.abs(capacity.length_m - 2.5) < 0.02, `${capacity.length_m} m along the kerb`)
    t.ok(Math.abs(capacity.depth_m - 6) < 0.03, `${capacity.depth_m} m away from it`)
    t.equal(capacity.places, 1)
  },
)

t.test('the capacity of a draft: BAY-01 as drawn holds what the sample says', async (t) => {
  const bay = await item('bays', 'BAY-01')
  const { capacity } = (
    await check(draft(bay.geometry, { unit_width_m: 0.6, unit_length_m: 1.8 }))
  ).json()
  t.ok(capacity[0].places >= bay.properties.capacity)
})

t.test('a stored bay that is moved a little does not collide with itself', async (t) => {
  const bay = await item('bays', 'BAY-01')
  const payload = draft(bay.geometry)
  Object.assign(payload.features[0]!, { id: bay.id })
  const { findings } = (await check(payload)).json()
  t.equal(
    findings.some((f: Finding) => f.rule_id === 'K2'),
    false,
  )
})

t.test('faulty drafts are named by index', async (t) => {
  const bad = draft({
    type: 'Polygon',
    coordinates: [
      [
        [91, 29],
        [91, 30],
      ],
    ],
  })
  t.match((await check(bad)).json(), {
    status: 422,
    errors: [{ path: 'features/0/geometry/coordinates/0' }],
  })
  const lane = await item('curb_objects', 'FIRE-1')
  t.match((await check(draft(lane.geometry, { capacity: 'many' }))).json().errors[0], {
    path: 'features/0/properties/capacity',
  })
  t.equal((await check({ type: 'FeatureCollection', features: [] })).statusCode, 422)
})

t.test('an approved bay changes the answer within a second', async (t) => {
  const cookie = await signIn(app, 'planner', 'planner-demo')
  const clean = await item('vendor_zones', 'VZ-1')
  const before = (await conflicts()).findings.length
  const created = await app.inject({
    method: 'POST',
    url: '/api/collections/bays/items',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    payload: {
      type: 'Feature',
      geometry: clean.geometry,
      properties: { vehicle_classes: ['bicycle'], status: 'approved' },
    },
  })
  t.equal(created.statusCode, 201, created.body)
  t.equal((await conflicts()).findings.length, before + 1)
})

t.test('the rules can be read with their sources', async (t) => {
  const { rule_packs } = (await app.inject('/api/rule_packs')).json()
  t.ok(rule_packs.some((pack: { id: string }) => pack.id === 'cn-default'))
  const { rules } = (await app.inject('/api/rule_packs/cn-default')).json()
  t.match(
    rules.find((rule: { id: string }) => rule.id === 'B7'),
    { levels: [{ required: 5 }], unit: 'm' },
  )
  t.equal((await app.inject('/api/rule_packs/nowhere')).statusCode, 404)
})
