import { centreOf, type OpenRing, type Point } from './ring-edits.ts'

/** What a shape sticks to: a stretch of kerb, or an edge of a neighbour from which it keeps `gap_m`. */
export interface SnapTarget {
  kind: 'kerb' | 'edge'
  from: Point
  to: Point
  /** The painted line between two neighbours; 0 at a kerb. */
  gap_m: number
}

/** Where a point went and the line it lies on now, to be drawn; null for a corner. */
export interface SnappedPoint {
  point: Point
  kind: SnapTarget['kind'] | 'corner'
  guide: readonly [Point, Point] | null
}

/** How far a shape was pushed to stick, and along which lines. Nothing near: 0, 0 and no guides. */
export interface SnappedShape {
  dx: number
  dy: number
  guides: (readonly [Point, Point])[]
}

/** Sticks a point to the nearest corner within the tolerance, else to the nearest line; null where none is near. */
export function snapPoint(
  point: Point,
  targets: readonly SnapTarget[],
  tolerance_m: number,
): SnappedPoint | null {
  let best: SnappedPoint | null = null
  let least = tolerance_m
  for (const target of targets)
    for (const corner of [target.from, target.to]) {
      const distance = Math.hypot(corner[0] - point[0], corner[1] - point[1])
      if (distance > least) continue
      least = distance
      best = { point: corner, kind: 'corner', guide: null }
    }
  if (best) return best
  for (const target of targets) {
    const foot = footOn(target, point)
    if (!foot) continue
    const distance = Math.hypot(foot[0] - point[0], foot[1] - point[1])
    if (distance > least) continue
    least = distance
    best = { point: foot, kind: target.kind, guide: [target.from, target.to] }
  }
  return best
}

/**
 * Sticks a whole shape: the corner that is nearest to a line pushes it square onto that line, then it slides along
 * the line to a second one that is as near. Neighbours are kept at their gap, on the side where the shape is.
 */
export function snapShape(
  ring: OpenRing,
  targets: readonly SnapTarget[],
  tolerance_m: number,
): SnappedShape {
  const lines = targets.map((target) => gapped(target, centreOf(ring)))
  const first = nearestPush(ring, lines, tolerance_m)
  if (!first) return { dx: 0, dy: 0, guides: [] }
  const moved: OpenRing = ring.map(([x, y]) => [x + first.dx, y + first.dy])
  const second = nearestSlide(moved, lines, first.line, tolerance_m)
  return {
    dx: first.dx + (second?.dx ?? 0),
    dy: first.dy + (second?.dy ?? 0),
    guides: [first.line, ...(second ? [second.line] : [])].map(({ from, to }) => [from, to]),
  }
}

interface Push {
  dx: number
  dy: number
  line: SnapTarget
}

function nearestPush(
  ring: OpenRing,
  lines: readonly SnapTarget[],
  tolerance_m: number,
): Push | null {
  let best: Push | null = null
  let least = tolerance_m
  for (const line of lines)
    for (const corner of ring) {
      const foot = footOn(line, corner)
      if (!foot) continue
      const [dx, dy] = [foot[0] - corner[0], foot[1] - corner[1]]
      const distance = Math.hypot(dx, dy)
      if (distance >= least) continue
      least = distance
      best = { dx, dy, line }
    }
  return best
}

/** The shortest slide along `rail` that brings a corner onto another line. */
function nearestSlide(
  ring: OpenRing,
  lines: readonly SnapTarget[],
  rail: SnapTarget,
  tolerance_m: number,
): Push | null {
  const [ux, uy] = unit(rail)
  let best: Push | null = null
  let least = tolerance_m
  for (const line of lines) {
    if (line === rail) continue
    const [vx, vy] = unit(line)
    const turn = ux * vy - uy * vx
    if (Math.abs(turn) < LEAST_TURN) continue
    for (const [x, y] of ring) {
      // Where the corner, sliding along the rail, meets the line: solve corner + t·u = from + s·v.
      const [rx, ry] = [line.from[0] - x, line.from[1] - y]
      const slide = (rx * vy - ry * vx) / turn
      if (Math.abs(slide) >= least) continue
      if (!footOn(line, [x + ux * slide, y + uy * slide])) continue
      least = Math.abs(slide)
      best = { dx: ux * slide, dy: uy * slide, line }
    }
  }
  return best
}

/** Lines that differ by less than about 6° are no second direction: a slide between them would be long. */
const LEAST_TURN = 0.1

function unit({ from, to }: SnapTarget): Point {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  return length > 0 ? [(to[0] - from[0]) / length, (to[1] - from[1]) / length] : [1, 0]
}

/** The line moved towards the shape by its gap. */
function gapped(target: SnapTarget, towards: Point): SnapTarget {
  if (target.gap_m === 0) return target
  const [ux, uy] = unit(target)
  const isLeft = ux * (towards[1] - target.from[1]) - uy * (towards[0] - target.from[0]) >= 0
  const gap = isLeft ? target.gap_m : -target.gap_m
  const off = ([x, y]: Point): Point => [x - uy * gap, y + ux * gap]
  return { ...target, from: off(target.from), to: off(target.to) }
}

/** The foot of the perpendicular, null where it falls beyond the line's ends by more than a hand. */
function footOn({ from, to }: SnapTarget, [x, y]: Point): Point | null {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const squared = dx * dx + dy * dy
  if (squared === 0) return null
  const share = ((x - from[0]) * dx + (y - from[1]) * dy) / squared
  const beyond = Math.max(-share, share - 1) * Math.sqrt(squared)
  return beyond > HAND_M ? null : [from[0] + dx * share, from[1] + dy * share]
}

const HAND_M = 0.1
