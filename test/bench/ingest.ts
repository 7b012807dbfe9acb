import pg from 'pg'
import { asCommunityInBulk } from '../../api/db/bulk.ts'
import { newIds } from '../../api/features/observations/new-ids.ts'
import { OBSERVATION_COLUMNS } from '../../api/features/observations/store.ts'
import { type City, COMMUNITY_ID, makePoints } from './city.ts'
import { SLUG } from './city-database.ts'
import { atLeast, compared, type Figure, figure, median, timed } from './figures.ts'
import { expectStatuses, LoadClient, type Request } from './load.ts'
import type { Bench } from './bench.ts'
import { startBare, startService } from './service.ts'

const SIZES = [
  [1_000, 5],
  [10_000, null],
] as const
/** Senders at a time; the peer has as many sessions, so both cores are busy on either side. */
const CONNECTIONS = 8
const SECONDS = 3
const ROUNDS = 3
const BULK_ROWS = 100_000

/** Observations taken in over HTTP, placed and committed, against one set-based statement a request; and bulk loading. */
export async function ingest(bench: Bench): Promise<Figure[]> {
  const database = await bench.database()
  const service = await startService(database)
  const pool = new pg.Pool({ connectionString: database.url, max: CONNECTIONS })
  if (database.url) await makePeerTable(pool)
  const peer = database.url
    ? await startBare((app) => {
        app.post('/observations', { bodyLimit: 16 << 20 }, async (request) => {
          await pool.query({
            name: 'store',
            text: SET_BASED,
            values: [JSON.stringify(request.body), COMMUNITY_ID],
          })
          return { stored: (request.body as unknown[]).length }
        })
      })
    : null
  const client = new LoadClient()
  const figures: Figure[] = []
  try {
    for (const [size, goal] of SIZES) {
      const bodies = requestBodies(bench.city(), size)
      const ours = bodies.map((body): Request => ({
        method: 'POST',
        path: `/api/observations?community=${SLUG}`,
        headers: { 'content-type': 'application/json', authorization: AUTHORIZATION },
        body,
      }))
      const theirs = ours.map((request) => ({ ...request, path: '/observations' }))
      const rates = { ours: [] as number[], theirs: [] as number[] }
      // The first round only warms both: the city's model is loaded, the statement planned.
      for (let round = -1; round < ROUNDS; round++) {
        const own = await measure(client, service.port, ours)
        const other = peer && (await measure(client, peer.port, theirs))
        if (round < 0) continue
        rates.ours.push(own * size)
        if (other !== null) rates.theirs.push(other * size)
      }
      figures.push(
        compared(
          `${size} detections a request, placed and durable: set-based SQL`,
          median(rates.ours),
          'observations/s',
          'more',
          peer && median(rates.theirs),
          goal === null ? undefined : atLeast(goal),
        ),
      )
    }
    figures.push(...(await bulkFigures(bench)))
    return figures
  } finally {
    client.close()
    await peer?.close()
    await pool.end()
    await service.close()
  }
}

const AUTHORIZATION = `Basic ${Buffer.from('inspector:inspector-demo').toString('base64')}`

const measure = async (client: LoadClient, port: number, requests: readonly Request[]) =>
  expectStatuses(
    await client.run({ port, requests, connections: CONNECTIONS, seconds: SECONDS }),
    200,
  ).requests_per_s

/** Bodies without ids: each time one is sent, its detections are new. */
function requestBodies(city: City, size: number): string[] {
  const count = 20
  const { lons, lats } = makePoints(city, size * count)
  const observed_at = new Date(Date.now() - 3_600_000).toISOString()
  return Array.from({ length: count }, (_, b) =>
    JSON.stringify(
      Array.from({ length: size }, (_, k) => ({
        kind: 'detection',
        observed_at,
        method: 'camera',
        vehicle_class: 'car',
        lon: lons[b * size + k],
        lat: lats[b * size + k],
      })),
    ),
  )
}

async function makePeerTable(pool: pg.Pool): Promise<void> {
  await pool.query(`
    drop schema if exists peer cascade;
    create schema peer;
    create table peer.observation (like observation including defaults including constraints);
    alter table peer.observation add primary key (community_id, id, observed_at);
    create index on peer.observation (community_id, place_id, observed_at desc);
    create index on peer.observation using brin (observed_at)`)
}

/** Parses, places (bay, else nearest street within 30 m) and stores a request's detections in one statement. */
const SET_BASED = `
  insert into peer.observation (community_id, id, observed_at, kind, method, place_kind, place_id, outside_bay, counted, vehicle_class, lon, lat)
  select $2::uuid, gen_random_uuid(), o.observed_at, o.kind, o.method,
    case when b.id is not null then 'bay' when s.id is not null then 'street_side' end,
    coalesce(b.id, s.id), b.id is null, 1, o.vehicle_class, o.lon, o.lat
  from json_to_recordset($1::json) as o(kind text, observed_at timestamptz, method text, vehicle_class text, lon float8, lat float8)
  left join lateral (
    select bay.id from bay
    where bay.community_id = $2::uuid and valid_to is null and ST_Covers(geom, ST_SetSRID(ST_MakePoint(o.lon, o.lat), 4326))
    order by bay.id limit 1
  ) as b on true
  left join lateral (
    select street.id from street_segment as street
    where b.id is null and street.community_id = $2::uuid and valid_to is null
      and ST_DWithin(geom, ST_SetSRID(ST_MakePoint(o.lon, o.lat), 4326), 0.0003)
    order by geom <-> ST_SetSRID(ST_MakePoint(o.lon, o.lat), 4326) limit 1
  ) as s on true`

/** Rows of an import: the service's COPY against one insert from arrays, with the indexes of observations and without. */
async function bulkFigures(bench: Bench): Promise<Figure[]> {
  const { engine, url } = await bench.database()
  await engine.pool.query(
    `create table bench_rows (like observation including defaults including constraints)`,
  )
  const figures: Figure[] = []
  for (const [table, said] of [
    ['observation', 'indexes kept'],
    ['bench_rows', 'no indexes'],
  ] as const) {
    const copied: number[] = []
    const unnested: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const mine = bulkRows()
      copied.push(
        await timed(() =>
          asCommunityInBulk(engine, COMMUNITY_ID, (bulk) =>
            bulk.insert(table as 'observation', OBSERVATION_COLUMNS, mine),
          ),
        ),
      )
      if (url) unnested.push(await insertFromArrays(engine.pool, table, bulkRows()))
    }
    const rate = (times: number[]) => BULK_ROWS / (median(times) / 1000)
    figures.push(
      url
        ? compared(
            `bulk rows by COPY, ${said}: unnest of arrays`,
            rate(copied),
            'rows/s',
            'more',
            rate(unnested),
            atLeast(5),
          )
        : figure(`bulk rows by unnest (embedded engine), ${said}`, rate(copied), 'rows/s'),
    )
  }
  await engine.pool.query('drop table bench_rows')
  return figures
}

function bulkRows() {
  const observed_at = new Date(Date.now() - 7_200_000).toISOString()
  // Ids as the service makes them, for both: random ones would measure the index.
  return newIds(BULK_ROWS, Date.now()).map((id) => [
    id,
    observed_at,
    'count',
    'visual',
    null,
    null,
    false,
    1,
    null,
    'car',
    null,
    null,
    null,
    null,
  ])
}

/** Milliseconds of one insert in its own transaction. */
function insertFromArrays(
  pool: pg.Pool,
  table: string,
  rows: readonly (readonly unknown[])[],
): Promise<number> {
  const names = Object.keys(OBSERVATION_COLUMNS)
  const types = Object.values(OBSERVATION_COLUMNS)
  const insert = `insert into ${table} (community_id, ${names.join(', ')})
    select $1::uuid, * from unnest(${types.map((type, i) => `$${i + 2}::${type}[]`).join(', ')})`
  return timed(() =>
    pool.query(insert, [COMMUNITY_ID, ...names.map((_, column) => rows.map((row) => row[column]))]),
  )
}
