import { centreOf, LEAST_SIDE_M, type OpenRing, type Point } from './ring-edits.ts'

/** A handle of a rectangle: a corner moves two sides, an edge (from corner `at` to the next) one. */
export interface RectangleHandle {
  kind: 'corner' | 'edge'
  at: 0 | 1 | 2 | 3
}

/** Stored positions are rounded to about a centimetre, so a corner may be that far from square. */
const SQUARE_TOLERANCE_M = 0.03

/** Whether a ring has four square corners, to the rounding of stored positions. */
export function isRectangle(ring: OpenRing): boolean {
  if (ring.length !== 4) return false
  const { u, v, length_m, depth_m } = axesOf(ring)
  if (length_m < SQUARE_TOLERANCE_M || depth_m < SQUARE_TOLERANCE_M) return false
  const [origin] = ring as [Point, Point, Point, Point]
  const square = [
    [0, 0],
    [length_m, 0],
    [length_m, depth_m],
    [0, depth_m],
  ]
  return ring.every((point, i) => {
    const [along, across] = square[i]!
    return (
      Math.hypot(
        origin[0] + u[0] * along! + v[0] * across! - point[0],
        origin[1] + u[1] * along! + v[1] * across! - point[1],
      ) <= SQUARE_TOLERANCE_M
    )
  })
}

/**
 * Drags a handle of a rectangle to a point; the opposite corner or edge stays, corners stay square, no side becomes
 * shorter than the least.
 */
export function resizeRectangle(ring: OpenRing, handle: RectangleHandle, to: Point): OpenRing {
  const { u, v, length_m, depth_m } = axesOf(ring)
  const origin = ring[0]!
  const along = (to[0] - origin[0]) * u[0] + (to[1] - origin[1]) * u[1]
  const across = (to[0] - origin[0]) * v[0] + (to[1] - origin[1]) * v[1]
  let [x0, x1, y0, y1] = [0, length_m, 0, depth_m]
  const moves = MOVES[handle.kind][handle.at]
  if (moves.includes('x0')) x0 = Math.min(along, x1 - LEAST_SIDE_M)
  if (moves.includes('x1')) x1 = Math.max(along, x0 + LEAST_SIDE_M)
  if (moves.includes('y0')) y0 = Math.min(across, y1 - LEAST_SIDE_M)
  if (moves.includes('y1')) y1 = Math.max(across, y0 + LEAST_SIDE_M)
  const at = (x: number, y: number): Point => [
    origin[0] + u[0] * x + v[0] * y,
    origin[1] + u[1] * x + v[1] * y,
  ]
  return [at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)]
}

/** Length and depth of a rectangle in metres: length along `direction`, else along its longer side. */
export function rectangleSize(
  ring: OpenRing,
  direction: Point | null,
): { length_m: number; depth_m: number } {
  const { length_m, depth_m } = axesOf(ring)
  return isFirstEdgeAlong(ring, direction)
    ? { length_m, depth_m }
    : { length_m: depth_m, depth_m: length_m }
}

/** The rectangle with another length or depth about its centre; length is measured as `rectangleSize` does. */
export function setRectangleSize(
  ring: OpenRing,
  direction: Point | null,
  size: { length_m: number; depth_m: number },
): OpenRing {
  const { u, v } = axesOf(ring)
  const [cx, cy] = centreOf(ring)
  const isAlong = isFirstEdgeAlong(ring, direction)
  const half = Math.max(LEAST_SIDE_M, isAlong ? size.length_m : size.depth_m) / 2
  const halfAcross = Math.max(LEAST_SIDE_M, isAlong ? size.depth_m : size.length_m) / 2
  const at = (x: number, y: number): Point => [
    cx + u[0] * x * half + v[0] * y * halfAcross,
    cy + u[1] * x * half + v[1] * y * halfAcross,
  ]
  return [at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)]
}

/** Degrees, −45…45, that turn a ring so that its edge nearest in direction lies along `direction`. */
export function turnToAlign(ring: OpenRing, direction: Point): number {
  const { u } = axesOf(ring)
  const turn = Math.atan2(
    u[0] * direction[1] - u[1] * direction[0],
    u[0] * direction[0] + u[1] * direction[1],
  )
  const degrees = (turn * 180) / Math.PI
  return degrees - Math.round(degrees / 90) * 90
}

type Bound = 'x0' | 'x1' | 'y0' | 'y1'

/** In the rectangle's own axes, corner 0 is the origin and corner 1 lies along x: which bounds a handle moves. */
const MOVES: Record<RectangleHandle['kind'], Record<0 | 1 | 2 | 3, readonly Bound[]>> = {
  corner: { 0: ['x0', 'y0'], 1: ['x1', 'y0'], 2: ['x1', 'y1'], 3: ['x0', 'y1'] },
  edge: { 0: ['y0'], 1: ['x1'], 2: ['y1'], 3: ['x0'] },
}

/** The unit vectors along the first edge and across it towards the last corner, and the two sides' lengths. */
function axesOf(ring: OpenRing): { u: Point; v: Point; length_m: number; depth_m: number } {
  const [a, b] = ring as [Point, Point]
  const last = ring.at(-1)!
  const length_m = Math.hypot(b[0] - a[0], b[1] - a[1])
  const u: Point = length_m > 0 ? [(b[0] - a[0]) / length_m, (b[1] - a[1]) / length_m] : [1, 0]
  const across = u[0] * (last[1] - a[1]) - u[1] * (last[0] - a[0])
  const v: Point = across >= 0 ? [-u[1], u[0]] : [u[1], -u[0]]
  return { u, v, length_m, depth_m: Math.abs(across) }
}

function isFirstEdgeAlong(ring: OpenRing, direction: Point | null): boolean {
  const { u, length_m, depth_m } = axesOf(ring)
  if (!direction) return length_m >= depth_m
  const size = Math.hypot(...direction)
  return Math.abs(u[0] * direction[0] + u[1] * direction[1]) >= size * Math.SQRT1_2
}
