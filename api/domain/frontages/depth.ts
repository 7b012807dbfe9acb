import type { Point } from '../geometry/ring-edits.ts'
import type { Wall } from './walls.ts'

/** A straight piece of something before walls, in metres. */
export interface Piece {
  kind: 'kerb' | 'wall' | 'centreline'
  from: Point
  to: Point
}

/** How far the ground before a wall reaches between two places of it: straight from one depth to the other. */
export interface DepthPiece {
  from_s: number
  to_s: number
  from_m: number
  to_m: number
  /** `kerb`: up to the kerb; `limit`: no kerb within reach, so to the stated depth or half way to another wall. */
  by: 'kerb' | 'limit'
}

export interface Reach {
  /** A kerb farther from the wall is another street's. */
  kerb_reach_m: number
  /** How deep the ground is where there is no kerb. */
  limit_m: number
}

/** A piece as seen from the wall: its distance changes evenly from one place of the wall to another. */
interface Seen {
  kind: Piece['kind']
  from_s: number
  to_s: number
  from_m: number
  slope: number
}

const NOTHING = 1e-9

/**
 * How deep the ground is between the places `from_s` and `to_s` of a wall, straight out of it: to the nearest kerb, where
 * neither a wall nor the middle of a street comes before it. Exact: it is the lower envelope of straight pieces.
 */
export function depthsBefore(
  wall: Wall,
  from_s: number,
  to_s: number,
  pieces: readonly Piece[],
  reach: Reach,
): DepthPiece[] {
  const seen = pieces.flatMap((piece) => seenFrom(wall, piece, from_s, to_s) ?? [])
  const stations = stationsOf(seen, from_s, to_s, reach)
  const depths: DepthPiece[] = []
  for (let i = 0; i + 1 < stations.length; i++) {
    const [s, next] = [stations[i]!, stations[i + 1]!]
    const piece = depthBetween(seen, s, next, reach)
    const last = depths.at(-1)
    if (last && goesOn(last, piece)) {
      last.to_s = piece.to_s
      last.to_m = piece.to_m
    } else depths.push(piece)
  }
  return depths
}

const depthOf = (seen: Seen, s: number): number => seen.from_m + seen.slope * (s - seen.from_s)

function seenFrom(wall: Wall, piece: Piece, from_s: number, to_s: number): Seen | null {
  const [a, b] = [project(wall, piece.from), project(wall, piece.to)].sort((p, q) => p.s - q.s) as [
    { s: number; m: number },
    { s: number; m: number },
  ]
  // Seen end on, it covers no length of the wall.
  if (b.s - a.s < NOTHING || b.s <= from_s || a.s >= to_s) return null
  const slope = (b.m - a.m) / (b.s - a.s)
  const seen: Seen = { kind: piece.kind, from_s: a.s, to_s: b.s, from_m: a.m, slope }
  // Only what lies before the wall: its own line and what is behind it count for nothing.
  if (a.m > NOTHING && b.m > NOTHING) return seen
  if (a.m <= NOTHING && b.m <= NOTHING) return null
  const zero = a.s - a.m / slope
  return slope > 0 ? { ...seen, from_s: zero, from_m: 0 } : { ...seen, to_s: zero }
}

function project({ from, along, out }: Wall, [x, y]: Point): { s: number; m: number } {
  const [dx, dy] = [x - from[0], y - from[1]]
  return { s: dx * along[0] + dy * along[1], m: dx * out[0] + dy * out[1] }
}

/** Every place at which another piece may become the nearest one. */
function stationsOf(seen: readonly Seen[], from_s: number, to_s: number, reach: Reach): number[] {
  const at = [from_s, to_s]
  const levels = [reach.limit_m, 2 * reach.limit_m, reach.kerb_reach_m]
  seen.forEach((one, i) => {
    at.push(one.from_s, one.to_s)
    for (const level of levels) at.push(crossing(one, level, 0))
    for (const other of seen.slice(i + 1)) at.push(crossing(one, depthOf(other, 0), other.slope))
  })
  return [...new Set(at)]
    .filter((s) => s >= from_s && s <= to_s)
    .sort((a, b) => a - b)
    .filter((s, i, all) => i === 0 || s === to_s || s - all[i - 1]! > NOTHING)
}

const crossing = (one: Seen, atZero: number, slope: number): number =>
  one.slope === slope ? NaN : (atZero - depthOf(one, 0)) / (one.slope - slope)

function depthBetween(seen: readonly Seen[], from_s: number, to_s: number, reach: Reach) {
  const middle = (from_s + to_s) / 2
  const nearest = seen
    .filter((one) => one.from_s <= middle && one.to_s >= middle)
    .reduce<Seen | null>(
      (best, one) => (best && depthOf(best, middle) <= depthOf(one, middle) ? best : one),
      null,
    )
  const straight = (share: number, by: DepthPiece['by']): DepthPiece => ({
    from_s,
    to_s,
    from_m: Math.max(0, share * depthOf(nearest!, from_s)),
    to_m: Math.max(0, share * depthOf(nearest!, to_s)),
    by,
  })
  if (nearest?.kind === 'kerb' && depthOf(nearest, middle) <= reach.kerb_reach_m)
    return straight(1, 'kerb')
  // Between two walls each has its half; the middle of a street is the end for both.
  const share = nearest?.kind === 'wall' ? 0.5 : 1
  if (nearest && share * depthOf(nearest, middle) < reach.limit_m) return straight(share, 'limit')
  return { from_s, to_s, from_m: reach.limit_m, to_m: reach.limit_m, by: 'limit' as const }
}

/** Whether two neighbouring pieces are one straight piece. */
function goesOn(last: DepthPiece, next: DepthPiece): boolean {
  const slope = ({ from_s, to_s, from_m, to_m }: DepthPiece) => (to_m - from_m) / (to_s - from_s)
  return (
    last.by === next.by &&
    Math.abs(last.to_m - next.from_m) < 1e-6 &&
    Math.abs(slope(last) - slope(next)) < 1e-6
  )
}
