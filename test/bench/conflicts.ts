import type { Feature, Polygon } from 'geojson'
import { area, featureCollection, intersect, polygon } from '@turf/turf'
import { clearance } from '../../api/domain/geometry/clearance.ts'
import { toMetres } from '../../api/domain/geometry/metric-frame.ts'
import { doBoundsMeet, overlapArea } from '../../api/domain/geometry/overlap.ts'
import { checkDrafts, findConflicts } from '../../api/domain/rules/check.ts'
import type { RulePack } from '../../api/domain/rules/rule-pack.ts'
import {
  buildScene,
  near,
  type PlacedFeature,
  type Scene,
  type SceneFeature,
} from '../../api/domain/rules/scene.ts'
import { sharedMinutes, weekIntervals } from '../../api/domain/schedule/windows.ts'
import { type City, idOf, randomSource } from './city.ts'
import {
  atLeast,
  atMost,
  compared,
  type Figure,
  figure,
  median,
  percentile,
  timed,
} from './figures.ts'
import type { Bench } from './bench.ts'
import { PACK, polygonOf, REACH_M, ROUNDS } from './conflict-pack.ts'
import { zonesAgainstBays } from './conflicts-city.ts'
import { connectPeer, copyInto } from './peer-tables.ts'

const DRAGS = 20_000

interface Pair {
  zone: string
  other: string
  area_m2: number
  distance_m: number
  minutes: number
}

/** All pairs of 3,000 trading zones within 5 m, and one zone dragged over the city. */
export async function conflicts(bench: Bench): Promise<Figure[]> {
  const city = bench.city()
  const features = zoneFeatures(city)
  const scene = buildScene(city.frame, null, features)
  const zones = scene.layers.get('vendor_zones')!.features

  const peer = await openPeer(bench, city)
  const pairing: number[] = []
  const judging: number[] = []
  const planar: number[] = []
  const geographic: number[] = []
  let pairs: Pair[] = []
  let findings = 0
  for (let round = 0; round < ROUNDS; round++) {
    pairing.push(await timed(() => (pairs = pairsWithin(scene, zones))))
    judging.push(
      await timed(() => {
        findings = findConflicts(scene, PACK, { collection: 'vendor_zones' }).findings.length
      }),
    )
    if (!peer) continue
    planar.push(await timed(() => peer.query('geometry')))
    if (round < 5) geographic.push(await timed(() => peer.query('geography')))
  }
  const ours = median(pairing)
  const overlapping = pairs.filter((pair) => pair.area_m2 > 0).length
  bench.note(
    `${pairs.length} pairs within ${REACH_M} m, ${overlapping} overlapping; ${findings} findings`,
  )
  const differences = peer && compare(pairs, await peer.query('geometry'))
  await peer?.end()

  const against = await zonesAgainstBays(bench, features)
  const drags = await dragZones(bench, features)
  return [
    compared(
      'all pairs of 3,000 zones, area, metres, minutes: PostGIS',
      ours,
      'ms',
      'less',
      peer && median(planar),
      atLeast(10),
    ),
    compared('the same: PostGIS on geography', ours, 'ms', 'less', peer && median(geographic)),
    compared('the same: Turf intersect on boxes that meet', ours, 'ms', 'less', turfPairs(zones)),
    compared(
      'all findings with place, hours and rule: PostGIS (figures only)',
      median(judging),
      'ms',
      'less',
      peer && median(planar),
    ),
    ...against,
    ...(differences
      ? [
          figure('pairs that only one of the two finds', differences.missing, 'pairs', atMost(0)),
          figure('largest difference in area', differences.area_share * 100, '%', atMost(0.01)),
          figure('largest difference in distance', differences.distance_mm, 'mm', atMost(1)),
          figure('pairs with other minutes a week', differences.minutes, 'pairs', atMost(0)),
        ]
      : []),
    figure('one dragged zone against everything, p50', drags.p50, 'µs'),
    figure('one dragged zone against everything, p99', drags.p99, 'µs', atMost(100)),
  ]
}

function zoneFeatures(city: City): SceneFeature[] {
  return city.zones.map((zone, i) => ({
    collection: 'vendor_zones',
    id: idOf(3, i),
    geometry: polygonOf(zone.ring),
    properties: { status: 'approved', windows: zone.windows },
  }))
}

/** Each pair once: shared ground, least distance and minutes a week, by the parts that findings are made of. */
function pairsWithin(scene: Scene, zones: readonly PlacedFeature[]): Pair[] {
  const pairs: Pair[] = []
  for (const zone of zones)
    for (const other of near(scene, 'vendor_zones', zone.shape, REACH_M)) {
      if (other.id <= zone.id) continue
      const area_m2 = overlapArea(zone.shape, other.shape)
      const distance_m = area_m2 > 0 ? 0 : clearance(zone.shape, other.shape).distance_m
      if (distance_m > REACH_M) continue
      const minutes = sharedMinutes(zone.open, other.open)
      pairs.push({ zone: zone.id, other: other.id, area_m2, distance_m, minutes })
    }
  return pairs
}

/** Milliseconds for the overlap areas of all pairs whose boxes meet. */
function turfPairs(zones: readonly PlacedFeature[]): number {
  const shapes = zones.map((zone) => polygon((zone.geometry as Polygon).coordinates))
  const began = performance.now()
  for (let i = 0; i < zones.length; i++)
    for (let j = i + 1; j < zones.length; j++) {
      if (!doBoundsMeet(zones[i]!.shape, zones[j]!.shape, 0)) continue
      const shared = intersect(featureCollection([shapes[i]!, shapes[j]!] as Feature<Polygon>[]))
      if (shared) area(shared)
    }
  return performance.now() - began
}

/** One zone moved to a new place each time, judged against all bays and zones of the city as while drawing. */
async function dragZones(bench: Bench, zones: readonly SceneFeature[]) {
  const city = bench.city()
  const bays = city.bays.map((ring, i) => ({
    collection: 'bays',
    id: idOf(1, i),
    geometry: polygonOf(ring),
    properties: { status: 'painted', vehicle_classes: ['car'] },
  }))
  const scene = buildScene(city.frame, null, [...zones, ...bays])
  const pack: RulePack = {
    ...PACK,
    rules: [...PACK.rules, { ...PACK.rules[0]!, id: 'bay', other: { collection: 'bays' } }],
  }
  const random = randomSource(3)
  const [dragged] = zones
  const times: number[] = []
  for (let i = 0; i < DRAGS; i++) {
    const [lon, lat] = city.bays[Math.floor(random() * city.bays.length)]![0]!
    const size = 0.00005
    const corner = (east: number, north: number) => [lon + east * size, lat + north * size]
    const ring = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)]
    const draft = { ...dragged!, geometry: { type: 'Polygon' as const, coordinates: [ring] } }
    const began = performance.now()
    checkDrafts([draft], scene, pack)
    times.push((performance.now() - began) * 1000)
  }
  const warm = times.slice(DRAGS / 4)
  return { p50: percentile(warm, 0.5), p99: percentile(warm, 0.99) }
}

interface PeerRow {
  a: number
  b: number
  area_m2: number
  distance_m: number
  minutes: number
}

async function openPeer(bench: Bench, city: City) {
  const cluster = await bench.cluster()
  if (!cluster) return null
  const client = await connectPeer(cluster)
  // Metres of the same local frame, so that areas can be compared to a hundredth of a percent.
  await client.query(
    `create unlogged table peer.zone (n int primary key, geom geometry(Polygon), geog geography(Polygon), open int4multirange)`,
  )
  await copyInto(client, 'peer.zone', city.zones.length, (i) => {
    const { ring, windows } = city.zones[i]!
    const text = (points: readonly (readonly number[])[]) =>
      points.map((p) => p.join(' ')).join(',')
    const metres = ring.map((p) => toMetres(city.frame, p[0], p[1]))
    const open = weekIntervals(windows).map(([from, to]) => `[${from},${to})`)
    return `${i}\tPOLYGON((${text(metres)}))\tPOLYGON((${text(ring)}))\t{${open.join(',')}}\n`
  })
  await client.query(
    'create index on peer.zone using gist (geom); create index on peer.zone using gist (geog); analyze peer.zone',
  )
  return {
    query: async (kind: 'geometry' | 'geography'): Promise<PeerRow[]> => {
      const column = kind === 'geometry' ? 'geom' : 'geog'
      const { rows } = await client.query<PeerRow>({ name: kind, text: pairsQuery(column) })
      return rows
    },
    end: async () => {
      await client.query('drop schema peer cascade')
      await client.end()
    },
  }
}

const pairsQuery = (column: 'geom' | 'geog') => `
  select a.n as a, b.n as b,
    case when ST_Intersects(a.${column}, b.${column}) then ST_Area(ST_Intersection(a.${column}, b.${column})) else 0 end as area_m2,
    ST_Distance(a.${column}, b.${column}) as distance_m,
    (select coalesce(sum(upper(r) - lower(r)), 0)::int from unnest(a.open * b.open) as r) as minutes
  from peer.zone a join peer.zone b on a.n < b.n and ST_DWithin(a.${column}, b.${column}, ${REACH_M})`

function compare(pairs: readonly Pair[], rows: readonly PeerRow[]) {
  const byIds = new Map(pairs.map((pair) => [`${pair.zone} ${pair.other}`, pair]))
  const result = { missing: 0, area_share: 0, distance_mm: 0, minutes: 0 }
  let met = 0
  for (const row of rows) {
    const own = byIds.get(`${idOf(3, row.a)} ${idOf(3, row.b)}`)
    if (!own) {
      result.missing++
      continue
    }
    met++
    // A sliver of square centimetres is all rounding: below 1 m² the difference counts against 1 m².
    const share = Math.abs(own.area_m2 - row.area_m2) / Math.max(1, row.area_m2)
    result.area_share = Math.max(result.area_share, share)
    const gap = Math.abs(own.distance_m - row.distance_m) * 1000
    result.distance_mm = Math.max(result.distance_mm, gap)
    if (own.minutes !== row.minutes) result.minutes++
  }
  result.missing += pairs.length - met
  return result
}
