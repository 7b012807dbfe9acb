import type { PlanarShape } from './planar-shape.ts'

/** The least distance between two shapes in metres and where it is; 0 where they touch or one holds the other. */
export interface Clearance {
  distance_m: number
  from: [x: number, y: number]
  to: [x: number, y: number]
}

/**
 * Least distance between two shapes, both ways from each edge's ends to the other's edges. Crossing edges, and a
 * shape that lies inside an area, give 0.
 */
export function clearance(a: PlanarShape, b: PlanarShape): Clearance {
  const inside = pointInside(a, b) ?? pointInside(b, a)
  if (inside) return { distance_m: 0, from: inside, to: inside }
  const best: Best = { squared: Infinity, fx: 0, fy: 0, tx: 0, ty: 0 }
  const e = a.edges
  const f = b.edges
  for (let i = 0; i < e.length; i += 4)
    for (let j = 0; j < f.length; j += 4) {
      if (boxGapSquared(e, i, f, j) >= best.squared) continue
      if (doCross(e, i, f, j)) {
        const at: [number, number] = crossingOf(e, i, f, j)
        return { distance_m: 0, from: at, to: at }
      }
      // The places are kept in the order a → b whichever end was projected.
      tryPoint(best, e[i]!, e[i + 1]!, f, j, false)
      tryPoint(best, e[i + 2]!, e[i + 3]!, f, j, false)
      tryPoint(best, f[j]!, f[j + 1]!, e, i, true)
      tryPoint(best, f[j + 2]!, f[j + 3]!, e, i, true)
    }
  return {
    distance_m: Math.sqrt(best.squared),
    from: [best.fx, best.fy],
    to: [best.tx, best.ty],
  }
}

/** Whether a place in metres lies in the shape's area or on its edge. */
export function holdsPoint(shape: PlanarShape, x: number, y: number): boolean {
  const [minx, miny, maxx, maxy] = shape.bounds
  if (x < minx || x > maxx || y < miny || y > maxy) return false
  return shape.pieces.some((piece) => isInPiece(piece, x, y))
}

interface Best {
  squared: number
  fx: number
  fy: number
  tx: number
  ty: number
}

function pointInside(area: PlanarShape, other: PlanarShape): [number, number] | null {
  const e = other.edges
  if (area.pieces.length === 0) return null
  // Without a crossing, one point of each part tells; with one, the edges tell. A point of each edge covers parts.
  for (let i = 0; i < e.length; i += 4)
    if (holdsPoint(area, e[i]!, e[i + 1]!)) return [e[i]!, e[i + 1]!]
  return null
}

function isInPiece(piece: Float64Array, x: number, y: number): boolean {
  let ax = piece[piece.length - 2]!
  let ay = piece[piece.length - 1]!
  for (let i = 0; i < piece.length; i += 2) {
    const bx = piece[i]!
    const by = piece[i + 1]!
    if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0) return false
    ax = bx
    ay = by
  }
  return true
}

function boxGapSquared(e: Float64Array, i: number, f: Float64Array, j: number): number {
  const dx = Math.max(
    Math.min(e[i]!, e[i + 2]!) - Math.max(f[j]!, f[j + 2]!),
    Math.min(f[j]!, f[j + 2]!) - Math.max(e[i]!, e[i + 2]!),
    0,
  )
  const dy = Math.max(
    Math.min(e[i + 1]!, e[i + 3]!) - Math.max(f[j + 1]!, f[j + 3]!),
    Math.min(f[j + 1]!, f[j + 3]!) - Math.max(e[i + 1]!, e[i + 3]!),
    0,
  )
  return dx * dx + dy * dy
}

function side(f: Float64Array, j: number, x: number, y: number): number {
  return (f[j + 2]! - f[j]!) * (y - f[j + 1]!) - (f[j + 3]! - f[j + 1]!) * (x - f[j]!)
}

function doCross(e: Float64Array, i: number, f: Float64Array, j: number): boolean {
  return (
    side(f, j, e[i]!, e[i + 1]!) * side(f, j, e[i + 2]!, e[i + 3]!) < 0 &&
    side(e, i, f[j]!, f[j + 1]!) * side(e, i, f[j + 2]!, f[j + 3]!) < 0
  )
}

function crossingOf(e: Float64Array, i: number, f: Float64Array, j: number): [number, number] {
  const a = side(f, j, e[i]!, e[i + 1]!)
  const share = a / (a - side(f, j, e[i + 2]!, e[i + 3]!))
  return [e[i]! + share * (e[i + 2]! - e[i]!), e[i + 1]! + share * (e[i + 3]! - e[i + 1]!)]
}

function tryPoint(
  best: Best,
  x: number,
  y: number,
  f: Float64Array,
  j: number,
  isReversed: boolean,
): void {
  const ax = f[j]!
  const ay = f[j + 1]!
  const dx = f[j + 2]! - ax
  const dy = f[j + 3]! - ay
  const length = dx * dx + dy * dy
  const share =
    length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length))
  const qx = ax + share * dx
  const qy = ay + share * dy
  const squared = (x - qx) * (x - qx) + (y - qy) * (y - qy)
  if (squared >= best.squared) return
  best.squared = squared
  best.fx = isReversed ? qx : x
  best.fy = isReversed ? qy : y
  best.tx = isReversed ? x : qx
  best.ty = isReversed ? y : qy
}
