import type { OpenRing, Point } from '../geometry/ring-edits.ts'
import { holdsPoint } from '../geometry/clearance.ts'
import type { PlanarShape } from '../geometry/planar-shape.ts'
import { type Span, unite, without } from './spans.ts'

/**
 * A straight band of ground that bays are laid in: from `origin` along `u` for `length_m`, and across it from `near_m`
 * to `far_m` along `n`; unit vectors and metres of one frame. The cross-section at a station is what a bay there covers,
 * so a rule that holds for every cross-section of a bay holds for its whole rectangle, and the other way round.
 */
export interface Strip {
  origin: Point
  u: Point
  n: Point
  length_m: number
  near_m: number
  far_m: number
}

/** The rectangle of a strip between two stations. */
export function rectangleOn({ origin, u, n, near_m, far_m }: Strip, [from, to]: Span): OpenRing {
  const at = (along: number, across: number): Point => [
    origin[0] + u[0] * along + n[0] * across,
    origin[1] + u[1] * along + n[1] * across,
  ]
  return [at(from, near_m), at(to, near_m), at(to, far_m), at(from, far_m)]
}

/**
 * The stations whose cross-section lies nearer than `distance_m` to a shape, exactly: for every convex part the set is
 * one span, whose ends lie on the part's outline grown by the distance.
 */
export function stationsNear(strip: Strip, shape: PlanarShape, distance_m: number): Span[] {
  const spans: Span[] = []
  if (shape.pieces.length === 0) {
    for (let i = 0; i < shape.edges.length; i += 4) {
      const span = edgeSpan(strip, shape.edges, i, i + 2, distance_m)
      if (span) spans.push(span)
    }
  } else
    for (const piece of shape.pieces) {
      let [from, to] = [Infinity, -Infinity]
      for (let i = 0; i < piece.length; i += 2) {
        const next = i + 2 < piece.length ? i + 2 : 0
        const span = edgeSpan(strip, piece, i, next, distance_m)
        if (!span) continue
        from = Math.min(from, span[0])
        to = Math.max(to, span[1])
      }
      spans.push([from, to])
    }
  return withinStrip(strip, unite(spans))
}

/** The stations whose cross-section is not wholly inside an area. */
export function stationsOutside(strip: Strip, area: PlanarShape): Span[] {
  const spans: Span[] = []
  for (let i = 0; i < area.edges.length; i += 4) {
    const span = edgeSpan(strip, area.edges, i, i + 2, 0)
    // An edge square to the strip crosses one cross-section only; it still parts inside from outside.
    if (span) spans.push([span[0] - HAIR_M, span[1] + HAIR_M])
  }
  const crossed = withinStrip(strip, unite(spans))
  const { origin, u, n } = strip
  const middle = (strip.near_m + strip.far_m) / 2
  const outside = without([0, strip.length_m], crossed).filter(([from, to]) => {
    const along = (from + to) / 2
    return !holdsPoint(
      area,
      origin[0] + u[0] * along + n[0] * middle,
      origin[1] + u[1] * along + n[1] * middle,
    )
  })
  return unite([...crossed, ...outside])
}

const withinStrip = (strip: Strip, spans: readonly Span[]): Span[] =>
  spans
    .map(([from, to]): Span => [Math.max(0, from), Math.min(strip.length_m, to)])
    .filter(([from, to]) => to > from)

/**
 * The span of stations from which an edge is nearer than `d`. At a point of the edge that lies `gap` off the band, the
 * circle around it reaches √(d² − gap²) along the band; along the edge that reach is concave between the places where
 * the edge enters the band, so its extremes lie at those, at the ends, or where gap = d · |cos| of the edge's angle.
 */
function edgeSpan(
  { origin, u, n, near_m, far_m }: Strip,
  points: Float64Array,
  i: number,
  j: number,
  d: number,
): Span | null {
  const px = points[i]! - origin[0]
  const py = points[i + 1]! - origin[1]
  const qx = points[j]! - origin[0]
  const qy = points[j + 1]! - origin[1]
  const along = px * u[0] + py * u[1]
  const across = px * n[0] + py * n[1]
  const run = qx * u[0] + qy * u[1] - along
  const rise = qx * n[0] + qy * n[1] - across
  if (Math.max(across, across + rise) < near_m - d) return null
  if (Math.min(across, across + rise) > far_m + d) return null
  const length = Math.hypot(run, rise)
  const lean = length === 0 ? 0 : (Math.abs(run) / length) * d
  let [from, to] = [Infinity, -Infinity]
  const visit = (share: number) => {
    if (!(share >= 0 && share <= 1)) return
    const gap = Math.max(near_m - across - rise * share, across + rise * share - far_m, 0)
    if (gap > d + ROUNDING_M) return
    const reach = Math.sqrt(Math.max(0, d * d - gap * gap))
    from = Math.min(from, along + run * share - reach)
    to = Math.max(to, along + run * share + reach)
  }
  visit(0)
  visit(1)
  if (rise !== 0) {
    for (const level of [near_m, near_m - d, near_m - lean]) visit((level - across) / rise)
    for (const level of [far_m, far_m + d, far_m + lean]) visit((level - across) / rise)
  }
  return from <= to ? [from, to] : null
}

const ROUNDING_M = 1e-9
const HAIR_M = 5e-4
