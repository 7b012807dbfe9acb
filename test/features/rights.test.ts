import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { nextBayStatuses } from '../../api/domain/bay-status.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app } = await testApp(t)
const ROLES = ['resident', 'merchant', 'inspector', 'unit', 'planner', 'leader', 'admin'] as const
const cookies: Record<string, string> = { nobody: '' }
for (const role of ROLES) cookies[role] = await signIn(app, role, `${role}-demo`)

const send = (
  role: string,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  match = '*',
) =>
  app.inject({
    method,
    url,
    headers: { cookie: cookies[role]!, 'sec-fetch-site': 'same-origin', 'if-match': match },
    ...(payload && { payload }),
  })
const polygon = {
  type: 'Polygon',
  coordinates: [
    [
      [91.1446, 29.6536],
      [91.14472, 29.6536],
      [91.14472, 29.65362],
      [91.1446, 29.65362],
      [91.1446, 29.6536],
    ],
  ],
}
const BAYS = '/api/collections/bays/items'
const bay = (properties: object = {}, id = uuidv7()) => ({
  type: 'Feature',
  id,
  geometry: polygon,
  properties: { vehicle_classes: ['bicycle'], ...properties },
})
const grid = { type: 'Feature', geometry: polygon, properties: { name_zh: '试' } }
const count = {
  kind: 'count',
  observed_at: '2026-09-14T12:00:00+08:00',
  method: 'visual',
  place: { collection: 'bays', external_id: 'BAY-01' },
  counted: 3,
}

/** Who may do what, as docs/decisions/accounts.md says it; everybody else is refused. */
const MATRIX: readonly (readonly [
  action: string,
  roles: readonly string[],
  attempt: (role: string) => Promise<{ statusCode: number }>,
])[] = [
  ['draw a bay', ['planner', 'leader'], (role) => send(role, 'POST', BAYS, bay())],
  [
    'approve a bay',
    ['planner', 'leader'],
    (role) => send(role, 'POST', BAYS, bay({ status: 'approved' })),
  ],
  [
    'edit the inventory',
    ['planner', 'leader'],
    (role) => send(role, 'POST', '/api/collections/grids/items', grid),
  ],
  [
    'log what was seen',
    ['inspector', 'leader'],
    (role) => send(role, 'POST', '/api/observations', [count]),
  ],
  [
    'read the audit',
    ['planner', 'leader', 'admin'],
    (role) => send(role, 'GET', '/api/audit?limit=1'),
  ],
  ['see the accounts', ['admin'], (role) => send(role, 'GET', '/api/accounts')],
  [
    'create an account',
    ['admin'],
    (role) =>
      send(role, 'POST', '/api/accounts', {
        login: `made-by-${role}`,
        password: 'a rather long password',
        display_name: 'x',
        roles: ['resident'],
      }),
  ],
  ['read the map', [...ROLES, 'nobody'], (role) => send(role, 'GET', `${BAYS}?limit=1`)],
  ['read occupancy', [...ROLES, 'nobody'], (role) => send(role, 'GET', '/api/occupancy')],
  [
    'have a draft judged',
    [...ROLES, 'nobody'],
    (role) =>
      send(role, 'POST', '/api/checks', {
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            geometry: polygon,
            properties: { collection: 'bays', vehicle_classes: ['bicycle'] },
          },
        ],
      }),
  ],
]

for (const [action, roles, attempt] of MATRIX)
  t.test(`to ${action} is for ${roles.join(', ')}`, async (t) => {
    for (const role of [...ROLES, 'nobody']) {
      const { statusCode } = await attempt(role)
      if (roles.includes(role)) t.ok(statusCode < 300, `${role}: ${statusCode}`)
      else t.equal(statusCode, role === 'nobody' ? 401 : 403, role)
    }
  })

t.test(
  'a bay goes draft → approved → painted → retired; back to draft while approved',
  async (t) => {
    t.same(nextBayStatuses('draft'), ['draft', 'approved'])
    t.same(nextBayStatuses('approved'), ['approved', 'painted', 'draft'])
    t.same(nextBayStatuses('painted'), ['painted', 'retired'])
    t.same(nextBayStatuses('retired'), ['retired'])

    const id = uuidv7()
    t.equal((await send('planner', 'POST', BAYS, bay({}, id))).json().properties.status, 'draft')
    const move = (status: string) =>
      send('planner', 'PATCH', `${BAYS}/${id}`, { properties: { status } })
    for (const status of ['painted', 'retired']) {
      const refused = await move(status)
      t.equal(refused.statusCode, 409, status)
      t.match(refused.json(), {
        type: 'urn:jiexu:problem:inventory/step-not-allowed',
        errors: [{ path: 'properties/status', message: 'allowed from draft: draft, approved' }],
      })
    }
    for (const status of ['approved', 'draft', 'approved', 'painted', 'painted']) {
      const reply = await move(status)
      t.equal(reply.json().properties?.status, status, reply.body)
    }
    for (const status of ['draft', 'approved'])
      t.equal((await move(status)).statusCode, 409, status)
    const replaced = await send('planner', 'PUT', `${BAYS}/${id}`, bay({}, id))
    t.equal(replaced.statusCode, 409, 'a replacement without status would make it a draft')
    t.equal((await move('retired')).statusCode, 200)
    t.equal((await move('painted')).statusCode, 409)
    t.equal((await send('planner', 'DELETE', `${BAYS}/${id}`)).statusCode, 204)
  },
)

t.test('a bay that exists already may be entered as it is', async (t) => {
  const reply = await send('planner', 'POST', BAYS, bay({ status: 'painted' }))
  t.equal(reply.statusCode, 201)
  t.equal(reply.json().properties.status, 'painted')
})
