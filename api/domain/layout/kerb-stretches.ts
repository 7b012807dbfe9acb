import { type KerbLine, pointAlong } from '../geometry/kerb-line.ts'
import type { Point } from '../geometry/ring-edits.ts'
import type { Span } from './spans.ts'
import type { Strip } from './strip.ts'

/**
 * A straight piece of a kerb. Bays are straight: along a bend they stand along its chords. `start_m` counts along the
 * chords of all stretches before, `kerb` along the kerb itself.
 */
export interface Stretch {
  origin: Point
  u: Point
  /** Square to it, towards the ground that bays are laid on. */
  n: Point
  length_m: number
  start_m: number
  kerb: Span
  /** How far the kerb itself strays from the chord, towards that ground and away from it. */
  bulge_m: number
  hollow_m: number
  /** The turn to the next stretch in radians, positive where the ground lies in the inner corner. */
  turn: number
}

/** A kerb that strays no more than this from a straight line is one: so exactly is a kerb surveyed. */
const BEND_TOLERANCE_M = 0.1

/** Cuts a kerb into straight stretches for ground on the given side of its drawn direction. */
export function kerbStretches(kerb: KerbLine, side: 'left' | 'right'): Stretch[] {
  const stretches: Stretch[] = []
  const { points } = kerb
  let start_m = 0
  for (let i = 0; i + 1 < points.length;) {
    let end = i + 1
    let found = stretch(kerb, i, end, side, start_m)
    while (end + 1 < points.length) {
      const longer = stretch(kerb, i, end + 1, side, start_m)
      if (!longer || longer.bulge_m + longer.hollow_m > BEND_TOLERANCE_M) break
      found = longer
      end++
    }
    i = end
    if (!found) continue
    stretches.push(found)
    start_m += found.length_m
  }
  for (let i = 0; i + 1 < stretches.length; i++) {
    const [a, b] = [stretches[i]!, stretches[i + 1]!]
    a.turn = Math.atan2(a.n[0] * b.u[0] + a.n[1] * b.u[1], a.u[0] * b.u[0] + a.u[1] * b.u[1])
  }
  return stretches
}

/** The band of a stretch that reaches from `offset_m` off the kerb so deep, and how it lies among all chords. */
export function stripOn(stretch: Stretch, offset_m: number, depth_m: number): Strip {
  const near_m = stretch.bulge_m + offset_m
  return { ...stretch, near_m, far_m: near_m + depth_m }
}

/**
 * Metres at both ends of a stretch that a band would share with the next one's: in an inner corner two bands overlap
 * as far as their depth times the tangent of half the turn.
 */
export function cornerCuts(stretches: readonly Stretch[], at: number, far_m: number): Span[] {
  const { length_m, turn } = stretches[at]!
  const cut = (angle: number) =>
    angle > 0
      ? Math.min(length_m, Math.max(0, far_m) * Math.tan(Math.min(angle, MOST_TURN) / 2))
      : 0
  const before = cut(at > 0 ? stretches[at - 1]!.turn : 0)
  const after = cut(turn)
  return [
    [0, before],
    [length_m - after, length_m],
  ]
}

/** Beyond this a kerb turns back on itself; nothing near the corner can be used. */
const MOST_TURN = (Math.PI * 17) / 18

/** Metres along the chords as metres along the kerb. */
export function toKerb(stretches: readonly Stretch[], along_m: number): number {
  const at = stretches.findLast((stretch) => stretch.start_m <= along_m) ?? stretches[0]!
  const share = Math.min(1, Math.max(0, (along_m - at.start_m) / at.length_m))
  return at.kerb[0] + share * (at.kerb[1] - at.kerb[0])
}

/** The kerb between two of its own stations, as a line in metres. */
export function kerbBetween(kerb: KerbLine, [from, to]: Span): Point[] {
  const between = kerb.points.filter((_, i) => kerb.start_m[i]! > from && kerb.start_m[i]! < to)
  return [pointAlong(kerb, from).point, ...between, pointAlong(kerb, to).point]
}

function stretch(
  kerb: KerbLine,
  from: number,
  to: number,
  side: 'left' | 'right',
  start_m: number,
): Stretch | null {
  const [a, b] = [kerb.points[from]!, kerb.points[to]!]
  const length_m = Math.hypot(b[0] - a[0], b[1] - a[1])
  if (length_m === 0) return null
  const u: Point = [(b[0] - a[0]) / length_m, (b[1] - a[1]) / length_m]
  const n: Point = side === 'left' ? [-u[1], u[0]] : [u[1], -u[0]]
  let [bulge_m, hollow_m] = [0, 0]
  for (let i = from + 1; i < to; i++) {
    const [x, y] = [kerb.points[i]![0] - a[0], kerb.points[i]![1] - a[1]]
    const along = x * u[0] + y * u[1]
    // A kerb that runs back is no straight line, however near it stays.
    if (along < 0 || along > length_m) return null
    const across = x * n[0] + y * n[1]
    bulge_m = Math.max(bulge_m, across)
    hollow_m = Math.max(hollow_m, -across)
  }
  return {
    origin: a,
    u,
    n,
    length_m,
    start_m,
    kerb: [kerb.start_m[from]!, kerb.start_m[to]!],
    bulge_m,
    hollow_m,
    turn: 0,
  }
}
