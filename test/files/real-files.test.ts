import { sql } from 'kysely'
import t from 'tap'
import { testApp, type TestApp } from '../fixtures/app.ts'
import { figures, load, only, realFile } from './load.ts'

// The expected figures were counted in the files themselves, by other means than the readers under test.

let running: TestApp
t.before(async () => {
  running = await testApp(t, { contents: 'empty' })
})

/** Skips where the real files do not lie beside the project. */
const isThere = (...names: string[]) =>
  names.every((name) => realFile(name) !== null)
    ? {}
    : { skip: `the real files ${names.join(', ')} are not beside the project` }

const files = (folder: string, names: readonly string[]) =>
  names.map((name) => realFile(`${folder}/${name}`)!)

const one = async <Row>(query: ReturnType<typeof sql<Row>>): Promise<Row> =>
  (await query.execute(running.engine.db)).rows[0]!

const BERLIN = [
  'parking_way.geojson',
  'parking_area.geojson',
  'kfz_lor_planungsraum.geojson',
  'street_names.geojson',
]
t.test('Berlin-Neukölln', isThere(...BERLIN.map((n) => `berlin-neukoelln/${n}`)), async (t) => {
  const { engine, app } = running
  const outcomes = await load(engine, 'neukoelln', files('berlin-neukoelln', BERLIN))
  const reports = outcomes.map((outcome) => only([outcome]))
  t.same(
    reports.map((report) => [report.file, report.profile, figures(report)]),
    (
      [
        ['parking_area.geojson', 'berlin-parking-areas', 2074],
        ['kfz_lor_planungsraum.geojson', 'berlin-planning-areas', 448],
        ['street_names.geojson', 'berlin-street-names', 1270],
        ['parking_way.geojson', 'berlin-parking-ways', 5210],
      ] as const
    ).map(([file, profile, n]) => [
      file,
      profile,
      { read: n, kept: n, inserted: n, updated: 0, unchanged: 0, refused: 0 },
    ]),
    'kerb lines come last: they join the streets',
  )
  t.match(reports[3]!.joins, [
    { property: 'highway:name', found: 5170, found_values: 325, missing: 40, missing_values: 4 },
  ])
  t.match(reports[1], { crs_declared: 'urn:ogc:def:crs:OGC:1.3:CRS84', crs_used: 'CRS84' })

  const known = await one(sql<Record<string, number>>`
    select count(*) filter (where b.external_id like 'parking_way/%' and capacity = 0)::int as empty,
      sum(capacity) filter (where b.external_id like 'parking_way/%')::int as at_kerb,
      count(*) filter (where layout = 'angled')::int as angled,
      count(*) filter (where b.segment_id is not null and s.name_en <> b.name_en)::int as misjoined
    from bay as b left join street_segment as s on s.community_id = b.community_id and s.id = b.segment_id`)
  t.same(known, { empty: 14, at_kerb: 43_863, angled: 275, misjoined: 0 })
  const vehicles = await one(sql<{ n: number }>`select sum(resident_vehicles)::int as n from grid`)
  t.equal(vehicles.n, 1_451_071)
  const place = await one(sql<Record<string, unknown>>`
    select c.attribution, ST_Covers(c.geom, b.geom) as covers
    from community as c join bay as b on b.community_id = c.id and b.external_id = 'parking_way/1'`)
  t.equal(place['covers'], true)
  t.match(place['attribution'], /OpenStreetMap.*Amt für Statistik Berlin-Brandenburg/)

  const again = await load(engine, 'neukoelln', files('berlin-neukoelln', BERLIN.slice(1)))
  for (const outcome of again)
    t.match(only([outcome]), { inserted: 0, updated: 0, is_stored: true })

  const reply = await app.inject('/api/communities/neukoelln/summary')
  t.match(reply.json(), { bays: 7284, street_segments: 1270, grids: 448 })
})

const MELBOURNE = [
  'bay-sensors-snapshot.csv',
  'bay-restrictions.csv',
  'parking-bays.csv',
  'street-segments.geojson',
]
t.test('Melbourne', isThere(...MELBOURNE.map((n) => `melbourne-lite/${n}`)), async (t) => {
  const { engine, app } = running
  const run = async () =>
    (
      await load(engine, 'melbourne', files('melbourne-lite', MELBOURNE), {
        timeZone: 'Australia/Melbourne',
      })
    ).map((outcome) => only([outcome]))
  const [segments, bays, rules, sensors] = await run()
  t.match(segments, { read: 108, kept: 103, parts: 5, refused: [] })
  t.match(bays, { read: 1636, kept: 1636, refused: [], joins: [{ found: 1636, missing: 0 }] })
  t.match(rules, {
    read: 1170,
    kept: 1165,
    updated: 903,
    joins: [{ property: 'bay_id', found: 1165, found_values: 903, missing: 5, missing_values: 5 }],
  })
  t.match(sensors, { read: 585, kept: 558, inserted: 558, joins: [{ found: 558, missing: 27 }] })

  // Bay 24474: "2P Meter" Monday to Saturday 7:30–18:30, "2P" on Sunday (day 0), both 120 minutes.
  const bay = await one(sql<{ restrictions: unknown }>`
    select restrictions from bay where external_id = '24474'`)
  t.match(bay.restrictions, [
    {
      text: /^2P Meter: Park for up to 2 hours/,
      windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr', 'sa'], from: '07:30', to: '18:30' }],
      max_stay_minutes: 120,
    },
    { text: /^2P: /, windows: [{ days: ['su'], from: '07:30', to: '18:30' }] },
  ])

  // The snapshot was taken at 11:11:39. Of its 558 readings here 223 are at most two hours old then and 434 at most 400
  // days, which is as far as occupancy looks back: 277 of taken bays, 157 of free ones, 2 of them over a year old.
  const reply = await app.inject(
    '/api/occupancy?community=melbourne&of=bays&at=2026-04-29T11:11:39Z',
  )
  const { places, stale_after_minutes } = reply.json<{
    stale_after_minutes: number
    places: { state: string; counted: number | null; age_minutes: number | null }[]
  }>()
  t.equal(stale_after_minutes, 120)
  const tally = {
    taken: places.filter(({ counted }) => counted === 1).length,
    free: places.filter(({ counted }) => counted === 0).length,
    no_data: places.filter(({ state }) => state === 'no_data').length,
    fresh: places.filter(({ state }) => state === 'fresh').length,
    older_than_a_year: places.filter(({ age_minutes: age }) => age !== null && age > 365 * 1440)
      .length,
  }
  t.same(tally, { taken: 277, free: 157, no_data: 1636 - 434, fresh: 223, older_than_a_year: 2 })

  for (const report of await run())
    t.match(report, { inserted: 0, updated: 0, retired: 0, refused: [] }, `${report.file} again`)
})

t.test('Karlsruhe and Herrenberg', isThere('bike-parking/karlsruhe_bike.json'), async (t) => {
  const { engine } = running
  const run = (slug: string, name: string) =>
    load(engine, slug, files('bike-parking', [name])).then(only)
  const karlsruhe = await run('karlsruhe', 'karlsruhe_bike.json')
  t.match(karlsruhe, { profile: 'karlsruhe-bike', read: 809, kept: 809, refused: [] })
  const herrenberg = await run('herrenberg', 'herrenberg_bike.json')
  t.match(herrenberg, { profile: 'herrenberg-bike', read: 222, kept: 222, refused: [] })
  const { rows } = await sql<Record<string, unknown>>`
    select c.slug, count(*) filter (where b.capacity is null)::int as unknown, sum(b.capacity)::int as places
    from bay as b join community as c on c.id = b.community_id
    where c.slug in ('karlsruhe', 'herrenberg') group by 1 order by 1`.execute(engine.db)
  t.same(rows, [
    { slug: 'herrenberg', unknown: 0, places: 4429 },
    { slug: 'karlsruhe', unknown: 495, places: 5742 },
  ])
  t.match(await run('karlsruhe', 'karlsruhe_bike.json'), {
    inserted: 0,
    updated: 0,
    unchanged: 809,
  })
})

t.test(
  'a block of Taipei with Chinese names',
  isThere('taipei-osm/taipei_osm.geojson'),
  async (t) => {
    const { engine, app } = running
    const report = only(
      await load(engine, 'taipei', files('taipei-osm', ['taipei_osm.geojson']), {
        timeZone: 'Asia/Taipei',
      }),
    )
    t.match(report, { profile: 'osm', read: 968, kept: 191, refused: [] })
    t.equal(
      report.unused.reduce((sum, { count }) => sum + count, 0),
      968 - 191,
    )
    const summary = await app.inject('/api/communities/taipei/summary')
    t.match(summary.json(), { buildings: 61, street_segments: 34 })
    const street = await one(sql<{ name_en: string }>`
    select name_en from street_segment where name_zh = '天津街'`)
    t.equal(street.name_en, 'Tianjin Street')
  },
)
