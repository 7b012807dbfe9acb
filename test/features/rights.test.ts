import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { nextBayStatuses } from '../../api/domain/bay-status.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
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
const account = (payload: object, role = 'admin') =>
  send(role, 'POST', '/api/accounts', {
    password: 'a rather long password',
    display_name: '新人',
    roles: ['planner'],
    ...payload,
  })
const change = (id: string, payload: object, role = 'admin') =>
  send(role, 'PATCH', `/api/accounts/${id}`, payload)
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
  ['see the accounts', ['leader', 'admin'], (role) => send(role, 'GET', '/api/accounts')],
  [
    "create a resident's account",
    ['leader', 'admin'],
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

t.test('an inspector logs within the own grids; a leader in the whole community', async (t) => {
  // The inspector walks G-1, G-2, G-4 and G-5. BAY-20 stands in G-6, 150 m from G-5; BAY-15
  // in G-6, 3 m from G-5. SEG-C1 runs between G-2 and G-5, SEG-A2 in G-3, 35 m from G-2.
  const at = (external_id: string) => ({ ...count, place: { collection: 'bays', external_id } })
  const side = (external_id: string) => ({
    ...count,
    place: { collection: 'street_segments', external_id, side: 'left' },
  })
  const detection = { ...count, kind: 'detection', place: undefined, counted: undefined }
  const bay20 = (await send('leader', 'GET', `${BAYS}?external_id=BAY-20`)).json().features[0]
  const [lon, lat] = bay20.geometry.coordinates[0][0] as [number, number]
  const items = [
    at('BAY-01'),
    at('BAY-15'),
    at('BAY-20'),
    side('SEG-C1'),
    side('SEG-A2'),
    { ...detection, lon, lat },
  ]
  const report = (await send('inspector', 'POST', '/api/observations', items)).json()
  t.equal(report.stored, 3)
  t.same(
    report.refused.map((r: { index: number; path: string }) => [r.index, r.path]),
    [
      [2, 'place'],
      [4, 'place'],
      [5, 'lon'],
    ],
  )
  t.match(
    report.refused[0].message,
    'lies outside your grids (TJ-G1, TJ-G2, TJ-G4, TJ-G5): whoever walks there may log it, or the leader gives you its grid',
  )
  t.equal((await send('leader', 'POST', '/api/observations', items)).json().refused.length, 0)
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

t.test(
  'a leader makes and changes accounts of those who work and live here, no others',
  async (t) => {
    const idOf = async (table: 'grid' | 'partner_unit' | 'merchant') =>
      (
        await engine.db
          .selectFrom(table)
          .select('id')
          .orderBy('external_id')
          .executeTakeFirstOrThrow()
      ).id
    const [grid, unit, merchant] = [
      await idOf('grid'),
      await idOf('partner_unit'),
      await idOf('merchant'),
    ]
    for (const roles of [['planner'], ['leader'], ['admin'], ['inspector', 'leader']]) {
      const reply = await account({ login: 'too-much', roles }, 'leader')
      t.equal(reply.statusCode, 403, roles.join())
      t.equal(reply.json().errors[0].path, 'roles')
    }
    const made = await account(
      { login: 'walker', roles: ['inspector'], grid_ids: [grid] },
      'leader',
    )
    t.match(made.json(), {
      roles: ['inspector'],
      grid_ids: [grid],
      unit_id: null,
      merchant_id: null,
    })
    const { id } = made.json()
    t.match((await change(id, { grid_ids: [] }, 'leader')).json(), { grid_ids: [] })
    t.match((await change(id, { roles: ['unit', 'merchant'] }, 'leader')).json(), {
      unit_id: null,
    })
    t.match((await change(id, { unit_id: unit, merchant_id: merchant }, 'leader')).json(), {
      roles: ['merchant', 'unit'],
      grid_ids: [],
      unit_id: unit,
      merchant_id: merchant,
    })
    t.match((await change(id, { unit_id: null }, 'leader')).json(), {
      unit_id: null,
      merchant_id: merchant,
    })
    const session = await app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'sec-fetch-site': 'same-origin' },
      payload: { login: 'walker', password: 'a rather long password' },
    })
    t.match(session.json().account.memberships[0], { role: 'merchant', merchant_id: merchant })

    for (const [path, payload] of [
      ['grid_ids', { grid_ids: [grid] }],
      ['unit_id', { unit_id: uuidv7() }],
      ['merchant_id', { merchant_id: unit }],
      ['grid_ids/1', { roles: ['inspector'], grid_ids: [grid, uuidv7()] }],
    ] as const) {
      const reply = await change(id, payload, 'leader')
      t.equal(reply.statusCode, 422, reply.body)
      t.equal(reply.json().errors[0].path, path)
    }

    const { id: admin_id } = (await account({ login: 'boss', roles: ['admin'] })).json()
    for (const payload of [{ password: 'taken over, says one' }, { roles: ['resident'] }])
      t.equal((await change(admin_id, payload, 'leader')).statusCode, 403)
    t.equal((await change(id, { roles: ['leader'] }, 'leader')).statusCode, 403)
  },
)

t.test('whoever has a role in the whole city is nobody’s to take over', async (t) => {
  const { id } = (await account({ login: 'of-the-city', roles: ['resident'] })).json()
  await sql`update account set city_role = 'admin' where id = ${id}`.execute(engine.db)
  const taken = await change(id, { password: 'taken over, says one' })
  t.equal(taken.statusCode, 403)
  t.equal((await change(id, { roles: ['merchant'] })).statusCode, 200)
})
