import t from 'tap'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type {
  AtReply,
  LayReply,
  ListsReply,
  OwnReply,
  ShopsReply,
} from '../../api/features/frontages/contract.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const ROLES = ['resident', 'merchant', 'inspector', 'planner', 'leader'] as const
const cookies: Record<string, string> = { nobody: '' }
for (const role of ROLES) cookies[role] = await signIn(app, role, `${role}-demo`)
async function ask<T = unknown>(
  role: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  payload?: object,
  match?: string,
) {
  const reply = await app.inject({
    method,
    url: `/api/${path}`,
    headers: {
      cookie: cookies[role]!,
      'sec-fetch-site': 'same-origin',
      ...(match && { 'if-match': match }),
    },
    ...(payload && { payload }),
  })
  return { status: reply.statusCode, body: reply.json<T>() }
}
const audited = async () =>
  (
    await sql<{
      n: number
    }>`select count(*)::int as n from audit where collection like 'frontage%'`.execute(engine.db)
  ).rows[0]!.n
const { rows: shops } = await sql<{ id: string; lon: number; lat: number }>`
  select id, ST_X(geom) as lon, ST_Y(geom) as lat from merchant order by external_id limit 3`.execute(
  engine.db,
)
const [first, second, third] = shops as [(typeof shops)[0], (typeof shops)[0], (typeof shops)[0]]
const lay = (path: string, body: object = {}, role = 'planner') =>
  ask<LayReply>(role, 'POST', `frontages/${path}`, body)
const standing = async () => (await ask<ShopsReply>('inspector', 'GET', 'frontages')).body
const shopOf = async (id: string) => (await standing()).shops.find((shop) => shop.id === id)!

t.test('what the sample drew stays; a preview stores nothing', async (t) => {
  const before = await audited()
  const { status, body } = await lay('preview')
  t.equal(status, 200)
  t.match(body.counts, { shops: 212, kept: 212, create: 0, replace: 0, missing: 0 })
  const all = (await lay('preview', { replace_drawn: true })).body
  t.match(all.counts, { shops: 212, kept: 0, replace: 212, missing: 0, without_kerb: 0 })
  t.equal(await audited(), before)
  t.ok((await standing()).shops.every((shop) => shop.frontages[0]!.origin === 'drawn'))
})

t.test('generate writes all, is audited, and changes nothing the second time', async (t) => {
  const before = await audited()
  const { body } = await lay('generate', { replace_drawn: true })
  t.equal(body.counts.replace, 212)
  t.equal(await audited(), before + 212)
  // The shops of the first row stand every 5 m; the wall is at v = −228, the kerb at −240 + 16 / 2: 4 m.
  const one = body.frontages.find(({ shop_id }) => shop_id === second.id)!
  t.equal(one.depth_by, 'kerb')
  t.ok(Math.abs(one.width_m - 5) < 0.02, `${one.width_m} m wide`)
  t.ok(Math.abs(one.area_m2 / one.width_m - 4) < 0.05, `${one.area_m2 / one.width_m} m deep`)
  const again = (await lay('generate')).body
  t.match(again.counts, { same: 212, replace: 0, kept: 0, create: 0 })
  t.equal(await audited(), before + 212)
  const { rows } = await sql<{ overlapping: number }>`
    select count(*)::int as overlapping from frontage as a join frontage as b on a.id < b.id and a.geom && b.geom
    where ST_Area(ST_Intersection(a.geom, b.geom)::geography) > 0.06`.execute(engine.db)
  t.equal(rows[0]!.overlapping, 0)
})

t.test('one corrected by hand stays, and its neighbours give way', async (t) => {
  const shop = await shopOf(second.id)
  const { id, version } = shop.frontages[0]!
  const geometry = {
    type: 'Polygon',
    // Two metres to both sides of the door's neighbours: over the borders.
    coordinates: [
      [
        [second.lon - 0.00004, second.lat - 0.00003],
        [second.lon + 0.00004, second.lat - 0.00003],
        [second.lon + 0.00004, second.lat],
        [second.lon - 0.00004, second.lat],
        [second.lon - 0.00004, second.lat - 0.00003],
      ],
    ],
  }
  const put = await ask(
    'planner',
    'PUT',
    `collections/frontages/items/${id}`,
    { type: 'Feature', geometry, properties: { merchant_id: second.id } },
    `"${version}"`,
  )
  t.equal(put.status, 200)
  t.equal((await shopOf(second.id)).frontages[0]!.origin, 'corrected')
  const { body } = await lay('generate', { replace_drawn: true })
  t.match(body.kept, [{ shop_id: second.id, origin: 'corrected' }])
  t.equal(body.counts.kept, 1)
  t.ok(body.frontages.find(({ shop_id }) => shop_id === first.id)!.is_cut)
  const kept = (await shopOf(second.id)).frontages[0]!
  t.equal(kept.origin, 'corrected')
  t.same(
    kept.geometry.coordinates,
    geometry.coordinates.map((ring) => ring.map((p) => p.map((n) => Number(n.toFixed(8))))),
  )
})

t.test('a shop without a place or far from any wall is listed with its reason', async (t) => {
  await sql`update merchant set geom = null where id = ${third.id}`.execute(engine.db)
  await sql`update frontage set valid_to = now() where merchant_id = ${third.id}`.execute(engine.db)
  const lost = (await lay('preview')).body
  t.match(lost.missing, [{ shop_id: third.id, reason: 'no_point' }])
  await sql`update merchant set geom = ST_SetSRID(ST_MakePoint(${third.lon}::float8, ${third.lat - 0.0001}::float8), 4326) where id = ${third.id}`.execute(
    engine.db,
  )
  t.match((await lay('preview')).body.missing, [{ shop_id: third.id, reason: 'no_wall' }])
  await sql`update merchant set geom = ST_SetSRID(ST_MakePoint(${third.lon}::float8, ${third.lat}::float8), 4326) where id = ${third.id}`.execute(
    engine.db,
  )
  const found = (await lay('generate')).body
  t.match(found.counts, { create: 1, missing: 0 })
  t.equal((await shopOf(third.id)).frontages.length, 1)
})

const letter = (changes: object = {}) => ({
  id: uuidv7(),
  merchant_id: first.id,
  signed_at: '2026-01-05',
  valid_until: '2099-12-31',
  text_version: '2026-1',
  ...changes,
})

t.test('anybody learns who keeps the ground at a point, and whether by letter', async (t) => {
  const at = ({ lon, lat }: { lon: number; lat: number }) =>
    ask<AtReply>('nobody', 'GET', `frontages/at?lon=${lon}&lat=${lat - 0.00001}`)
  t.match((await at(third)).body.responsible, [{ shop_id: third.id, letter: 'none' }])
  t.same((await at({ lon: third.lon, lat: third.lat - 0.0002 })).body, { responsible: [] })
  const sent = letter({ merchant_id: third.id })
  t.equal((await ask('inspector', 'POST', 'frontages/letters', sent)).status, 201)
  t.equal((await ask('inspector', 'POST', 'frontages/letters', sent)).status, 201, 'sent again')
  const other = { ...sent, valid_until: '2098-12-31' }
  t.equal((await ask('inspector', 'POST', 'frontages/letters', other)).status, 409)
  const { body } = await at(third)
  t.match(body.responsible, [{ shop_id: third.id, letter: 'signed' }])
  t.same(Object.keys(body.responsible[0]!).sort(), [
    'category',
    'frontage_id',
    'letter',
    'shop_id',
    'shop_name',
  ])
  const { rows } = await sql<{ letter_signed: boolean }>`
    select letter_signed from frontage where merchant_id = ${third.id} and valid_to is null`.execute(
    engine.db,
  )
  t.same(rows, [{ letter_signed: true }], 'the map knows too')
  for (const bad of ['', '?lon=91', '?lon=181&lat=0', '?lon=x&lat=1'])
    t.equal((await ask('nobody', 'GET', `frontages/at${bad}`)).status, 400, bad)
})

t.test('letters that cannot be are refused by the field', async (t) => {
  for (const [changes, path] of [
    [{ valid_until: '2025-12-31' }, 'valid_until'],
    [{ signed_at: '2098-01-01' }, 'signed_at'],
    [{ merchant_id: uuidv7() }, 'merchant_id'],
  ] as const) {
    const reply = await ask<{ errors: { path: string }[] }>(
      'leader',
      'POST',
      'frontages/letters',
      letter(changes),
    )
    t.equal(reply.status, 422)
    t.equal(reply.body.errors[0]!.path, path)
  }
})

const check = (merchant_id: string, score: number, changes: object = {}) => ({
  id: uuidv7(),
  merchant_id,
  checked_at: '2026-10-15T10:00:00+08:00',
  scores: { hygiene: score, order: score, facilities: score },
  ...changes,
})
const lists = (role: string, month = '2026-10') =>
  ask<ListsReply>(role, 'GET', `frontages/lists?month=${month}`)

t.test('checks make the lists of their local month; the black one is for staff', async (t) => {
  await sql`delete from frontage_check`.execute(engine.db)
  const sent = check(first.id, 95)
  for (const one of [
    sent,
    sent,
    check(second.id, 40),
    check(third.id, 70),
    // 00:30 in Lhasa on the first of November is October by UTC.
    check(third.id, 20, { checked_at: '2026-10-31T16:30:00Z' }),
  ])
    t.equal((await ask('inspector', 'POST', 'frontages/checks', one)).status, 201)
  const october = (await lists('leader')).body
  t.match(october.red, [{ shop_id: first.id, score: 95, checks: 1 }])
  t.equal(october.red.length, 1)
  t.match(october.black, [{ shop_id: second.id, score: 40 }])
  t.match((await lists('leader', '2026-11')).body.black, [{ shop_id: third.id, score: 20 }])
  const seen = (await lists('nobody')).body
  t.match(seen.red, [{ shop_id: first.id }])
  t.equal(seen.black, null)
  const future = check(first.id, 95, { checked_at: '2099-01-01T00:00:00Z' })
  t.equal((await ask('inspector', 'POST', 'frontages/checks', future)).status, 422)
  const tooMuch = check(first.id, 101)
  t.equal((await ask('inspector', 'POST', 'frontages/checks', tooMuch)).status, 422)
  t.equal((await lists('nobody', '2026-13')).status, 400)
})

t.test('the rule is data: other thresholds, other lists', async (t) => {
  const rule = {
    weights: { hygiene: 2, order: 1, facilities: 1 },
    red_from: 70,
    black_below: 30,
    least_checks: 1,
  }
  t.equal((await ask('planner', 'PUT', 'frontages/rule', rule)).status, 200)
  const { red, black } = (await lists('leader')).body
  t.same(
    red.map(({ shop_id }) => shop_id),
    [first.id, third.id],
  )
  t.same(black, [])
  for (const bad of [
    { ...rule, black_below: 71 },
    { ...rule, weights: { hygiene: 0, order: 0, facilities: 0 } },
  ])
    t.equal((await ask('planner', 'PUT', 'frontages/rule', bad)).status, 422)
})

t.test('a merchant sees the own letter and score; others see nothing of shops', async (t) => {
  const { body } = await ask<OwnReply>('merchant', 'GET', 'frontages/own')
  t.equal(body.shops.length, 1)
  t.notMatch(JSON.stringify(body), 'checked_by')
  for (const [role, method, path, status] of [
    ['nobody', 'GET', 'frontages', 401],
    ['resident', 'GET', 'frontages', 403],
    ['merchant', 'GET', 'frontages', 403],
    ['resident', 'GET', 'frontages/own', 403],
    ['inspector', 'POST', 'frontages/preview', 403],
    ['inspector', 'POST', 'frontages/generate', 403],
    ['planner', 'POST', 'frontages/letters', 403],
    ['merchant', 'POST', 'frontages/checks', 403],
    ['inspector', 'PUT', 'frontages/rule', 403],
  ] as const) {
    const payload =
      method === 'GET'
        ? undefined
        : path.endsWith('letters')
          ? letter()
          : path.endsWith('checks')
            ? check(first.id, 1)
            : path.endsWith('rule')
              ? (await lists('nobody')).body.rule
              : {}
    t.equal((await ask(role, method, path, payload)).status, status, `${role} ${path}`)
  }
})
