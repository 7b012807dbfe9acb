import { randomUUID } from 'node:crypto'
import t from 'tap'
import { asCommunities } from '../../api/db/tenant.ts'
import { storeObservations } from '../../api/features/observations/ingest.ts'
import { readPlaces } from '../../api/features/observations/place-source.ts'
import { testDatabase } from '../fixtures/database.ts'

const engine = await testDatabase(t, 'sample')
const { id: communityId } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const places = await readPlaces(engine, communityId)
const NOW = Date.parse('2026-11-20T12:00:00+08:00')
const store = (items: unknown[]) =>
  storeObservations(engine, items, { communityId, places, now: NOW, bbox: null })
const rowsOf = (ids: string[]) =>
  asCommunities(engine.db, [communityId], (trx) =>
    trx.selectFrom('observation').selectAll().where('id', 'in', ids).orderBy('id').execute(),
  )
const idOf = (table: 'bay' | 'lot' | 'street_segment', externalId: string) =>
  asCommunities(engine.db, [communityId], (trx) =>
    trx
      .selectFrom(table as 'bay')
      .select('id')
      .where('external_id', '=', externalId)
      .executeTakeFirstOrThrow(),
  ).then((row) => row.id)

const count = (more: object = {}) => ({
  id: randomUUID(),
  kind: 'count',
  observed_at: '2026-11-20T11:00:00+08:00',
  method: 'visual',
  place: { collection: 'bays', external_id: 'BAY-03' },
  counted: 5,
  ...more,
})

t.test('a count, a street side and a sensor are stored with their places', async (t) => {
  const bay = count()
  const side = count({
    place: { collection: 'street_segments', external_id: 'SEG-C1', side: 'left' },
    counted: 9,
    illegal_count: 3,
  })
  const { counted: _, ...rest } = count({ kind: 'sensor', occupied: true, method: 'sensor' })
  const report = await store([bay, side, rest])
  t.match(report, { received: 3, stored: 3, duplicates: 0, refused: [], outside_bay: 0 })
  const rows = new Map((await rowsOf([bay.id, side.id, rest.id])).map((row) => [row.id, row]))
  t.match(rows.get(bay.id), {
    place_kind: 'bay',
    place_id: await idOf('bay', 'BAY-03'),
    counted: 5,
    observed_at: new Date('2026-11-20T03:00:00Z'),
  })
  t.match(rows.get(side.id), { place_kind: 'street_side', counted: 9, illegal_count: 3 })
  t.match(rows.get(rest.id), { kind: 'sensor', counted: 1 })
})

t.test('sent twice is stored once; the same id with 6 instead of 5 is refused', async (t) => {
  const item = count()
  t.match(await store([item]), { stored: 1, duplicates: 0 })
  t.match(await store([item, item]), { stored: 0, duplicates: 2, refused: [] })
  t.match(await store([{ ...item, counted: 6 }]), {
    stored: 0,
    duplicates: 0,
    refused: [{ index: 0, path: 'id', message: 'is already known with other content' }],
  })
  t.match(await store([{ ...item, observed_at: '2026-10-01T11:00:00+08:00' }]), {
    stored: 0,
    refused: [{ path: 'id' }],
  })
  t.match(
    await store([{ ...item, observed_at: '2026-11-20T03:00:00Z' }]),
    { duplicates: 1 },
    'the same instant in another zone is the same content',
  )
  t.equal((await rowsOf([item.id])).length, 1)
})

t.test('20 replays of 50 items at once store 50, none twice', async (t) => {
  const items = Array.from({ length: 50 }, () => count({ confidence: 0.3 }))
  const reports = await Promise.all(Array.from({ length: 20 }, () => store(items)))
  t.equal(
    reports.reduce((sum, report) => sum + report.stored, 0),
    50,
  )
  t.equal(
    reports.reduce((sum, report) => sum + report.duplicates, 0),
    950,
  )
  t.equal((await rowsOf(items.map((item) => item.id))).length, 50)
})

t.test('bad items are refused by index with their member, the good ones kept', async (t) => {
  const report = await store([
    count(),
    count({ observed_at: '2026-11-20T11:00:00' }),
    count({ observed_at: '2026-11-20T12:06:00+08:00' }),
    count({ counted: -1 }),
    count({ counted: '5' }),
    count({ place: { collection: 'bays', external_id: 'BAY-99' } }),
    count({ place: { collection: 'street_segments', external_id: 'SEG-C1' } }),
    count({ colour: 'red' }),
    count({ survey_id: randomUUID() }),
    count({ id: '7' }),
    'five',
    count({ kind: 'guess' }),
    count({ observed_at: '2026-02-30T11:00:00+08:00' }),
    { ...count({ kind: 'detection' }) },
    count({ observed_at: '2026-11-20T12:05:00+08:00' }),
  ])
  t.equal(report.stored, 2)
  t.same(
    report.refused.map(({ index, path }) => [index, path]),
    [
      [1, 'observed_at'],
      [2, 'observed_at'],
      [3, 'counted'],
      [4, 'counted'],
      [5, 'place'],
      [6, 'place/side'],
      [7, 'colour'],
      [8, 'survey_id'],
      [9, 'id'],
      [10, ''],
      [11, 'kind'],
      [12, 'observed_at'],
      [13, 'place'],
    ],
  )
  t.equal(report.refused[4]?.message, 'there is no "BAY-99" in bays')
})

t.test('detections: in BAY-03, on the street beside it, and 5 km off', async (t) => {
  const bay = await asCommunities(engine.db, [communityId], (trx) =>
    trx
      .selectFrom('bay')
      .select(({ fn }) => [
        fn<number>('ST_X', [fn('ST_Centroid', ['geom'])]).as('lon'),
        fn<number>('ST_Y', [fn('ST_Centroid', ['geom'])]).as('lat'),
      ])
      .where('external_id', '=', 'BAY-03')
      .executeTakeFirstOrThrow(),
  )
  const see = (more: object) => ({
    id: randomUUID(),
    kind: 'detection',
    observed_at: '2026-11-20T11:00:00+08:00',
    method: 'camera',
    vehicle_class: 'e_bike',
    ...more,
  })
  const inside = see({ lon: bay.lon, lat: bay.lat })
  // 40 cm by 40 cm around the same middle.
  const [w, s, e, n] = [bay.lon - 2e-6, bay.lat - 2e-6, bay.lon + 2e-6, bay.lat + 2e-6]
  const footprint = see({
    footprint: {
      type: 'Polygon',
      coordinates: [
        [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ],
      ],
    },
  })
  const away = see({ lon: bay.lon + 0.05, lat: bay.lat })
  const report = await store([inside, footprint, away])
  t.match(report, { stored: 3, assigned_in_bay: 2, outside_bay: 1, unassigned: 1, refused: [] })
  const rows = await rowsOf([inside.id, footprint.id])
  const id = await idOf('bay', 'BAY-03')
  t.same(
    rows.map((row) => [row.place_kind, row.place_id, row.outside_bay, row.counted]),
    [
      ['bay', id, false, 1],
      ['bay', id, false, 1],
    ],
  )
  const far = await storeObservations(engine, [see({ lon: 13.4, lat: 52.5 })], {
    communityId,
    places,
    now: NOW,
    bbox: [91.1, 29.6, 91.2, 29.7],
  })
  t.match(far.refused, [{ index: 0, path: 'lon', message: 'lies outside the community' }])
})

t.test('readings of March and of 1999 lie in a month of their own and in the rest', async (t) => {
  const march = count({ observed_at: '2026-03-31T23:00:00Z' })
  const old = count({ observed_at: '1999-06-01T00:00:00Z' })
  t.match(await store([march, old]), { stored: 2 })
  const { rows } = await engine.pool.query<{ id: string; partition: string }>(
    'select id, tableoid::regclass::text as partition from observation where id = any($1)',
    [[march.id, old.id]],
  )
  const partition = (id: string) => rows.find((row) => row.id === id)?.partition
  t.equal(partition(march.id), 'observation_2026_03')
  t.equal(partition(old.id), 'observation_rest')
})
