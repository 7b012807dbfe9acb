import pg from 'pg'
import { COMMUNITY_ID, type City, randomSource } from './city.ts'
import { SLUG } from './city-database.ts'
import { atLeast, compared, type Figure, figure, median } from './figures.ts'
import { expectStatuses, LoadClient, type Request } from './load.ts'
import type { Bench } from './bench.ts'
import { startBare, startService } from './service.ts'

const FEATURES = 100
const VIEWPORTS = 500
const CONNECTIONS = 8
const SECONDS = 2
const ROUNDS = 5

/** A viewport of a hundred bays as GeoJSON, against the quickest way to get the same text out of PostGIS. */
export async function features(bench: Bench): Promise<Figure[]> {
  const database = await bench.database()
  const boxes = viewports(bench.city())
  const service = await startService(database)
  const pool = new pg.Pool({ connectionString: database.url, max: CONNECTIONS })
  const peer = database.url
    ? await startBare((app) => {
        app.get('/items', async (request, reply) => {
          const { bbox } = request.query as { bbox: string }
          const { rows } = await pool.query<{ body: string }>({
            name: 'viewport',
            text: VIEWPORT,
            values: [COMMUNITY_ID, ...bbox.split(',').map(Number)],
          })
          return reply.type('application/geo+json').send(rows[0]!.body)
        })
      })
    : null
  const client = new LoadClient()
  try {
    const path = (bbox: string) =>
      `/api/collections/bays/items?community=${SLUG}&bbox=${bbox}&limit=${FEATURES}`
    const ours = boxes.map((bbox): Request => ({ path: path(bbox) }))
    const theirs = boxes.map((bbox): Request => ({ path: `/items?bbox=${bbox}` }))
    // The first answer loads the street model, as the first map does.
    await fetch(`http://127.0.0.1:${service.port}/api/tiles/bays/16/0/0.mvt?community=${SLUG}`)
    const different = peer
      ? await differences(service.port, peer.port, boxes.slice(0, 50), path)
      : null
    if (different !== null)
      bench.note(
        `${different} bays in 50 viewports only on one side: PostGIS compares boxes in single precision`,
      )
    const rates = { ours: [] as number[], theirs: [] as number[] }
    const p99: number[] = []
    const load = async (port: number, requests: readonly Request[]) =>
      expectStatuses(
        await client.run({ port, requests, connections: CONNECTIONS, seconds: SECONDS }),
        200,
      )
    for (let round = -1; round < ROUNDS; round++) {
      const own = await load(service.port, ours)
      const other = peer && (await load(peer.port, theirs))
      if (round < 0) continue
      rates.ours.push(own.requests_per_s)
      p99.push(own.p99_ms)
      if (other) rates.theirs.push(other.requests_per_s)
    }
    return [
      compared(
        `${FEATURES} bays as GeoJSON: PostGIS text by a prepared statement`,
        median(rates.ours),
        'requests/s',
        'more',
        peer && median(rates.theirs),
        atLeast(2),
      ),
      figure(`${FEATURES} bays as GeoJSON: p99`, median(p99), 'ms'),
    ]
  } finally {
    client.close()
    await peer?.close()
    await pool.end()
    await service.close()
  }
}

/** Boxes around bays with a little more than a hundred bays in them: about 330 m wide. */
function viewports(city: City): string[] {
  const random = randomSource(5)
  return Array.from({ length: VIEWPORTS }, () => {
    const [lon, lat] = city.bays[Math.floor(random() * city.bays.length)]![0]!
    const [east, north] = [0.0019, 0.0017]
    return [lon - east, lat - north, lon + east, lat + north].map((n) => n.toFixed(6)).join(',')
  })
}

/** The members our answer has, as text put together in the database: one row, one string, nothing parsed on the way. */
const VIEWPORT = `
  select '{"type":"FeatureCollection","features":[' || coalesce(string_agg(feature, ','), '') || ']}' as body from (
    select '{"type":"Feature","id":"' || i.id || '","geometry":' || ST_AsGeoJSON(i.geom, 7) || ',"properties":' || to_json(p)::text || '}' as feature
    from bay i cross join lateral (
      select i.community_id, i.external_id, i.source, i.version, i.valid_from, i.valid_to, i.updated_at, i.name_zh, i.name_en,
        i.vehicle_classes, i.layout, i.rows, i.unit_length_m, i.unit_width_m, i.capacity, i.charging, i.covered, i.status,
        i.segment_id, i.side, i.windows, i.restrictions
    ) as p
    where i.community_id = $1 and i.valid_to is null and i.geom && ST_MakeEnvelope($2, $3, $4, $5, 4326)
    order by i.id limit ${FEATURES}
  ) as page`

/** Ids that only one side has. At a box's very edge PostGIS compares in single precision, so a few may differ. */
async function differences(
  ourPort: number,
  peerPort: number,
  boxes: readonly string[],
  path: (bbox: string) => string,
): Promise<number> {
  let different = 0
  for (const bbox of boxes) {
    const read = async (url: string) => {
      const reply = (await (await fetch(url)).json()) as { features: { id: string }[] }
      return new Set(reply.features.map((feature) => feature.id))
    }
    const ours = await read(`http://127.0.0.1:${ourPort}${path(bbox)}`)
    const theirs = await read(`http://127.0.0.1:${peerPort}/items?bbox=${bbox}`)
    for (const id of ours) if (!theirs.has(id)) different++
    for (const id of theirs) if (!ours.has(id)) different++
  }
  return different
}
