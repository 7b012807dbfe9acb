import type { Geometry, LineString } from 'geojson'
import { type MetricFrame, toMetres } from '../geometry/metric-frame.ts'
import type { PlanarShape } from '../geometry/planar-shape.ts'
import { near, type Scene } from './scene.ts'

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

/**
 * Finds the street side a shape stands on: the named one where `segment_id` and `side` are given, else the nearest
 * kerb line within 6 m. Null where there is none.
 */
export function standingPlace(
  scene: Scene,
  shape: PlanarShape,
  named: { segment_id?: unknown; side?: unknown },
): StandingPlace | null {
  let best: { place: StandingPlace; gap: number } | null = null
  for (const segment of near(scene, 'street_segments', shape, 30)) {
    if (named.segment_id != null && segment.id !== named.segment_id) continue
    for (const side of (segment.properties['sides'] ?? []) as Side[]) {
      if (named.side != null && named.segment_id != null && side.side !== named.side) continue
      if (side.kerb_line?.type !== 'LineString') continue
      const offsets = offsetsFrom(scene.frame, side.kerb_line, side.side, shape)
      if (!offsets) continue
      const gap = Math.max(offsets.nearest_m, -offsets.farthest_m, 0)
      if (gap > KERB_REACH_M || (best && best.gap <= gap)) continue
      best = { gap, place: { ...describe(segment.id, segment.properties, side), ...offsets } }
    }
  }
  return best?.place ?? null
}

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

/** Offsets of every corner from the kerb line, signed towards the footway; null when the shape lies beyond its ends. */
function offsetsFrom(
  frame: MetricFrame,
  kerb: LineString,
  side: 'left' | 'right',
  shape: PlanarShape,
): Offsets | null {
  const line = kerb.coordinates.map((p) => toMetres(frame, p[0]!, p[1]!))
  let nearest = Infinity
  let farthest = -Infinity
  let isBeside = false
  let along: Offsets['along'] = [1, 0]
  for (let i = 0; i < shape.edges.length; i += 4) {
    const offset = signedOffset(line, shape.edges[i]!, shape.edges[i + 1]!)
    const towardsFootway = side === 'left' ? offset.distance : -offset.distance
    if (towardsFootway < nearest) along = offset.along
    nearest = Math.min(nearest, towardsFootway)
    farthest = Math.max(farthest, towardsFootway)
    isBeside ||= offset.isBeside
  }
  return isBeside ? { nearest_m: nearest, farthest_m: farthest, along } : null
}

/** Distance of a point from a line, positive on its left; `isBeside` when its foot is not one of the line's ends. */
function signedOffset(
  line: readonly (readonly [number, number])[],
  x: number,
  y: number,
): { distance: number; isBeside: boolean; along: Offsets['along'] } {
  let best = {
    squared: Infinity,
    distance: Infinity,
    isBeside: false,
    along: [1, 0] as Offsets['along'],
  }
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = line[i]!
    const [bx, by] = line[i + 1]!
    const dx = bx - ax
    const dy = by - ay
    const length = dx * dx + dy * dy
    if (length === 0) continue
    const share = ((x - ax) * dx + (y - ay) * dy) / length
    const held = Math.min(1, Math.max(0, share))
    const gx = x - ax - held * dx
    const gy = y - ay - held * dy
    const squared = gx * gx + gy * gy
    if (squared >= best.squared) continue
    const isLeft = dx * (y - ay) - dy * (x - ax) >= 0
    const isEnd = (i === 0 && share < 0) || (i + 2 === line.length && share > 1)
    const run = Math.sqrt(length)
    best = {
      squared,
      distance: Math.sqrt(squared) * (isLeft ? 1 : -1),
      isBeside: !isEnd,
      along: [dx / run, dy / run],
    }
  }
  return best
}
