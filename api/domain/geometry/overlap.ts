import type { PlanarShape } from './planar-shape.ts'

/**
 * Overlap area of two shapes in m²; 0 where either is a line or point. Convex piece by convex piece with
 * Sutherland–Hodgman (Sutherland & Hodgman, "Reentrant polygon clipping", CACM 17, 1974).
 */
export function overlapArea(a: PlanarShape, b: PlanarShape): number {
  if (!doBoundsMeet(a, b, 0)) return 0
  let area = 0
  for (const piece of a.pieces) for (const other of b.pieces) area += clippedArea(piece, other)
  return area
}

/** Whether two shapes' boxes come within `margin_m` metres of each other. */
export function doBoundsMeet(a: PlanarShape, b: PlanarShape, margin_m: number): boolean {
  return (
    a.bounds[0] - margin_m <= b.bounds[2] &&
    b.bounds[0] - margin_m <= a.bounds[2] &&
    a.bounds[1] - margin_m <= b.bounds[3] &&
    b.bounds[1] - margin_m <= a.bounds[3]
  )
}

// Two buffers are enough for any clip and spare the garbage collector; the domain runs in one thread.
let from = new Float64Array(256)
let into = new Float64Array(256)

/** The convex rings that `piece` and `clip` share, x,y pairs, as one ring of metres; empty where they do not meet. */
export function clipConvex(piece: Float64Array, clip: Float64Array): Float64Array {
  const length = clipIntoBuffer(piece, clip)
  return from.slice(0, length)
}

function clippedArea(piece: Float64Array, clip: Float64Array): number {
  const length = clipIntoBuffer(piece, clip)
  if (length < 6) return 0
  const x0 = from[0]!
  const y0 = from[1]!
  let twice = 0
  for (let i = 2; i + 3 < length; i += 2)
    twice += (from[i]! - x0) * (from[i + 3]! - y0) - (from[i + 2]! - x0) * (from[i + 1]! - y0)
  return Math.abs(twice) / 2
}

function clipIntoBuffer(piece: Float64Array, clip: Float64Array): number {
  const most = 2 * (piece.length + clip.length) + 8
  if (from.length < most) {
    from = new Float64Array(most * 2)
    into = new Float64Array(most * 2)
  }
  from.set(piece)
  let length = piece.length
  for (let c = 0; c < clip.length && length > 0; c += 2) {
    const next = c + 2 < clip.length ? c + 2 : 0
    const ax = clip[c]!
    const ay = clip[c + 1]!
    const ex = clip[next]! - ax
    const ey = clip[next + 1]! - ay
    let written = 0
    let px = from[length - 2]!
    let py = from[length - 1]!
    let pSide = ex * (py - ay) - ey * (px - ax)
    for (let i = 0; i < length; i += 2) {
      const x = from[i]!
      const y = from[i + 1]!
      const side = ex * (y - ay) - ey * (x - ax)
      if (side >= 0 !== pSide >= 0) {
        const share = pSide / (pSide - side)
        into[written++] = px + share * (x - px)
        into[written++] = py + share * (y - py)
      }
      if (side >= 0) {
        into[written++] = x
        into[written++] = y
      }
      px = x
      py = y
      pSide = side
    }
    const spare = from
    from = into
    into = spare
    length = written
  }
  return length
}
