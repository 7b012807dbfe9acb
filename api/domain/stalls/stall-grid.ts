import type { Polygon } from 'geojson'
import { metricFrame, toDegrees, toMetres } from '../geometry/metric-frame.ts'
import { planarShape } from '../geometry/planar-shape.ts'
import type { OpenRing, Point } from '../geometry/ring-edits.ts'
import { without } from '../layout/spans.ts'
import { rectangleOn, stationsOutside, type Strip } from '../layout/strip.ts'

/** How stalls stand: `length_m` along the row, `gap_m` between neighbours, `aisle_m` between rows; `most` of them. */
export interface StallWish {
  length_m: number
  depth_m: number
  gap_m: number
  aisle_m: number
  most: number | null
}

/** What is usual for a stall: a table and whoever stands behind it. */
export const USUAL_STALL: StallWish = {
  length_m: 2,
  depth_m: 1.5,
  gap_m: 0.5,
  aisle_m: 2,
  most: null,
}

/** No zone of a community has more; a wish for stalls of centimetres ends here. */
export const MOST_STALLS = 500

/** Corners drawn on a line need not lie on it to the millimetre, and stored ones are rounded to the centimetre. */
const EDGE_M = 0.01
/** How far a row is moved between the tries to find where rows hold most. */
const STEP_M = 0.25
const MOST_TRIES = 40

export interface LaidStall {
  number: number
  /** WGS 84, seven decimals, closed, counter-clockwise. */
  geometry: Polygon
}

/**
 * Stalls of the wished size in a zone (polygon, WGS 84): in rows along its longest side, a row where rows hold the
 * most, each stall wholly inside to a centimetre and apart from all others, numbered from the west within a row (from
 * the south, where rows run north), rows from the south. The same zone and wish give the same stalls.
 */
export function stallGrid(zone: Polygon, wish: StallWish): LaidStall[] {
  const [lon0, lat0] = zone.coordinates[0]![0] as [number, number]
  const frame = metricFrame(lon0, lat0)
  const shape = planarShape(frame, zone)
  const corners = zone.coordinates[0]!.map((p): Point => toMetres(frame, p[0]!, p[1]!))
  const u = longestDirection(corners)
  const n: Point = [-u[1], u[0]]
  const along = corners.map(([x, y]) => x * u[0] + y * u[1])
  const across = corners.map(([x, y]) => x * n[0] + y * n[1])
  const [from, to] = [Math.min(...along), Math.max(...along)]
  const [low, high] = [Math.min(...across), Math.max(...across)]
  const origin: Point = [u[0] * from, u[1] * from]
  const pitch_m = wish.depth_m + wish.aisle_m
  const room_m = Math.min(pitch_m, Math.max(0, high - low - wish.depth_m))
  const tries = Math.min(MOST_TRIES, Math.ceil(room_m / STEP_M))
  let best: OpenRing[] = []
  for (let i = 0; i <= tries; i++) {
    const offset = tries === 0 ? 0 : (room_m * i) / tries
    const laid: OpenRing[] = []
    for (
      let near_m = low + offset;
      near_m + wish.depth_m <= high + EDGE_M && laid.length < MOST_STALLS;
      near_m += pitch_m
    ) {
      const strip = { origin, u, n, length_m: to - from, near_m, far_m: near_m + wish.depth_m }
      for (const at of placesOn(strip)) laid.push(rectangleOn(strip, [at, at + wish.length_m]))
    }
    if (laid.length > best.length) best = laid
  }
  return best.slice(0, Math.min(wish.most ?? MOST_STALLS, MOST_STALLS)).map((ring, i) => ({
    number: i + 1,
    geometry: {
      type: 'Polygon',
      coordinates: [
        [...ring, ring[0]!].map(([x, y]) =>
          toDegrees(frame, x, y).map((degrees) => Number(degrees.toFixed(7))),
        ),
      ],
    },
  }))

  /** Where stalls begin along a row: as many as each free stretch takes, in its middle. */
  function placesOn(strip: Strip): number[] {
    const inner = { ...strip, near_m: strip.near_m + EDGE_M, far_m: strip.far_m - EDGE_M }
    return without([0, strip.length_m], stationsOutside(inner, shape)).flatMap(([a, b]) => {
      const count = Math.floor((b - a + wish.gap_m + EDGE_M) / (wish.length_m + wish.gap_m))
      const start = a + (b - a - (count * (wish.length_m + wish.gap_m) - wish.gap_m)) / 2
      return Array.from(
        { length: Math.max(0, count) },
        (_, i) => start + i * (wish.length_m + wish.gap_m),
      )
    })
  }
}

/** The unit vector of the longest edge, turned to the east; to the north where it runs straight north. */
function longestDirection(corners: readonly Point[]): Point {
  let [ux, uy, longest] = [1, 0, 0]
  for (let i = 0; i + 1 < corners.length; i++) {
    const dx = corners[i + 1]![0] - corners[i]![0]
    const dy = corners[i + 1]![1] - corners[i]![1]
    const length = Math.hypot(dx, dy)
    if (length > longest + EDGE_M) [ux, uy, longest] = [dx / length, dy / length, length]
  }
  return ux < 0 || (ux === 0 && uy < 0) ? [-ux, -uy] : [ux, uy]
}
