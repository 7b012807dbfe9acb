import t from 'tap'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { asCommunities } from '../../api/db/tenant.ts'
import type { DemandReply } from '../../api/features/demand/contract.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const planner = await signIn(app, 'planner', 'planner-demo')
const inspector = await signIn(app, 'inspector', 'inspector-demo')
const demand = async (query = '', cookie = planner) => {
  const reply = await app.inject({ url: `/api/demand${query}`, headers: { cookie } })
  return { status: reply.statusCode, body: reply.json<DemandReply>() }
}
const { id: community } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
/** A side without bays; what the sample's patrols saw there is forgotten, so that the figures are those of the test. */
const { rows: sides } = await sql<{ id: string; segment_id: string; side: 'left' | 'right' }>`
  select i.id, i.segment_id, i.side from street_side as i where i.community_id = ${community}
    and not exists (select from bay as b where b.segment_id = i.segment_id and b.side = i.side)
  order by i.id limit 1`.execute(engine.db)
const bare = sides[0]!
await sql`delete from pass where segment_id = ${bare.segment_id} and side = ${bare.side}`.execute(
  engine.db,
)
await sql`update case_file set side = null where segment_id = ${bare.segment_id} and side = ${bare.side}`.execute(
  engine.db,
)
const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000)
const sideOf = (reply: DemandReply, { segment_id, side }: { segment_id: string; side: string }) =>
  reply.sides.find((one) => one.segment_id === segment_id && one.side === side)
const reasonOf = (side: DemandReply['sides'][number], code: string) =>
  side.reasons.find((reason) => reason.code === code)!

t.test('for planners, of one class of vehicles, within sensible days', async (t) => {
  t.equal((await demand('', '')).status, 401)
  t.equal((await demand('', inspector)).status, 403)
  for (const bad of ['?vehicle_class=boat', '?days=0', '?days=401', '?limit=0', '?x=1'])
    t.equal((await demand(bad)).status, 400, bad)
})

t.test(
  'sides are ranked by their score, which is the sum of the points of the reasons',
  async (t) => {
    const { status, body } = await demand('?days=400')
    t.equal(status, 200)
    t.ok(body.sides.length > 0)
    t.ok(body.checked >= body.sides.length)
    let last = 100
    for (const { score, reasons, kerb } of body.sides) {
      t.ok(score > 0 && score <= last)
      last = score
      const sum = reasons.reduce((points, reason) => points + reason.points, 0)
      t.ok(Math.abs(sum - score) < 0.06, `${sum} against ${score}`)
      t.ok(kerb.length >= 2)
      for (const { code, points } of reasons) t.ok(points <= body.weights[code]!.points)
    }
    t.ok(body.grids.length > 0)
    for (const grid of body.grids) t.ok(grid.households_without <= grid.households)
    t.equal((await demand('?limit=1')).body.sides.length, 1)
  },
)

t.test(
  'bikes counted along a side without bays are a reason: 12 and 6 in two hours are 9 each',
  async (t) => {
    await asCommunities(engine.db, [community], async (trx) => {
      for (const [minutes, counted] of [
        [180, 12],
        [60, 6],
      ] as const)
        await trx
          .insertInto('observation')
          .values({
            community_id: community,
            id: uuidv7(),
            observed_at: at(minutes),
            kind: 'count',
            method: 'visual',
            place_kind: 'street_side',
            place_id: bare.id,
            counted,
          } as never)
          .execute()
    })
    const side = sideOf((await demand()).body, bare)!
    // 20 points are reached at 10 vehicles: 9 make 18.
    t.match(reasonOf(side, 'outside'), { figure: 9, points: 18, of: 2 })
    t.match(reasonOf(side, 'full'), { figure: null, points: 0, of: 0 })
    t.match(reasonOf(side, 'illegal'), { figure: null, points: 0, interval: null })
  },
)

t.test(
  'two parking cases in ten passes are 0.2 a pass with its interval; in nine nothing is said',
  async (t) => {
    const pass = (minutes: number) =>
      asCommunities(engine.db, [community], (trx) =>
        trx
          .insertInto('pass')
          .values({
            community_id: community,
            id: uuidv7(),
            segment_id: bare.segment_id,
            side: bare.side,
            at: at(minutes),
            result: 'clear',
            method: 'manual',
            content_hash: uuidv7(),
          } as never)
          .execute(),
      )
    for (let i = 0; i < 9; i++) await pass(60 * (i + 1))
    await asCommunities(engine.db, [community], (trx) =>
      sql`insert into case_file (community_id, id, year, serial, kind_id, source, geom, segment_id, side, found_at, content_hash)
      select ${community}, gen_random_uuid(), 1999, n, k.id, 'patrol', ST_SetSRID(ST_MakePoint(91.145, 29.654), 4326),
        ${bare.segment_id}, ${bare.side}, now() - interval '1 hour', 'x'
      from generate_series(1, 2) as n, case_kind as k where k.community_id = ${community} and k.code = 'street.nonmotor_parking'`.execute(
        trx,
      ),
    )
    const before = sideOf((await demand()).body, bare)!
    t.match(reasonOf(before, 'illegal'), { figure: null, of: 9 })
    await pass(600)
    const after = sideOf((await demand()).body, bare)!
    const illegal = reasonOf(after, 'illegal')
    // 15 points are reached at 0.5 a pass. Exact Poisson limits of 2: 0.242 and 7.22; Byar's come within a few percent.
    t.match(illegal, { figure: 0.2, points: 6, of: 10 })
    t.ok(
      illegal.interval!.low > 0.02 && illegal.interval!.low < 0.03,
      String(illegal.interval!.low),
    )
    t.ok(
      illegal.interval!.high > 0.7 && illegal.interval!.high < 0.74,
      String(illegal.interval!.high),
    )
    const cars = sideOf((await demand('?vehicle_class=car')).body, bare)
    t.equal(cars && reasonOf(cars, 'illegal').figure, 0, 'bikes are not cars')
  },
)
