import { sql } from 'kysely'
import t from 'tap'
import { seedSample } from '../../api/cli/seed.ts'
import { countEverything } from '../../api/features/summary/store.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { testDatabase } from '../fixtures/database.ts'

const engine = await testDatabase(t, 'sample')
const { community_id } = await seedSample(engine)

const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(engine.db)).rows

/** Everything with a geometry: table, external id, kind and geometry. */
const PLACES = sql`(
  select 'bay' as layer, external_id, '' as kind, geom from bay
  union all select 'vendor_zone', external_id, '', geom from vendor_zone
  union all select 'frontage', external_id, '', geom from frontage
  union all select 'building', external_id, '', geom from building
  union all select 'lot', external_id, '', geom from lot
  union all select 'curb_object', external_id, kind, geom from curb_object)`

t.test(
  'the summary counts 6 grids, 32 buildings, 1,320 households and 1,000 vehicles',
  async (t) => {
    const summary = await asCommunities(engine.db, [community_id], (trx) =>
      countEverything(trx, community_id),
    )
    t.match(summary, {
      grids: 6,
      buildings: 32,
      // 165 floors of 8.
      households: 1320,
      merchants: 212,
      resident_vehicles: 1000,
      street_segments: 16,
      bays: 40,
      bike_bays: 36,
      bike_bay_places: 252,
      car_bays: 4,
      car_bay_places: 68,
      vendor_zones: 5,
      lots: 9,
      // 14 + 12 + 10 + 9 + 9.
      shared_spaces: 54,
      frontages: 212,
      full_time_workers: 12,
      part_time_workers: 53,
      partner_units: 12,
      ledger_events: 240,
    })
    t.ok(summary.residents >= 3000)
    const [sides] = await rows<{ n: number }>(sql`select count(*)::int as n from street_side`)
    t.equal(sides!.n, 32)
  },
)

t.test('the community row names itself, its clock and that it is synthetic', async (t) => {
  const [community] = await rows<Record<string, unknown>>(
    sql`select * from community where slug = 'tongjian'`,
  )
  t.match(community, {
    name_zh: '统建社区(示例)',
    name_bo: null,
    time_zone: 'Asia/Shanghai',
    is_synthetic: true,
    resident_vehicles: 1000,
    notice: /合成示例.*Synthetic sample/,
  })
})

t.test(
  'every geometry is valid, and of five zones only VZ-3 reaches outside the boundary',
  async (t) => {
    const invalid = await rows(sql`select external_id from ${PLACES} p where not ST_IsValid(geom)`)
    t.same(invalid, [])
    const outside = await rows(sql`
    select z.external_id, round((ST_Area(ST_Difference(z.geom, c.geom)::geography) / ST_Area(z.geom::geography))::numeric, 3)::float8 as share
    from vendor_zone z join community c on c.id = z.community_id
    where not ST_CoveredBy(z.geom, c.geom)`)
    t.same(outside, [{ external_id: 'VZ-3', share: 1 }])
  },
)

t.test('VZ-4 covers 10.8 m² of BAY-03, VZ-5 covers 16.0 m² of FIRE-1, within 0.5 %', async (t) => {
  const overlaps = await rows<{ zone: string; other: string; overlap_m2: number }>(sql`
    select z.external_id as zone, o.external_id as other,
      ST_Area(ST_Intersection(z.geom, o.geom)::geography) as overlap_m2
    from vendor_zone z join ${PLACES} o on ST_Intersects(z.geom, o.geom) and o.external_id <> z.external_id
    order by 1, 2`)
  t.same(
    overlaps.map(({ zone, other }) => [zone, other]),
    [
      ['VZ-4', 'BAY-03'],
      ['VZ-5', 'FIRE-1'],
    ],
  )
  // BAY-03 is 6 m by 1.8 m and lies wholly in VZ-4; VZ-5 crosses the fire lane's 4 m with its own 4 m.
  t.ok(Math.abs(overlaps[0]!.overlap_m2 / 10.8 - 1) < 0.005)
  t.ok(Math.abs(overlaps[1]!.overlap_m2 / 16 - 1) < 0.005)
})

t.test(
  'VZ-1 and VZ-2 stand 3 m clear of everything but frontages, buildings and tactile paving, and off those',
  async (t) => {
    const near = await rows(sql`
    select z.external_id as zone, o.external_id as other, ST_Distance(z.geom::geography, o.geom::geography) as distance_m
    from vendor_zone z join ${PLACES} o on o.external_id <> z.external_id
    where z.external_id in ('VZ-1', 'VZ-2')
      and ST_Distance(z.geom::geography, o.geom::geography)
        < case when o.layer in ('frontage', 'building') or o.kind = 'tactile_paving' then 0.8 else 3.0 end`)
    t.same(near, [])
  },
)

t.test(
  'three bike bays have a curb object nearer than the guides allow, the other 33 none',
  async (t) => {
    const near = await rows<{ bay: string; other: string; distance_m: number }>(sql`
    select b.external_id as bay, o.external_id as other,
      round(ST_Distance(b.geom::geography, o.geom::geography)::numeric, 1)::float8 as distance_m
    from bay b join curb_object o on ST_Distance(b.geom::geography, o.geom::geography) < case o.kind
      when 'tactile_paving' then 0.5 when 'manhole' then 1.5 when 'crossing' then 5 when 'ramp' then 5
      when 'fire_hydrant' then 5 when 'school_gate' then 5 when 'bus_stop' then 15 when 'corner' then 15
      when 'fire_lane' then 0.01 when 'entrance' then 0.01 when 'driveway' then 0.01 else 0 end
    where 'e_bike' = any (b.vehicle_classes) order by 1`)
    t.same(near, [
      { bay: 'BAY-01', other: 'CORNER-8', distance_m: 13 },
      { bay: 'BAY-29', other: 'MH-12', distance_m: 1 },
      { bay: 'BAY-30', other: 'HYD-7', distance_m: 3 },
    ])
  },
)

t.test(
  'of four car bays one is within 50 m of a surveyed corner, none within 30 m of a hydrant, bus stop or crossing',
  async (t) => {
    const near = await rows(sql`
    select b.external_id as bay, o.external_id as other,
      round(ST_Distance(b.geom::geography, o.geom::geography)::numeric, 1)::float8 as distance_m
    from bay b join curb_object o on ST_Distance(b.geom::geography, o.geom::geography) < case
      when o.kind = 'corner' then 50 when o.kind in ('fire_hydrant', 'bus_stop', 'crossing') then 30 else 0 end
    where 'car' = any (b.vehicle_classes)`)
    t.same(near, [{ bay: 'KERB-4', other: 'CORNER-8', distance_m: 15 }])
  },
)

t.test('no bay overlaps another bay, a building, a frontage or a fire lane', async (t) => {
  const overlaps = await rows(sql`
    select b.external_id as bay, o.external_id as other from bay b
    join ${PLACES} o on ST_Intersects(b.geom, o.geom) and o.external_id <> b.external_id
    where o.layer <> 'vendor_zone'`)
  t.same(overlaps, [])
})

t.test(
  'bike bays lie on the footway of their side, between kerb line and footway width',
  async (t) => {
    const off = await rows(sql`
    select b.external_id from bay b
    join street_side s on s.segment_id = b.segment_id and s.side = b.side
    where 'e_bike' = any (b.vehicle_classes)
      and (ST_Distance(b.geom::geography, s.kerb_line::geography) > 0.35
        or s.footway_width_m - 0.3 - 1.8 < 2.0)`)
    t.same(off, [])
  },
)

t.test('events lie inside the community and in the grid they name', async (t) => {
  const misplaced = await rows(sql`
    select e.external_id from ledger_event e join grid g on g.id = e.grid_id
    where not ST_Covers(g.geom, e.geom)`)
  t.same(misplaced, [])
})

const share = async (places: string, hour: number, days: string) => {
  const [row] = await rows<{ share: number }>(sql`
    select (sum(o.counted)::float8 / sum(p.capacity)) as share
    from observation o join (select id, external_id, capacity from bay union all select id, external_id, capacity from lot) p on p.id = o.place_id
    where p.external_id like ${places}
      and extract(hour from o.observed_at at time zone 'Asia/Shanghai') = ${hour}::int
      and to_char(o.observed_at at time zone 'Asia/Shanghai', 'DY') = any (${`{${days}}`}::text[])`)
  return row!.share
}
const WORKDAYS = 'MON,TUE,WED,THU,FRI'

t.test(
  'yards fill at night, shared lots by day, bike bays at noon and in the evening',
  async (t) => {
    t.ok((await share('YARD-%', 23, WORKDAYS)) > 0.9)
    t.ok((await share('YARD-%', 11, WORKDAYS)) < 0.55)
    t.ok((await share('SHARED-%', 11, WORKDAYS)) > 0.85)
    t.ok((await share('SHARED-%', 23, WORKDAYS)) < 0.35)
    t.ok((await share('BAY-%', 13, WORKDAYS)) > 0.85)
    t.ok((await share('BAY-%', 19, WORKDAYS)) > 0.9)
    t.ok((await share('BAY-%', 7, WORKDAYS)) < 0.4)
    t.ok((await share('SHARED-2', 11, 'SAT,SUN')) < 0.5)
  },
)

t.test(
  'the survey has 63 rounds from 14 to 20 September 2026, some gaps and one bay never counted',
  async (t) => {
    const [survey] = await rows<Record<string, unknown>>(sql`select * from survey`)
    t.match(survey, { name: '2026年9月一周占用调查(合成)', method: 'visual', is_synthetic: true })
    const [all] = await rows<Record<string, unknown>>(sql`
    select count(*)::int as readings, count(distinct observed_at)::int as rounds,
      min(observed_at) = '2026-09-14T07:00+08:00' as is_start_right,
      max(observed_at) = '2026-09-20T23:00+08:00' as is_end_right,
      count(*) filter (where illegal_count > 0)::int > 100 as has_illegal,
      count(*) filter (where survey_id is null)::int as loose from observation`)
    // 49 places would give 3,087; BAY-36 alone takes 63 away.
    t.ok(Number(all!['readings']) > 2900 && Number(all!['readings']) < 3024)
    t.match(all, {
      rounds: 63,
      is_start_right: true,
      is_end_right: true,
      has_illegal: true,
      loose: 0,
    })
    const uncounted = await rows(sql`
    select external_id from bay where id not in (select place_id from observation)
    union all select external_id from lot where id not in (select place_id from observation)`)
    t.same(uncounted, [{ external_id: 'BAY-36' }])
    const overfull = await rows(sql`
    select p.external_id from observation o
    join (select id, external_id, capacity from bay union all select id, external_id, capacity from lot) p on p.id = o.place_id
    where o.counted > p.capacity or p.capacity is null`)
    t.same(overfull, [])
  },
)

t.test(
  'loading it a second time changes no row and no version, and says so by no progress',
  async (t) => {
    const state = () =>
      rows(sql`
      select 'layer ' || layer as what, version::int as n from layer_version
      union all select 'bays', count(*)::int from bay
      union all select 'observations', count(*)::int from observation
      union all select 'communities', count(*)::int from community order by 1`)
    const before = await state()
    const steps: string[] = []
    const again = await seedSample(engine, {
      onProgress: (_done, _total, what) => steps.push(what),
    })
    t.equal(again.community_id, community_id)
    t.equal(again.slug, 'tongjian')
    t.same(steps, [])
    t.same(await state(), before)
  },
)
