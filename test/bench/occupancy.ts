import { booleanPointInPolygon, point, polygon } from '@turf/turf'
import { lineFinder } from '../../api/domain/geometry/nearest-line.ts'
import { toMetres } from '../../api/domain/geometry/metric-frame.ts'
import { areaAssigner } from '../../api/domain/geometry/points-into-areas.ts'
import { type City, type Line, makePoints } from './city.ts'
import { atLeast, compared, type Figure, figure, median, timed } from './figures.ts'
import type { Bench } from './bench.ts'
import { connectPeer, copyInto } from './peer-tables.ts'

const POINTS = 1_000_000
const STREET_DISTANCE_M = 30
/** Enough for a steady figure: PostGIS takes some ten microseconds for each. */
const NEAREST_SAMPLE = 30_000
const ROUNDS = 9
const PEER_ROUNDS = 2

/** A million seen vehicles into a hundred thousand bays, the others to their street. */
export async function occupancy(bench: Bench): Promise<Figure[]> {
  const city = bench.city()
  const { frame } = city
  const { lons, lats } = makePoints(city, POINTS)
  const flat = (line: Line) => Float64Array.from(line.flatMap((p) => toMetres(frame, p[0], p[1])))
  const areas = city.bays.map((ring) => ({ rings: [flat(ring)] }))
  const lines = city.streets.map((line) => ({ parts: [flat(line)] }))

  const builds: number[] = []
  const assigns: number[] = []
  const nearests: number[] = []
  let found = new Int32Array()
  let counts = new Int32Array()
  let near = { line: new Int32Array(), distance_m: new Float64Array() }
  let outside = { xs: new Float64Array(), ys: new Float64Array(), points: new Int32Array() }
  const finder = lineFinder(lines, STREET_DISTANCE_M)
  for (let round = 0; round < ROUNDS; round++) {
    let assigner = areaAssigner([])
    builds.push(await timed(() => (assigner = areaAssigner(areas))))
    assigns.push(
      await timed(() => {
        // From degrees to counts, as the service does it: projecting is part of the work.
        const xs = new Float64Array(POINTS)
        const ys = new Float64Array(POINTS)
        for (let p = 0; p < POINTS; p++) {
          xs[p] = (lons[p]! - frame.lon0) * frame.metres_per_lon
          ys[p] = (lats[p]! - frame.lat0) * frame.metres_per_lat
        }
        found = assigner.assign(xs, ys) as typeof found
        counts = new Int32Array(areas.length)
        for (let p = 0; p < POINTS; p++) if (found[p]! >= 0) counts[found[p]!]!++
      }),
    )
    outside = outsidePoints(city, found, lons, lats)
    nearests.push(
      await timed(() => (near = finder.nearestOfMany(outside.xs, outside.ys) as typeof near)),
    )
  }
  const ours = median(assigns)
  const oursNearest = (median(nearests) / outside.xs.length) * 1000
  const inside = counts.reduce((sum, n) => sum + n, 0)
  bench.note(`${inside.toLocaleString('en')} of ${POINTS.toLocaleString('en')} points lie in a bay`)

  const peer = await measurePeer(bench, { lons, lats, counts, near, outside })
  const naive = turfLoop(city, lons, lats)
  return [
    compared(
      '1,000,000 points into bays: PostGIS as planned',
      ours,
      'ms',
      'less',
      peer?.planned_ms ?? null,
      atLeast(100),
    ),
    compared(
      '1,000,000 points into bays: PostGIS best plan',
      ours,
      'ms',
      'less',
      peer?.best_ms ?? null,
      atLeast(10),
    ),
    compared(
      '1,000,000 points into bays: loop with Turf (extrapolated)',
      ours,
      'ms',
      'less',
      naive,
    ),
    figure('preparing the 100,000 bays', median(builds), 'ms'),
    compared(
      'nearest street side of a point: PostGIS kNN',
      oursNearest,
      'µs',
      'less',
      peer?.nearest_us ?? null,
      atLeast(100),
    ),
    ...(peer
      ? [
          figure('bays counted otherwise than by PostGIS', peer.different_bays, 'bays', {
            at: 'most',
            limit: 0,
          }),
          figure('nearest streets other than those of PostGIS', peer.different_streets, 'points', {
            at: 'most',
            limit: 0,
          }),
        ]
      : []),
  ]
}

function outsidePoints(city: City, found: Int32Array, lons: Float64Array, lats: Float64Array) {
  const points = Int32Array.from(found.keys()).filter((p) => found[p]! < 0)
  const { frame } = city
  return {
    points,
    xs: Float64Array.from(points, (p) => (lons[p]! - frame.lon0) * frame.metres_per_lon),
    ys: Float64Array.from(points, (p) => (lats[p]! - frame.lat0) * frame.metres_per_lat),
  }
}

/** What trying every bay for every point would take, from 20 points, in milliseconds. */
function turfLoop(city: City, lons: Float64Array, lats: Float64Array): number {
  const polygons = city.bays.map((ring) => polygon([ring.map((p) => [...p])]))
  const sample = 20
  const began = performance.now()
  for (let p = 0; p < sample; p++) {
    const at = point([lons[p]!, lats[p]!])
    polygons.findIndex((bay) => booleanPointInPolygon(at, bay))
  }
  return ((performance.now() - began) / sample) * POINTS
}

async function measurePeer(
  bench: Bench,
  ours: {
    lons: Float64Array
    lats: Float64Array
    counts: Int32Array
    near: { line: Int32Array; distance_m: Float64Array }
    outside: { xs: Float64Array; ys: Float64Array; points: Int32Array }
  },
) {
  const cluster = await bench.cluster()
  if (!cluster) return null
  const client = await connectPeer(cluster)
  try {
    const city = bench.city()
    await client.query(`
      create unlogged table peer.bay (n int primary key, geom geometry(Polygon, 4326));
      create unlogged table peer.point (n int primary key, geom geometry(Point, 4326));
      create unlogged table peer.street (n int primary key, geom geometry(LineString));
      create unlogged table peer.outside (n int primary key, geom geometry(Point))`)
    const text = (line: Line) => line.map(([x, y]) => `${x} ${y}`).join(',')
    await copyInto(
      client,
      'peer.bay',
      city.bays.length,
      (i) => `${i}\tSRID=4326;POLYGON((${text(city.bays[i]!)}))\n`,
    )
    await copyInto(
      client,
      'peer.point',
      POINTS,
      (p) => `${p}\tSRID=4326;POINT(${ours.lons[p]} ${ours.lats[p]})\n`,
    )
    // Nearest in metres: kNN on degrees would measure another distance. The same local frame, then.
    await copyInto(client, 'peer.street', city.streets.length, (i) => {
      const metres = city.streets[i]!.map((p) => toMetres(city.frame, p[0], p[1]))
      return `${i}\tLINESTRING(${text(metres)})\n`
    })
    const { xs, ys } = ours.outside
    const sample = Math.min(NEAREST_SAMPLE, xs.length)
    await copyInto(client, 'peer.outside', sample, (i) => `${i}\tPOINT(${xs[i]} ${ys[i]})\n`)
    await client.query(`
      create index on peer.bay using gist (geom); create index on peer.point using gist (geom); create index on peer.street using gist (geom);
      analyze peer.bay; analyze peer.point; analyze peer.street; analyze peer.outside`)

    const planned: number[] = []
    const best: number[] = []
    const nearest: number[] = []
    let counted: { bay: number; seen: number }[] = []
    let nearby: { n: number; street: number; metres: number }[] = []
    for (let round = 0; round < PEER_ROUNDS; round++) {
      planned.push(await timed(() => client.query(AS_PLANNED)))
      best.push(await timed(async () => (counted = (await client.query(BEST_PLAN)).rows)))
      nearest.push(await timed(async () => (nearby = (await client.query(NEAREST)).rows)))
    }
    return {
      planned_ms: median(planned),
      best_ms: median(best),
      nearest_us: (median(nearest) / sample) * 1000,
      different_bays: differentBays(counted, ours.counts),
      different_streets: differentStreets(nearby, ours.near),
    }
  } finally {
    await client.query('drop schema peer cascade')
    await client.end()
  }
}

const AS_PLANNED = `
  select bay, count(*)::int as seen from (
    select p.n, min(b.n) as bay from peer.point p join peer.bay b on ST_Covers(b.geom, p.geom) group by p.n
  ) as held group by bay`
/** The order of the join given, the bays outside: for each bay the index of the points is asked. */
const BEST_PLAN = `
  select bay, count(*)::int as seen from (
    select held.n, min(b.n) as bay from peer.bay b cross join lateral (
      select p.n from peer.point p where ST_Covers(b.geom, p.geom) offset 0
    ) as held group by held.n
  ) as lowest group by bay`
const NEAREST = `
  select o.n, s.n as street, s.metres from peer.outside o cross join lateral (
    select n, geom <-> o.geom as metres from peer.street order by geom <-> o.geom limit 1
  ) as s`

function differentBays(rows: readonly { bay: number; seen: number }[], counts: Int32Array): number {
  const theirs = new Int32Array(counts.length)
  for (const { bay, seen } of rows) theirs[bay] = seen
  return counts.reduce((sum, n, bay) => sum + (n === theirs[bay] ? 0 : 1), 0)
}

/** Another street only counts where it is not equally near: to the millimetre. */
function differentStreets(
  rows: readonly { n: number; street: number; metres: number }[],
  near: { line: Int32Array; distance_m: Float64Array },
): number {
  return rows.filter(({ n, street, metres }) => {
    if (metres > STREET_DISTANCE_M) return near.line[n] !== -1
    return near.line[n] !== street && Math.abs(near.distance_m[n]! - metres) > 0.001
  }).length
}
