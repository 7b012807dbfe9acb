import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { AGGREGATED_BELOW_ZOOM } from '../../api/model/mvt/tile-attributes.ts'
import { latOf, lonOf, mercatorX, mercatorY } from '../../api/model/mercator.ts'
import { type City, COMMUNITY_ID, idOf } from './city.ts'
import { type CityDatabase, SLUG } from './city-database.ts'
import { atLeast, atMost, compared, type Figure, figure, median } from './figures.ts'
import { expectStatuses, LoadClient, type Request } from './load.ts'
import type { Bench } from './bench.ts'
import type { Cluster } from './postgres.ts'
import { type Service, startBare, startService } from './service.ts'

/** What the plan asks for at each zoom: times the requests a second of the plain query. */
const GOALS = [
  [12, 8],
  [13, 8],
  [14, 8],
  [15, 8],
  [16, 5],
  [17, 3],
] as const
const CONNECTIONS = 4
const SECONDS = 1.5
const ROUNDS = 3
const WRITES = 40

/** Vector tiles over HTTP, encoded anew for each request and from memory, against the plain query of tile servers. */
export async function tiles(bench: Bench): Promise<Figure[]> {
  const database = await bench.database()
  const cluster = await bench.cluster()
  const city = bench.city()
  const client = new LoadClient()
  const figures: Figure[] = []
  const uncached = await startService(database, { tileCacheBytes: 0 })
  try {
    for (const [z, goal] of GOALS) {
      const box = tileRange(city, z)
      const requests = tilesOf(box).map(([x, y]) => tileRequest(z, x, y))
      const ours: number[] = []
      const theirs: number[] = []
      const slow: number[] = []
      let bytes = 0
      for (let round = -1; round < ROUNDS; round++) {
        const result = await client.run({
          port: uncached.port,
          requests,
          connections: CONNECTIONS,
          seconds: SECONDS,
        })
        // The first round warms up; at the city's edge a tile may be empty.
        if (round < 0) continue
        ours.push(expectStatuses(result, 200, 204).requests_per_s)
        slow.push(result.p99_ms)
        bytes = result.body_bytes
        if (cluster) theirs.push(await pgbench(cluster, database, z, box))
      }
      figures.push(
        compared(
          `z${z}, not cached: pgbench with ST_AsMVT`,
          median(ours),
          'tiles/s',
          'more',
          cluster && median(theirs),
          atLeast(goal),
        ),
        figure(`z${z}, not cached: p99`, median(slow), 'ms'),
        z < AGGREGATED_BELOW_ZOOM
          ? figure(
              `z${z}: largest tile`,
              (await largestTile(uncached, requests)) / 1000,
              'kB',
              atMost(50),
            )
          : figure(`z${z}: mean tile`, bytes / 1000, 'kB'),
      )
    }
  } finally {
    await uncached.close()
  }
  figures.push(...(await cachedFigures(bench, database, client)))
  client.close()
  return figures
}

const tileRequest = (z: number, x: number, y: number): Request => ({
  path: `/api/tiles/bays/${z}/${x}/${y}.mvt?community=${SLUG}`,
})

interface TileRange {
  west: number
  north: number
  east: number
  south: number
}

/** The tiles that the streets of the city lie in. */
function tileRange(city: City, z: number): TileRange {
  const points = city.streets.flat()
  const xs = points.map(([lon]) => Math.floor(mercatorX(lon) * 2 ** z))
  const ys = points.map(([, lat]) => Math.floor(mercatorY(lat) * 2 ** z))
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b))
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b))
  return { west: least(xs), east: most(xs), north: least(ys), south: most(ys) }
}

function tilesOf({ west, east, north, south }: TileRange): [x: number, y: number][] {
  const found: [number, number][] = []
  for (let x = west; x <= east; x++) for (let y = north; y <= south; y++) found.push([x, y])
  return found
}

/** Tiles a second by the query that tile servers send, with the attributes our tiles carry. */
async function pgbench(
  cluster: Cluster,
  database: CityDatabase,
  z: number,
  box: TileRange,
): Promise<number> {
  const script = path.join(database.dataDir, 'tile.sql')
  writeFileSync(
    script,
    `\\set x random(${box.west}, ${box.east})
\\set y random(${box.north}, ${box.south})
select ST_AsMVT(t, 'bays') from (
  select ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(${z}, :x, :y), 4096, 64) as geom,
    id::text, name_zh, name_en, array_to_string(vehicle_classes, ',') as vehicle_classes, capacity, status, layout
  from bay
  where community_id = '${COMMUNITY_ID}' and valid_to is null
    and geom && ST_Transform(ST_TileEnvelope(${z}, :x, :y, margin => 0.015625), 4326)
) as t;
`,
  )
  const { stdout } = await promisify(execFile)(path.join(cluster.bin, 'pgbench'), [
    '--no-vacuum',
    '--protocol=prepared',
    `--client=${CONNECTIONS}`,
    '--jobs=1',
    `--time=${Math.ceil(SECONDS)}`,
    `--file=${script}`,
    cluster.url,
  ])
  const rate = /tps = ([\d.]+)/.exec(stdout)
  if (!rate) throw new Error(`pgbench: ${stdout}`)
  return Number(rate[1])
}

async function largestTile(service: Service, requests: readonly Request[]): Promise<number> {
  let most = 0
  for (const { path } of requests) {
    const reply = await fetch(`http://127.0.0.1:${service.port}${path}`)
    most = Math.max(most, (await reply.arrayBuffer()).byteLength)
  }
  return most
}

/** Tiles from memory and 304 against a Fastify that answers the same bytes with nothing else to do; and staleness. */
async function cachedFigures(
  bench: Bench,
  database: CityDatabase,
  client: LoadClient,
): Promise<Figure[]> {
  const service = await startService(database)
  const box = tileRange(bench.city(), 16)
  const requests = tilesOf(box)
    .slice(0, 200)
    .map(([x, y]) => tileRequest(16, x, y))
  const first = await fetch(`http://127.0.0.1:${service.port}${requests[100]!.path}`)
  const etag = first.headers.get('etag')!
  const bytes = Buffer.from(await first.arrayBuffer())
  const same = requests.slice(100, 101)
  const known = same.map((request) => ({ ...request, headers: { 'if-none-match': etag } }))
  const bare = await startBare((app) => {
    app.get('/tile', (_request, reply) => {
      void reply.type('application/vnd.mapbox-vector-tile').send(bytes)
    })
    app.get('/304', (_request, reply) => {
      void reply.code(304).send()
    })
  })
  try {
    const rates = {
      cached: [] as number[],
      known: [] as number[],
      tile: [] as number[],
      empty: [] as number[],
    }
    const load = async (port: number, requests: readonly Request[], status: number) =>
      expectStatuses(await client.run({ port, requests, connections: 8, seconds: SECONDS }), status)
        .requests_per_s
    for (let round = -1; round < ROUNDS; round++) {
      const cached = await load(service.port, same, 200)
      const tile = await load(bare.port, [{ path: '/tile' }], 200)
      const unchanged = await load(service.port, known, 304)
      const empty = await load(bare.port, [{ path: '/304' }], 304)
      if (round < 0) continue
      rates.cached.push(cached)
      rates.tile.push(tile)
      rates.known.push(unchanged)
      rates.empty.push(empty)
    }
    return [
      compared(
        'cached tile: bare Fastify with the same bytes',
        median(rates.cached),
        'tiles/s',
        'more',
        median(rates.tile),
        atLeast(0.9),
      ),
      compared(
        '304: bare Fastify',
        median(rates.known),
        'requests/s',
        'more',
        median(rates.empty),
        atLeast(0.9),
      ),
      figure(
        `stale tiles in ${WRITES} reads right after a write`,
        await staleTiles(service, bench.city()),
        'tiles',
        atMost(0),
      ),
    ]
  } finally {
    await bare.close()
    await service.close()
  }
}

/** Renames a bay by its address, then reads its tile at once: how often the new name is not in it. */
async function staleTiles(service: Service, city: City): Promise<number> {
  const base = `http://127.0.0.1:${service.port}`
  const authorization = `Basic ${Buffer.from('planner:planner-demo').toString('base64')}`
  let stale = 0
  for (let n = 0; n < WRITES; n++) {
    const number = n * 997
    const [lon, lat] = city.bays[number]![0]!
    const [x, y] = [Math.floor(mercatorX(lon) * 2 ** 16), Math.floor(mercatorY(lat) * 2 ** 16)]
    const tile = `${base}${tileRequest(16, x, y).path}`
    await fetch(tile)
    const name = `第${n}次改名 ${lonOf(x / 2 ** 16).toFixed(3)} ${latOf(y / 2 ** 16).toFixed(3)}`
    const reply = await fetch(
      `${base}/api/collections/bays/items/${idOf(1, number)}?community=${SLUG}`,
      {
        method: 'PATCH',
        headers: { authorization, 'content-type': 'application/merge-patch+json', 'if-match': '*' },
        body: JSON.stringify({ properties: { name_zh: name } }),
      },
    )
    if (reply.status !== 200) throw new Error(`${reply.status} ${await reply.text()}`)
    const after = Buffer.from(await (await fetch(tile)).arrayBuffer())
    if (!after.includes(Buffer.from(name))) stale++
  }
  return stale
}
