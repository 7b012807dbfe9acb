import { sql } from 'kysely'
import t from 'tap'
import type { Engine } from '../../api/db/connect.ts'
import { testDatabase } from '../fixtures/database.ts'
import { collection, feature, figures, load, only, square, writeFiles } from './load.ts'

let engine: Engine
t.before(async () => {
  engine = await testDatabase(t)
})

const bay = (id: string, lon: number, more: object = {}) =>
  feature(square(lon, 52.5), {
    external_id: id,
    vehicle_classes: ['bicycle'],
    capacity: 7,
    ...more,
  })

async function bays(slug: string) {
  const { rows } = await sql<Record<string, unknown>>`
    select b.*, ST_AsText(b.geom) as text, ST_X(ST_Centroid(b.geom)) as lon from bay as b
    join community as c on c.id = b.community_id where c.slug = ${slug} order by b.external_id`.execute(
    engine.db,
  )
  return rows
}

t.test(
  'a dry run says what would happen, joins among the files included, and stores nothing',
  async (t) => {
    const street = feature(
      { type: 'LineString', coordinates: [[13.4, 52.5], [13.41, 52.5]] }, // prettier-ignore
      { segment_id: '7', street_name: 'A', from_street: 'B', to_street: 'C', description: 'A' },
    )
    const at = writeFiles(t, {
      'segments.geojson': collection([street]),
      'bays.csv':
        'RoadSegmentID,KerbsideID,RoadSegmentDescription,Latitude,Longitude\n7,11,A,52.5,13.405\n8,12,A,52.5,13.406\n',
      'sensors.csv':
        'kerbside_id,status,status_timestamp\n11,Present,2026-05-01T08:00:00+00:00\n99,Absent,2026-05-01T08:00:00Z\n11,Broken,2026-05-01T09:00:00Z\n',
    })
    const files = [at('sensors.csv'), at('bays.csv'), at('segments.geojson')]
    const counts = async () => {
      const tables = ['community', 'bay', 'street_segment', 'observation', 'import_run', 'audit']
      const { rows } = await sql`select ${sql.join(
        tables.map(
          (table) => sql`(select count(*)::int from ${sql.table(table)}) as ${sql.ref(table)}`,
        ),
      )}`.execute(engine.db)
      return rows[0]
    }
    const before = await counts()
    const dry = { isDryRun: true, isKeepingGood: true }
    const outcomes = await load(engine, 'dry', files, dry)
    const reports = outcomes.map((outcome) => only([outcome]))
    t.same(
      reports.map(({ file, kept, is_stored }) => [file, kept, is_stored]),
      [
        ['segments.geojson', 1, false],
        ['bays.csv', 2, false],
        ['sensors.csv', 1, false],
      ],
      'in the order in which each finds what it joins',
    )
    t.match(reports[1]!.joins, [{ found: 1, missing: 1, missing_examples: ['8'] }])
    t.match(reports[2]!.joins, [{ collection: 'bays', found: 2, missing: 1 }])
    t.match(reports[2]!.refused, [{ index: 2, line: 4, path: 'occupied' }])
    t.same(await counts(), before)
    const real = await load(engine, 'dry', files, { isKeepingGood: true })
    t.same(
      real.map((outcome) => figures(only([outcome]))),
      reports.map((report, i) => ({
        ...figures(report),
        inserted: [1, 2, 1][i],
      })),
      'the run itself comes to the same',
    )
  },
)

t.test(
  'a CSV of one’s own: members by --map, GCJ-02, text read as the contract wants it',
  async (t) => {
    const at = writeFiles(t, {
      'racks.csv':
        '编号,车位数,经度坐标,纬度坐标,vehicle_classes,covered\nR1,"1,200",91.1414,29.6472,"bicycle, e_bike",是\nR2,很多,91.1415,29.6472,bicycle,否\n',
    })
    const report = only(
      await load(engine, 'racks', [at('racks.csv')], {
        as: 'bays',
        crs: 'GCJ-02',
        timeZone: 'Asia/Shanghai',
        isKeepingGood: true,
        map: { external_id: '编号', capacity: '车位数', lon: '经度坐标', lat: '纬度坐标' },
      }),
    )
    t.match(figures(report), { read: 2, kept: 1, inserted: 1, refused: 1 })
    t.match(report.refused, [{ index: 1, line: 3, path: 'properties/capacity' }])
    const [row] = await bays('racks')
    t.match(row, {
      external_id: 'R1',
      capacity: 1200,
      vehicle_classes: ['bicycle', 'e_bike'],
      covered: true,
      status: 'draft',
    })
    t.ok(Math.abs(Number(row!['lon']) - 91.1414) > 0.001, 'moved by more than 100 m')
  },
)

t.test(
  'objects of two sources under one external_id: the first keeps it, on every run',
  async (t) => {
    const node = (id: string, properties: object) =>
      feature({ type: 'Point', coordinates: [13.4, 52.5] }, { '@id': id, ...properties })
    const at = writeFiles(t, {
      'north.geojson': collection([node('node/1', { emergency: 'fire_hydrant' })]),
      'south.geojson': collection([
        node('node/1', { emergency: 'fire_hydrant', operator: 'Y' }),
        node('node/2', { highway: 'bus_stop', 'name:zh': '统建', name: 'Tongjian' }),
        node('node/3', { shop: 'bakery' }),
      ]),
    })
    const files = [at('north.geojson'), at('south.geojson')]
    const first = (await load(engine, 'extracts', files)).map((outcome) => only([outcome]))
    t.match(first[1], { read: 3, kept: 1, inserted: 1, known_elsewhere: 1 })
    t.same(first[1]!.unused, [{ kind: 'shop=bakery', count: 1 }])
    const second = (await load(engine, 'extracts', files)).map((outcome) => only([outcome]))
    t.match(second[0], { inserted: 0, updated: 0, unchanged: 1 })
    t.match(second[1], { inserted: 0, updated: 0, unchanged: 1, known_elsewhere: 1 })
  },
)

t.test('a file whose coordinates do not fit leaves the files beside it standing', async (t) => {
  const at = writeFiles(t, {
    'good.geojson': collection([bay('A', 13.4)]),
    'turned.geojson': collection([
      feature({ type: 'Point', coordinates: [-37.8, 144.9] }, { vehicle_classes: ['car'] }),
    ]),
  })
  const files = [at('turned.geojson'), at('good.geojson')]
  const outcomes = await load(engine, 'beside', files, { as: 'bays', crs: 'EPSG:4326' })
  t.match(outcomes, [
    { file: 'turned.geojson', refusal: /give --swap-axes/ },
    { report: { kept: 1 } },
  ])
  const turned = { as: 'bays', crs: 'EPSG:4326', isSwappingAxes: true }
  t.match(only(await load(engine, 'melb', files.slice(0, 1), turned)), { inserted: 1 })
  t.equal(Math.round(Number((await bays('melb'))[0]!['lon'])), 145)
})

t.test(
  'features that come out far from the community are refused, in range though they are',
  async (t) => {
    const turned = { type: 'Point', coordinates: [52.5, 13.4] }
    const at = writeFiles(t, {
      'here.geojson': collection([bay('A', 13.4)]),
      'turned.geojson': collection([feature(turned, { vehicle_classes: ['car'] })]),
    })
    await load(engine, 'near', [at('here.geojson')], { as: 'bays' })
    const file = [at('turned.geojson')]
    t.match(await load(engine, 'near', file, { as: 'bays' }), [
      { refusal: /come out at 52.50, 13.40 .* far from near at 13.40, 52.50: .* --swap-axes/ },
    ])
    const right = { as: 'bays', isSwappingAxes: true }
    t.match(only(await load(engine, 'near', file, right)), { inserted: 1 })
  },
)

t.test('a new community gets its boundary from what is in it, streets get two sides', async (t) => {
  const line = { type: 'LineString', coordinates: [[13.4, 52.5], [13.41, 52.5]] } // prettier-ignore
  const at = writeFiles(t, {
    'streets.geojson': collection([feature(line, { name_en: 'A' }, 's')]),
  })
  await load(engine, 'bounds', [at('streets.geojson')], { as: 'street_segments' })
  const { rows } = await sql<Record<string, unknown>>`
    select ST_Covers(c.geom, s.geom) as covers, ST_Area(c.geom::geography) < 100000 as is_small,
      (select array_agg(side order by side) from street_side as e where e.segment_id = s.id) as sides
    from community as c join street_segment as s on s.community_id = c.id where c.slug = 'bounds'`.execute(
    engine.db,
  )
  t.same(rows, [{ covers: true, is_small: true, sides: ['left', 'right'] }])
})
