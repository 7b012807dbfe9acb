import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { signIn, testApp } from '../fixtures/app.ts'
import { bay, type Case, checkCases, polygon, RING } from '../fixtures/bad-input.ts'

const { app } = await testApp(t)
const cookie = await signIn(app, 'leader', 'leader-demo')
const BAYS = '/api/collections/bays/items'
const { id: knownId } = (await app.inject(`${BAYS}?limit=1`)).json().features[0]
const ITEM = `${BAYS}/${knownId}`
const walk = (name: string, cases: readonly Case[]): void =>
  void t.test(name, (t) => checkCases(t, app, cookie, cases))

const PROPERTIES: readonly (readonly [object, string | RegExp])[] = [
  [{ colour: 'red' }, 'properties/colour'],
  [{ capacity: '12' }, 'properties/capacity'],
  [{ capacity: -1 }, 'properties/capacity'],
  [{ capacity: 1.5 }, 'properties/capacity'],
  [{ capacity: 1e9 }, 'properties/capacity'],
  [{ rows: 0 }, 'properties/rows'],
  [{ unit_width_m: 1e6 }, 'properties/unit_width_m'],
  [{ status: 'dreamt' }, 'properties/status'],
  [{ vehicle_classes: [] }, 'properties/vehicle_classes'],
  [{ vehicle_classes: ['tank'] }, 'properties/vehicle_classes/0'],
  [{ vehicle_classes: ['car', 'car'] }, 'properties/vehicle_classes'],
  [{ segment_id: 'x' }, 'properties/segment_id'],
  [{ segment_id: uuidv7() }, 'properties/segment_id'],
  [{ windows: [] }, 'properties/windows'],
  [{ windows: [{ days: ['mo'], from: '25:00', to: '08:00' }] }, 'properties/windows/0/from'],
  [{ windows: [{ days: ['mo'], from: '8:00', to: '09:00' }] }, 'properties/windows/0/from'],
  [{ windows: [{ days: ['xx'], from: '08:00', to: '09:00' }] }, 'properties/windows/0/days/0'],
  [{ windows: [{ days: [], from: '08:00', to: '09:00' }] }, 'properties/windows/0/days'],
  [{ windows: [{ days: ['mo'], from: '08:00', to: '08:00' }] }, 'properties/windows/0/to'],
  [{ name_zh: '长'.repeat(201) }, 'properties/name_zh'],
  [{ name_zh: 'x'.repeat(100_000) }, 'properties/name_zh'],
  [{ name_zh: 'nul\0' }, 'properties/name_zh'],
  [{ external_id: 'nul\0' }, 'properties/external_id'],
  [{ restrictions: [{ text: 'nul\0' }] }, 'properties/restrictions/0/text'],
]

walk('properties of a new bay', [
  ...PROPERTIES.map(([properties, path]): Case => ({
    what: JSON.stringify(properties).slice(0, 60),
    url: BAYS,
    body: bay(polygon([RING]), properties),
    status: 422,
    path,
  })),
  ...PROPERTIES.map(([properties, path]): Case => ({
    what: `PATCH ${JSON.stringify(properties).slice(0, 60)}`,
    url: ITEM,
    method: 'PATCH',
    body: { properties },
    headers: { 'if-match': '*' },
    status: 422,
    path,
  })),
  {
    what: 'no id',
    url: BAYS,
    body: bay(polygon([RING]), {}, { id: 'x' }),
    status: 422,
    path: 'id',
  },
  {
    what: 'a zone ending before it begins',
    url: '/api/collections/vendor_zones/items',
    body: {
      type: 'Feature',
      geometry: polygon([RING]),
      properties: {
        windows: [{ days: ['mo'], from: '08:00', to: '09:00' }],
        first_date: '2026-05-02',
        last_date: '2026-05-01',
      },
    },
    status: 422,
    path: 'properties/last_date',
  },
  {
    what: 'the 30th of February',
    url: '/api/collections/vendor_zones/items',
    body: {
      type: 'Feature',
      geometry: polygon([RING]),
      properties: {
        windows: [{ days: ['mo'], from: '08:00', to: '09:00' }],
        first_date: '2026-02-30',
      },
    },
    status: 422,
    path: 'properties/first_date',
  },
  {
    what: 'two left sides',
    url: '/api/collections/street_segments/items',
    body: {
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: RING.slice(0, 2) },
      properties: { sides: [{ side: 'left' }, { side: 'left' }] },
    },
    status: 422,
    path: /^properties\/sides/,
  },
  {
    what: 'a side whose id another one has',
    url: '/api/collections/street_segments/items',
    body: {
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: RING.slice(0, 2) },
      properties: { sides: [{ side: 'left', kerb_line: polygon([RING]) }] },
    },
    status: 422,
    path: /^properties\/sides\/0\/kerb_line/,
  },
])

const ODD_TEXTS = [
  "'; drop table bay; --",
  '<script>alert(1)</script>',
  '\u0001\u0007\u001b[31m',
  '\u202eRTL\u200f',
  '🚲🚲🚲',
  '\ud800',
  '%00%',
  '{{7*7}}${7*7}',
  '\\',
]

t.test('odd texts are kept as they are, and shown as they were kept', async (t) => {
  for (const name_zh of ODD_TEXTS) {
    const reply = await app.inject({
      method: 'POST',
      url: BAYS,
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      payload: bay(polygon([RING]), { name_zh }),
    })
    t.equal(reply.statusCode, 201, reply.body)
    // A lone surrogate is no character: it cannot be stored and comes back as the sign for that.
    t.equal(reply.json().properties.name_zh, name_zh === '\ud800' ? '\ufffd' : name_zh)
    for (const address of [`${BAYS}?q=`, '/api/search?q=', `${BAYS}?external_id=`]) {
      const found = await app.inject(
        `${address}${encodeURIComponent(name_zh.replace('\ud800', '\ufffd'))}`,
      )
      t.equal(found.statusCode, 200, address)
    }
  }
})
