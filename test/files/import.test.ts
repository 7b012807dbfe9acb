import { sql } from 'kysely'
import t from 'tap'
import type { Engine } from '../../api/db/connect.ts'
import { asCommunities } from '../../api/db/tenant.ts'
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

t.test('a second run changes nothing, a changed feature changes one row', async (t) => {
  const at = writeFiles(t, {
    'bays.geojson': collection([bay('A', 13.4), bay('B', 13.5)]),
    'later.geojson': collection([bay('B', 13.5, { capacity: 9 }), bay('A', 13.4), bay('C', 13.6)]),
  })
  const options = { as: 'bays', source: 'City, CC0' }
  const first = only(await load(engine, 'twice', [at('bays.geojson')], options))
  t.match(first, { kept: 2, inserted: 2, updated: 0, unchanged: 0, is_stored: true })
  const before = await bays('twice')
  const second = only(await load(engine, 'twice', [at('bays.geojson')], options))
  t.match(second, { kept: 2, inserted: 0, updated: 0, unchanged: 2, is_stored: true })
  t.same(await bays('twice'), before, 'not even versions or times')
  const third = only(await load(engine, 'twice', [at('later.geojson')], options))
  t.match(third, { kept: 3, inserted: 1, updated: 1, unchanged: 1 })
  const after = await bays('twice')
  t.same(
    after.map((row) => [row['external_id'], row['capacity'], row['version']]),
    [
      ['A', 7, 1],
      ['B', 9, 2],
      ['C', 7, 1],
    ],
  )
  const runs = await engine.db.selectFrom('import_run').select('file_name').execute()
  t.equal(runs.length, 3, 'every run is kept with its report')
  const audited = await engine.db.selectFrom('audit').select(['action', 'after']).execute()
  t.equal(audited.filter(({ action }) => action === 'import').length, 2, 'only what changed')
})

t.test(
  'faulty features are refused by index, place and reason; the file waits for --keep-good',
  async (t) => {
    const clockwise = square(13.402, 52.5)
    clockwise.coordinates[0]!.reverse()
    const open = square(13.403, 52.5)
    open.coordinates[0]!.pop()
    const bowtie = {
      type: 'Polygon',
      coordinates: [
        [
          [13.404, 52.5],
          [13.405, 52.501],
          [13.405, 52.5],
          [13.404, 52.501],
          [13.404, 52.5],
        ],
      ],
    }
    const high = { type: 'Point', coordinates: [13.406, 52.5, 34.5] }
    const properties = { vehicle_classes: ['car'] }
    const at = writeFiles(t, {
      'bays.geojson': collection([
        feature(square(13.401, 52.5), properties, 'good'),
        feature(clockwise, properties, 'clockwise'),
        feature(open, properties, 'open'),
        feature({ type: 'Polygon', coordinates: [] }, properties, 'empty'),
        feature(bowtie, properties, 'bowtie'),
        feature(high, properties, 'high'),
        feature(null, properties, 'nowhere'),
        feature(square(13.407, 52.5), { vehicle_classes: ['tram'] }, 'tram'),
        feature(square(13.408, 52.5), { ...properties, capacity: -1 }, 'negative'),
        feature(square(13.401, 52.5), properties, 'good'),
        feature(square(13.409, 52.5), properties, 'good'),
        feature({ type: 'Point', coordinates: [13.4, 'x'] }, properties, 'text'),
      ]),
    })
    const options = { as: 'bays' }
    const file = [at('bays.geojson')]
    const refused = only(await load(engine, 'faults', file, options))
    t.equal(refused.is_stored, false)
    t.same(
      refused.refused.map(({ index, id, path }) => [index, id, path]),
      [
        [2, 'open', 'geometry/coordinates/0'],
        [3, 'empty', 'geometry/coordinates'],
        [4, 'bowtie', 'geometry/coordinates/0'],
        [6, 'nowhere', 'geometry'],
        [7, 'tram', 'properties/vehicle_classes/0'],
        [8, 'negative', 'properties/capacity'],
        [10, 'good', ''],
        [11, 'text', 'geometry/coordinates/1'],
      ],
    )
    t.match(refused.refused[0]!.message, /clos/)
    const { lon, lat } = refused.refused[2]!
    t.same(
      [lon, lat].map((degrees) => degrees!.toFixed(6)),
      ['13.404500', '52.500500'],
      'where the ring crosses itself',
    )
    t.match(refused.refused[6]!.message, 'has the key of feature 0 with other content')
    t.equal(
      await engine.db
        .selectFrom('community')
        .select('id')
        .where('slug', '=', 'faults')
        .executeTakeFirst(),
      undefined,
      'not even the community was made',
    )
    const kept = only(await load(engine, 'faults', file, { ...options, isKeepingGood: true }))
    t.match(figures(kept), { read: 12, kept: 3, inserted: 3, refused: 8 })
    t.equal(kept.repeated, 1)
    const rows = await bays('faults')
    t.equal(rows.length, 3)
    t.match(kept.notes, ['heights were dropped: 1'])
  },
)

t.test('what people changed here stays, until --overwrite', async (t) => {
  const at = writeFiles(t, {
    'bays.geojson': collection([bay('A', 13.4), bay('B', 13.5)]),
    'later.geojson': collection([
      bay('A', 13.4, { capacity: 20 }),
      bay('B', 13.5, { capacity: 20 }),
    ]),
  })
  const options = { as: 'bays', source: 'City' }
  await load(engine, 'edited', [at('bays.geojson')], options)
  const { id: community } = await engine.db
    .selectFrom('community')
    .select('id')
    .where('slug', '=', 'edited')
    .executeTakeFirstOrThrow()
  await asCommunities(engine.db, [community], (trx) =>
    trx
      .updateTable('bay')
      .set({ capacity: 3, version: 2, updated_at: sql`now()` as never })
      .where('external_id', '=', 'A')
      .where('community_id', '=', community)
      .execute(),
  )
  const capacities = async () => (await bays('edited')).map((row) => row['capacity'])
  const again = only(await load(engine, 'edited', [at('later.geojson')], options))
  t.match(again, { kept: 2, updated: 1, unchanged: 0, edited_here: 1 })
  t.same(await capacities(), [3, 20])
  const retired = only(
    await load(
      engine,
      'edited',
      [writeFiles(t, { 'none.geojson': collection([]) })('none.geojson')],
      {
        ...options,
        isRetiring: true,
      },
    ),
  )
  t.match(retired, { retired: 1 }, 'nor is it ended when it is gone from the file')
  const over = { ...options, isOverwriting: true }
  const taken = only(await load(engine, 'edited', [at('later.geojson')], over))
  t.match(taken, { updated: 2, edited_here: 0 }, 'B is live again')
  t.same(await capacities(), [20, 20])
})

t.test(
  '--retire-missing ends the rows of the same source that the file no longer has',
  async (t) => {
    const at = writeFiles(t, {
      'all.geojson': collection([bay('A', 13.4), bay('B', 13.5), bay('C', 13.6)]),
      'fewer.geojson': collection([bay('A', 13.4)]),
      'faulty.geojson': collection([bay('A', 13.4, { capacity: 'many' })]),
      'other.geojson': collection([bay('D', 13.7)]),
    })
    const options = { as: 'bays', source: 'City' }
    await load(engine, 'retire', [at('all.geojson')], options)
    await load(engine, 'retire', [at('other.geojson')], { ...options, source: 'Someone else' })
    const retiring = { ...options, isRetiring: true }
    const faulty = only(
      await load(engine, 'retire', [at('faulty.geojson')], { ...retiring, isKeepingGood: true }),
    )
    t.match(faulty, { retired: 0, notes: ['nothing was ended, because features were refused'] })
    const gone = only(await load(engine, 'retire', [at('fewer.geojson')], retiring))
    t.match(gone, { retired: 2, unchanged: 1 })
    const live = (await bays('retire')).filter((row) => row['valid_to'] === null)
    t.same(
      live.map((row) => row['external_id']),
      ['A', 'D'],
    )
    const back = only(await load(engine, 'retire', [at('all.geojson')], options))
    t.match(back, { updated: 2, unchanged: 1 })
  },
)

t.test('a coordinate system that is not known is asked for; without a place none is', async (t) => {
  const at = writeFiles(t, {
    'china.csv': 'lon,lat,vehicle_classes\n91.14,29.65,bicycle\n',
    'nowhere.geojson': collection([feature(null, { vehicle_classes: ['bicycle'] })]),
  })
  await t.rejects(load(engine, 'asked', [at('china.csv')], { as: 'bays' }), {
    name: 'FileRefusal',
    message: /^china\.csv lies in China .* give --crs/,
  })
  const report = only(await load(engine, 'asked', [at('nowhere.geojson')], { as: 'bays' }))
  t.match(report, { read: 1, kept: 0, is_stored: false, crs_used: 'CRS84' })
  t.equal(report.refused.length, 1)
})
