import type { Geometry } from 'geojson'
import { type MetricFrame, toMetres } from '../geometry/metric-frame.ts'
import type { PlanarShape } from '../geometry/planar-shape.ts'
import { near, type PlacedFeature, type Scene, type SceneLayer } from './scene.ts'

/** The side of a street that a bay or zone stands on, and how far it reaches over the footway, in metres. */
export interface StandingPlace {
  segment_id: string
  side: 'left' | 'right'
  class: string | null
  carriageway_width_m: number | null
  footway_width_m: number | null
  furnishing_width_m: number | null
  slope_percent: number | null
  /** Offsets from the kerb line, positive over the footway, negative over the carriageway. */
  nearest_m: number
  farthest_m: number
  /** Unit vector along the kerb where the shape comes nearest to it, in the frame's metres. */
  along: readonly [x: number, y: number]
}

interface Side {
  side: 'left' | 'right'
  footway_width_m?: number | null
  furnishing_width_m?: number | null
  slope_percent?: number | null
  kerb_line?: Geometry | null
}

/** Farther than this from a kerb line a shape stands on no street. */
const KERB_REACH_M = 6

/** A side's kerb line in the frame's metres, as x, y, x, y …, and the box around it. */
interface Kerb {
  side: Side
  line: Float64Array
  bounds: readonly [minx: number, miny: number, maxx: number, maxy: number]
}

/** Kerbs are asked for by every use beside them, and stay while their street does. */
const kerbsOfStreets = new WeakMap<PlacedFeature, readonly Kerb[]>()

interface Found {
  streets: SceneLayer | undefined
  segment_id: unknown
  side: unknown
  place: StandingPlace | null
}
/** A shape that does not move stands where it stood, as long as the streets are the same. */
const foundPlaces = new WeakMap<PlanarShape, Found>()

/**
 * Finds the street side a shape stands on: the named one where `segment_id` and `side` are given, else the nearest
 * kerb line within 6 m. Null where there is none.
 */
export function standingPlace(
  scene: Scene,
  shape: PlanarShape,
  named: { segment_id?: unknown; side?: unknown },
): StandingPlace | null {
  const streets = scene.layers.get('street_segments')
  const { segment_id, side } = named
  const known = foundPlaces.get(shape)
  if (known && known.streets === streets && known.segment_id === segment_id && known.side === side)
    return known.place
  const place = findPlace(scene, shape, named)
  foundPlaces.set(shape, { streets, segment_id, side, place })
  return place
}

function findPlace(
  scene: Scene,
  shape: PlanarShape,
  named: { segment_id?: unknown; side?: unknown },
): StandingPlace | null {
  let best: { segment: PlacedFeature; kerb: Kerb; offsets: Offsets; gap: number } | null = null
  for (const segment of near(scene, 'street_segments', shape, 30)) {
    if (named.segment_id != null && segment.id !== named.segment_id) continue
    for (const kerb of kerbsOf(scene.frame, segment)) {
      if (named.side != null && named.segment_id != null && kerb.side.side !== named.side) continue
      if (!isWithin(kerb.bounds, shape.bounds, KERB_REACH_M)) continue
      const offsets = offsetsFrom(kerb, shape)
      if (!offsets) continue
      const gap = Math.max(offsets.nearest_m, -offsets.farthest_m, 0)
      if (gap > KERB_REACH_M || (best && best.gap <= gap)) continue
      best = { segment, kerb, offsets, gap }
    }
  }
  if (!best) return null
  const { segment, kerb, offsets } = best
  return { ...describe(segment.id, segment.properties, kerb.side), ...offsets }
}

function kerbsOf(frame: MetricFrame, segment: PlacedFeature): readonly Kerb[] {
  const known = kerbsOfStreets.get(segment)
  if (known) return known
  const kerbs: Kerb[] = []
  for (const side of (segment.properties['sides'] ?? []) as Side[]) {
    if (side.kerb_line?.type !== 'LineString') continue
    const { coordinates } = side.kerb_line
    const line = new Float64Array(coordinates.length * 2)
    let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity]
    coordinates.forEach((position, i) => {
      const [x, y] = toMetres(frame, position[0]!, position[1]!)
      line[i * 2] = x
      line[i * 2 + 1] = y
      minx = Math.min(minx, x)
      miny = Math.min(miny, y)
      maxx = Math.max(maxx, x)
      maxy = Math.max(maxy, y)
    })
    kerbs.push({ side, line, bounds: [minx, miny, maxx, maxy] })
  }
  kerbsOfStreets.set(segment, kerbs)
  return kerbs
}

const isWithin = (a: Kerb['bounds'], b: PlanarShape['bounds'], margin: number): boolean =>
  a[0] - margin <= b[2] && b[0] <= a[2] + margin && a[1] - margin <= b[3] && b[1] <= a[3] + margin

function describe(
  segmentId: string,
  segment: Readonly<Record<string, unknown>>,
  side: Side,
): Omit<StandingPlace, keyof Offsets> {
  return {
    segment_id: segmentId,
    side: side.side,
    class: (segment['class'] as string | null | undefined) ?? null,
    carriageway_width_m: (segment['carriageway_width_m'] as number | null | undefined) ?? null,
    footway_width_m: side.footway_width_m ?? null,
    furnishing_width_m: side.furnishing_width_m ?? null,
    slope_percent: side.slope_percent ?? null,
  }
}

type Offsets = Pick<StandingPlace, 'nearest_m' | 'farthest_m' | 'along'>

/** What `measureOffset` found last: numbers of its own, because an object for every corner of a city is too many. */
const measured = { distance: 0, isBeside: false, along_x: 1, along_y: 0 }

/** Offsets of every corner from the kerb line, signed towards the footway; null when the shape lies beyond its ends. */
function offsetsFrom({ side, line }: Kerb, shape: PlanarShape): Offsets | null {
  let nearest = Infinity
  let farthest = -Infinity
  let isBeside = false
  let [along_x, along_y] = [1, 0]
  for (let i = 0; i < shape.edges.length; i += 4) {
    measureOffset(line, shape.edges[i]!, shape.edges[i + 1]!)
    const towardsFootway = side.side === 'left' ? measured.distance : -measured.distance
    if (towardsFootway < nearest) {
      along_x = measured.along_x
      along_y = measured.along_y
      nearest = towardsFootway
    }
    if (towardsFootway > farthest) farthest = towardsFootway
    isBeside ||= measured.isBeside
  }
  return isBeside ? { nearest_m: nearest, farthest_m: farthest, along: [along_x, along_y] } : null
}

/** Distance of a point from a line, positive on its left; `isBeside` when its foot is not one of the line's ends. */
function measureOffset(line: Float64Array, x: number, y: number): void {
  let squared = Infinity
  measured.distance = Infinity
  measured.isBeside = false
  const last = line.length - 4
  for (let i = 0; i <= last; i += 2) {
    const ax = line[i]!
    const ay = line[i + 1]!
    const dx = line[i + 2]! - ax
    const dy = line[i + 3]! - ay
    const length = dx * dx + dy * dy
    if (length === 0) continue
    const share = ((x - ax) * dx + (y - ay) * dy) / length
    const held = share < 0 ? 0 : share > 1 ? 1 : share
    const gx = x - ax - held * dx
    const gy = y - ay - held * dy
    const gap = gx * gx + gy * gy
    if (gap >= squared) continue
    squared = gap
    const run = Math.sqrt(length)
    measured.distance = Math.sqrt(gap) * (dx * (y - ay) - dy * (x - ax) >= 0 ? 1 : -1)
    measured.isBeside = !((i === 0 && share < 0) || (i === last && share > 1))
    measured.along_x = dx / run
    measured.along_y = dy / run
  }
}
