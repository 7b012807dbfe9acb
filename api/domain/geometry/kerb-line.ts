import { edgesOf, type OpenRing, type Point } from './ring-edits.ts'

/** A kerb line in metres, ready for questions along it; `start_m` is how far along each point lies. */
export interface KerbLine {
  points: readonly Point[]
  start_m: readonly number[]
  length_m: number
}

/** Where a rectangle lies along a kerb: from and to along it, its gap to the kerb, its depth, on which side. */
export interface KerbPlacement {
  from_m: number
  to_m: number
  offset_m: number
  depth_m: number
  /** Seen along the kerb's drawn direction. */
  side: 'left' | 'right'
}

/** Prepares a line of two or more points. */
export function kerbLine(points: readonly Point[]): KerbLine {
  const start = [0]
  for (let i = 1; i < points.length; i++)
    start.push(
      start[i - 1]! +
        Math.hypot(points[i]![0] - points[i - 1]![0], points[i]![1] - points[i - 1]![1]),
    )
  return { points, start_m: start, length_m: start.at(-1)! }
}

/** The point `along_m` along the kerb, held to its ends, and the kerb's direction there as a unit vector. */
export function pointAlong(kerb: KerbLine, along_m: number): { point: Point; direction: Point } {
  const held = Math.min(kerb.length_m, Math.max(0, along_m))
  let i = 1
  while (i + 1 < kerb.points.length && kerb.start_m[i]! < held) i++
  const [ax, ay] = kerb.points[i - 1]!
  const [bx, by] = kerb.points[i]!
  const length = kerb.start_m[i]! - kerb.start_m[i - 1]!
  if (length === 0) return { point: [ax, ay], direction: [1, 0] }
  const direction: Point = [(bx - ax) / length, (by - ay) / length]
  const rest = held - kerb.start_m[i - 1]!
  return { point: [ax + direction[0] * rest, ay + direction[1] * rest], direction }
}

/** How far along the kerb the nearest point to `point` lies; `offset_m` is positive on its left. */
export function placeOnKerb(
  kerb: KerbLine,
  [x, y]: Point,
): { along_m: number; offset_m: number; distance_m: number } {
  let best = { along_m: 0, offset_m: Infinity, distance_m: Infinity }
  for (let i = 0; i + 1 < kerb.points.length; i++) {
    const [ax, ay] = kerb.points[i]!
    const [bx, by] = kerb.points[i + 1]!
    const length = kerb.start_m[i + 1]! - kerb.start_m[i]!
    if (length === 0) continue
    const [ux, uy] = [(bx - ax) / length, (by - ay) / length]
    const along = Math.min(length, Math.max(0, (x - ax) * ux + (y - ay) * uy))
    const distance = Math.hypot(x - ax - ux * along, y - ay - uy * along)
    if (distance >= best.distance_m) continue
    const isLeft = ux * (y - ay) - uy * (x - ax) >= 0
    best = {
      along_m: kerb.start_m[i]! + along,
      offset_m: isLeft ? distance : -distance,
      distance_m: distance,
    }
  }
  return best
}

/**
 * A rectangle that stands along a kerb. Its first edge runs with the kerb, `offset_m` away from it; where the kerb
 * bends, the first edge is parallel to the chord and keeps off the kerb's outermost point between.
 */
export function rectangleAlongKerb(kerb: KerbLine, placement: KerbPlacement): OpenRing {
  const [from, to] = [
    Math.min(placement.from_m, placement.to_m),
    Math.max(placement.from_m, placement.to_m),
  ]
  const a = pointAlong(kerb, from).point
  const b = pointAlong(kerb, to).point
  const chord = Math.hypot(b[0] - a[0], b[1] - a[1])
  const u: Point =
    chord > 0 ? [(b[0] - a[0]) / chord, (b[1] - a[1]) / chord] : pointAlong(kerb, from).direction
  const n: Point = placement.side === 'left' ? [-u[1], u[0]] : [u[1], -u[0]]
  const between = kerb.points.filter((_, i) => kerb.start_m[i]! > from && kerb.start_m[i]! < to)
  const bulge = Math.max(0, ...between.map(([x, y]) => (x - a[0]) * n[0] + (y - a[1]) * n[1]))
  const near = bulge + placement.offset_m
  const far = near + placement.depth_m
  const off = (point: Point, metres: number): Point => [
    point[0] + n[0] * metres,
    point[1] + n[1] * metres,
  ]
  return [off(a, near), off(b, near), off(b, far), off(a, far)]
}

/** How a shape lies along a kerb, the inverse of `rectangleAlongKerb` for a straight stretch. */
export function placementOf(kerb: KerbLine, ring: OpenRing): KerbPlacement {
  const places = ring.map((point) => placeOnKerb(kerb, point))
  const alongs = places.map((place) => place.along_m)
  const offsets = places.map((place) => place.offset_m)
  const isLeft = offsets.reduce((sum, offset) => sum + offset, 0) >= 0
  const away = isLeft ? offsets : offsets.map((offset) => -offset)
  const nearest = Math.min(...away)
  return {
    from_m: Math.min(...alongs),
    to_m: Math.max(...alongs),
    offset_m: nearest,
    depth_m: Math.max(...away) - nearest,
    side: isLeft ? 'left' : 'right',
  }
}

/** Whether an edge of the shape runs with the kerb beside it, to half a degree. */
export function isAlongKerb(kerb: KerbLine, ring: OpenRing): boolean {
  const { from_m, to_m } = placementOf(kerb, ring)
  const { direction } = pointAlong(kerb, (from_m + to_m) / 2)
  return edgesOf(ring).some(([a, b]) => {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1])
    const turn = (b[0] - a[0]) * direction[1] - (b[1] - a[1]) * direction[0]
    return length > 0 && Math.abs(turn) / length < HALF_A_DEGREE
  })
}

const HALF_A_DEGREE = Math.sin(Math.PI / 360)
