import ICAL from 'ical.js'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Allocation, Stall, TradingZone } from '../../api/features/stalls/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

/** Trading zones that are run: stalls, bookings, suspensions, permits and calendars. */

const running = await testApp(t)
const { app, engine } = running
const { call, get, post } = await caseDesk(running)
const C = '?community=tongjian'
const shops = (await get('leader', `/stall_merchants${C}`)).json<{
  merchants: { id: string; name_zh: string }[]
}>().merchants
const RING = [
  [91.1436, 29.6538],
  [91.14381, 29.6538],
  [91.14381, 29.65382],
  [91.1436, 29.65382],
  [91.1436, 29.6538],
]

/** An approved zone of about 20 × 2 m, open every evening, with eight stalls. */
async function openZone(name_zh = '新疏导点', more: object = {}) {
  const id = uuidv7()
  const zone = {
    type: 'Feature',
    id,
    geometry: { type: 'Polygon', coordinates: [RING] },
    properties: {
      name_zh,
      status: 'approved',
      category: '小吃, 果蔬; 其他',
      duties: '收摊清扫',
      windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'], from: '18:00', to: '02:00' }],
      first_date: '2026-01-01',
      ...more,
    },
  }
  const made = await post('planner', `/collections/vendor_zones/items${C}`, zone)
  if (made.statusCode !== 201) throw new Error(made.body)
  const laid = await lay(id, {})
  return { id, stalls: laid.json<{ stalls: Stall[] }>().stalls }
}
const lay = (id: string, wish: object, role = 'planner') =>
  app.inject({
    method: 'PUT',
    url: `/api/vendor_zones/${id}/stalls${C}`,
    headers: { cookie: cookieOf[role]!, 'sec-fetch-site': 'same-origin' },
    payload: wish,
  })
const cookieOf: Record<string, string> = {}
for (const role of ['planner', 'merchant'])
  cookieOf[role] = (
    await app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'sec-fetch-site': 'same-origin' },
      payload: { login: role, password: `${role}-demo` },
    })
  ).cookies
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

const wish = (stall: Stall, more: object = {}) => ({
  id: uuidv7(),
  stall_id: stall.id,
  merchant_id: shops[0]!.id,
  windows: [{ days: ['fr', 'sa'], from: '18:00', to: '23:00' }],
  first_date: '2026-12-01',
  last_date: '2027-02-28',
  ...more,
})
const book = (said: object, role = 'planner') => post(role, `/stall_allocations${C}`, said)
const change = (role: string, one: Allocation, said: object) =>
  call(role, 'PATCH', `/stall_allocations/${one.id}${C}`, said, {
    'if-match': `"${one.version}"`,
  })
const zoneNow = async (id: string) =>
  (await get('nobody', `/vendor_zones${C}`))
    .json<{ zones: TradingZone[] }>()
    .zones.find((zone) => zone.id === id)!

t.test('stalls are laid out by a planner, and anew only while nobody has one', async (t) => {
  const { id, stalls } = await openZone()
  t.equal(stalls.length, 8)
  t.equal((await lay(id, { length_m: 3 }, 'merchant')).statusCode, 403)
  t.equal((await lay(id, { length_m: 4.5 })).json().stalls.length, 4, '4 × 4.5 + 3 × 0.5 = 19.5 m')
  t.equal((await lay(id, { depth_m: 5 })).statusCode, 422)
  const again = (await lay(id, {})).json<{ stalls: Stall[] }>().stalls
  const given = await book(wish(again[0]!))
  t.equal(given.statusCode, 201, given.body)
  t.match((await lay(id, {})).json(), { type: 'urn:jiexu:problem:stalls/booked' })
  t.match((await book(wish(stalls[0]!))).json(), { errors: [{ path: 'stall_id' }] })
})

t.test(
  'a stall is given once: who asks for taken hours is told which permit has them',
  async (t) => {
    const { stalls } = await openZone()
    const said = wish(stalls[2]!)
    const given = await book(said)
    t.match(given.json(), { status: 'active', permit: /^\d{4}-\d{6}$/, stall_number: 3 })
    t.equal((await book(said)).statusCode, 200, 'sent twice it stands once')
    t.equal((await book({ ...said, last_date: '2027-03-01' })).statusCode, 409)
    const other = { merchant_id: shops[1]!.id }
    const refused = await book(wish(stalls[2]!, other))
    t.equal(refused.statusCode, 409)
    t.match(refused.json(), { type: 'urn:jiexu:problem:stalls/taken', detail: given.json().permit })
    t.notMatch(refused.body, shops[0]!.name_zh, 'no name of whoever has it')
    const thursday = [{ days: ['th'], from: '23:00', to: '01:00' }]
    const early = [{ days: ['sa'], from: '23:00', to: '00:30' }]
    t.equal((await book(wish(stalls[2]!, { ...other, windows: thursday }))).statusCode, 201)
    t.equal((await book(wish(stalls[2]!, { ...other, windows: early }))).statusCode, 201)
    const over = [{ days: ['sa'], from: '00:00', to: '00:30' }]
    t.equal(
      (await book(wish(stalls[2]!, { windows: over }))).statusCode,
      201,
      'Saturday’s first hour',
    )
    t.equal(
      (await book(wish(stalls[2]!, { windows: [{ days: ['fr'], from: '00:30', to: '01:30' }] })))
        .statusCode,
      409,
      'Thursday’s night',
    )
  },
)

t.test('fifty at once for one stall: one has it, and numbers have no gaps', async (t) => {
  const { stalls } = await openZone()
  const before = Number((await book(wish(stalls[0]!))).json().permit.slice(5))
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      book(wish(stalls[1]!, { merchant_id: shops[i % shops.length]!.id })),
    ),
  )
  const codes = replies.map(({ statusCode }) => statusCode).sort()
  t.same(codes, [201, ...Array.from({ length: 49 }, () => 409)])
  const after = Number((await book(wish(stalls[3]!))).json().permit.slice(5))
  t.equal(after, before + 2)
})

t.test(
  'a merchant asks for the own shop, sees the own only, and is told what becomes of it',
  async (t) => {
    const { id, stalls } = await openZone()
    const { merchant_id } = await engine.db
      .selectFrom('membership')
      .select('merchant_id')
      .where('role', '=', 'merchant')
      .where('merchant_id', 'is not', null)
      .executeTakeFirstOrThrow()
    t.equal((await book(wish(stalls[0]!), 'nobody')).statusCode, 401)
    t.equal(
      (
        await book(
          wish(stalls[0]!, { merchant_id: shops.find((s) => s.id !== merchant_id)!.id }),
          'merchant',
        )
      ).statusCode,
      403,
    )
    const asked = (await book(wish(stalls[0]!, { merchant_id }), 'merchant')).json<Allocation>()
    t.match(asked, { status: 'requested', permit: null })
    t.equal((await change('merchant', asked, { status: 'active' })).statusCode, 403)
    const accepted = (
      await change('merchant', asked, { are_duties_accepted: true })
    ).json<Allocation>()
    t.ok(accepted.duties_at)
    t.equal((await change('planner', asked, { status: 'active' })).statusCode, 412)
    const given = (await change('planner', accepted, { status: 'active' })).json<Allocation>()
    t.match(given, { status: 'active', permit: String })
    t.equal(
      (await change('planner', given, { status: 'suspended' })).statusCode,
      422,
      'without a reason',
    )
    const reason = '消防检查未通过'
    const held = (await change('leader', given, { status: 'suspended', reason })).json<Allocation>()
    const checked = async () => (await get('nobody', `/stall_permits/${given.id}${C}`)).json()
    t.match(await checked(), { state: 'suspended', number: given.permit, stall_number: 1 })
    t.equal((await book(wish(stalls[0]!))).statusCode, 409, 'a suspended stall is still held')
    const back = (await change('leader', held, { status: 'active' })).json<Allocation>()
    const ended = (await change('merchant', back, { status: 'ended', reason: '不再经营' })).json()
    t.match(ended, { status: 'ended', ended_on: String })
    t.match(await checked(), { state: 'ended' })
    t.equal((await book(wish(stalls[0]!))).statusCode, 201, 'given back it is free')
    const own = (await get('merchant', `/stall_allocations${C}`)).json().allocations as Allocation[]
    t.ok(own.length > 0 && own.every((one) => one.merchant_id === merchant_id))
    t.equal((await get('nobody', `/stall_allocations${C}`)).statusCode, 401)
    const keys = (await get('merchant', `/notifications`))
      .json()
      .notifications.map((n: { message_key: string }) => n.message_key)
    for (const key of ['stall_granted', 'stall_suspended', 'stall_resumed'])
      t.ok(keys.includes(`notice.${key}`), key)
    t.ok(id)
  },
)

t.test('a suspended zone says why, its permits too, until it opens again', async (t) => {
  const { id, stalls } = await openZone()
  const given = (
    await book(wish(stalls[0]!, { first_date: '2026-01-02', last_date: '2028-12-31' }))
  ).json<Allocation>()
  const path = `/vendor_zones/${id}/suspension${C}`
  t.equal((await post('merchant', path, { reason: 'x' })).statusCode, 403)
  t.equal((await post('planner', path, { reason: ' ' })).statusCode, 422)
  t.match((await post('planner', path, { reason: '道路施工' })).json(), {
    status: 'suspended',
    suspension: { reason: '道路施工' },
  })
  t.equal((await post('planner', path, { reason: '又一次' })).statusCode, 409)
  t.match((await get('nobody', `/stall_permits/${given.id}${C}`)).json(), { state: 'suspended' })
  const seen = (await get('nobody', `/vendor_zones/${id}/stalls${C}`)).json<{ stalls: Stall[] }>()
  t.ok(seen.stalls.every(({ state }) => state === 'suspended'))
  t.equal((await call('planner', 'DELETE', path)).statusCode, 200)
  t.match(await zoneNow(id), { status: 'approved', suspension: null })
  t.equal((await call('planner', 'DELETE', path)).statusCode, 409)
})

t.test(
  'the calendar shows every evening; the file parses and repeats the same evenings',
  async (t) => {
    const { id, stalls } = await openZone(
      '夜市, 东段; 统建巷的一个名字很长很长很长很长很长很长很长很长的疏导点',
    )
    const given = (
      await book(
        wish(stalls[4]!, { windows: [{ days: ['fr', 'sa'], from: '20:00', to: '01:00' }] }),
      )
    ).json<Allocation>()
    const calendar = (role: string) =>
      get(role, `/vendor_zones/${id}/calendar${C}&from=2026-12-01&to=2026-12-14`)
    const { occurrences } = (await calendar('inspector')).json()
    t.same(
      occurrences.map(({ date }: { date: string }) => date),
      ['2026-12-04', '2026-12-05', '2026-12-11', '2026-12-12'],
    )
    t.match(occurrences[0], {
      stall_number: 5,
      merchant_name: given.merchant_name,
      allocation_id: given.id,
    })
    t.match((await calendar('nobody')).json().occurrences[0], {
      merchant_name: null,
      allocation_id: null,
    })
    t.equal(
      (await get('nobody', `/vendor_zones/${id}/calendar${C}&from=2026-12-14&to=2026-12-01`))
        .statusCode,
      400,
    )

    const file = await get('nobody', `/vendor_zones/${id}/calendar.ics${C}`)
    t.match(file.headers['content-type'], /^text\/calendar/)
    t.ok(
      file.body.split('\r\n').every((line) => Buffer.byteLength(line) <= 75),
      'folded',
    )
    t.notMatch(file.body, given.merchant_name!)
    const parsed = new ICAL.Component(ICAL.parse(file.body) as never)
    t.match(String(parsed.getFirstPropertyValue('x-wr-calname')), /^夜市, 东段; 统建巷/)
    const zones = parsed.getAllSubcomponents('vtimezone').map((zone) => new ICAL.Timezone(zone))
    t.equal(zones[0]?.tzid, 'Asia/Shanghai')
    const [event] = parsed.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one))
    t.match(event!.summary, '摊位 5 · 小吃, 果蔬; 其他')
    const times: string[] = []
    const walk = event!.iterator()
    for (let at = walk.next(); at; at = walk.next()) times.push(at.toString())
    t.equal(times[0], '2026-12-04T20:00:00')
    t.equal(times.at(-1), '2027-02-27T20:00:00')
    t.equal(times.length, 26, '13 weeks of two evenings')
    t.equal(event!.duration.toSeconds(), 5 * 3600)
  },
)

t.test('what does not fit the zone is refused by its field', async (t) => {
  const { stalls } = await openZone()
  const faults: [object, string][] = [
    [{ windows: [{ days: ['mo'], from: '17:00', to: '19:00' }] }, 'windows'],
    [{ windows: [{ days: ['ph'], from: '18:00', to: '19:00' }] }, 'windows'],
    [{ last_date: '2026-11-30' }, 'last_date'],
    [{ first_date: '2025-12-31' }, 'first_date'],
    [{ stall_id: uuidv7() }, 'stall_id'],
    [{ merchant_id: uuidv7() }, 'merchant_id'],
    [{ last_date: '2027-02-30' }, 'last_date'],
  ]
  for (const [fault, path] of faults) {
    const reply = await book(wish(stalls[0]!, fault))
    t.equal(reply.statusCode, 422, reply.body)
    t.match(reply.json(), { errors: [{ path }] })
  }
  const { stalls: drawn } = await openZone('草图', { status: 'draft' })
  t.match((await book(wish(drawn[0]!))).json(), { type: 'urn:jiexu:problem:stalls/zone-not-open' })
})
