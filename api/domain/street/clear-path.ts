import { clipConvex } from '../geometry/overlap.ts'
import type { PlanarShape } from '../geometry/planar-shape.ts'

/** A street side as walkers have it: the kerb in metres, and the footway behind it, beyond its furnishing strip. */
export interface Footway {
  kerb: readonly (readonly [x: number, y: number])[]
  side: 'left' | 'right'
  footway_width_m: number
  furnishing_width_m: number
}

/**
 * Between two stations, metres along the kerb, the widest way through changes evenly from one width to the other; what
 * lies in the footway there is named by its place among the obstacles. Points have no length: `from_m` = `to_m`.
 */
export interface WidthPiece {
  from_m: number
  to_m: number
  from_width_m: number
  to_width_m: number
  narrowed_by: readonly number[]
}

/** Stations nearer than this are one. */
const SAME_M = 1e-7

/** An offset from the kerb as it changes along a stretch: at its beginning, and at its end. */
type Line = readonly [at_start: number, at_end: number]

/** A convex part of an obstacle in the frame of one straight of the kerb: station and offset pairs. */
interface Part {
  obstacle: number
  ring: Float64Array
  low: number
  high: number
}

/**
 * The widest unbroken way left across the footway at every station, exactly: stations at which anything changes are
 * worked out, not sampled. Cross-sections stand square to each straight of the kerb.
 */
export function widthProfile(footway: Footway, obstacles: readonly PlanarShape[]): WidthPiece[] {
  const pieces: WidthPiece[] = []
  let before = 0
  for (let i = 0; i + 1 < footway.kerb.length; i++) {
    const [a, b] = [footway.kerb[i]!, footway.kerb[i + 1]!]
    const length = Math.hypot(b[0] - a[0], b[1] - a[1])
    if (length <= SAME_M) continue
    const parts = obstacles.flatMap((shape, n) => partsAlong(footway, a, b, length, shape, n))
    pieces.push(...straightProfile(footway, length, parts, before))
    before += length
  }
  return joined(pieces)
}

/** What of an obstacle lies in the footway along one straight; lines and points are parts without width. */
function partsAlong(
  { side, furnishing_width_m: near, footway_width_m: far }: Footway,
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  length: number,
  shape: PlanarShape,
  obstacle: number,
): Part[] {
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length]
  const sign = side === 'left' ? 1 : -1
  const strip = Float64Array.of(0, near, length, near, length, far, 0, far)
  const turned = (points: ArrayLike<number>): Float64Array => {
    const own = new Float64Array(points.length)
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]! - ax, points[i + 1]! - ay]
      own[i] = x * ux + y * uy
      own[i + 1] = sign * (y * ux - x * uy)
    }
    return own
  }
  const rings = shape.pieces.length
    ? shape.pieces.map((piece) => clipConvex(turned(piece), strip))
    : edgesWithin(turned(shape.edges), length, near, far)
  return rings
    .filter((ring) => ring.length >= 2)
    .map((ring) => {
      const stations = ring.filter((_, i) => i % 2 === 0)
      return { obstacle, ring, low: Math.min(...stations), high: Math.max(...stations) }
    })
}

/** Edges of lines and points, cut to the strip. */
function edgesWithin(
  edges: Float64Array,
  length: number,
  near: number,
  far: number,
): Float64Array[] {
  const kept: Float64Array[] = []
  for (let i = 0; i < edges.length; i += 4) {
    const [s, o] = [edges[i]!, edges[i + 1]!]
    const [ds, d0] = [edges[i + 2]! - s, edges[i + 3]! - o]
    let [from, to] = [0, 1]
    for (const [start, step, least, most] of [
      [s, ds, 0, length],
      [o, d0, near, far],
    ] as const) {
      if (step === 0) {
        if (start < least || start > most) to = -1
        continue
      }
      const [first, last] = [(least - start) / step, (most - start) / step]
      from = Math.max(from, Math.min(first, last))
      to = Math.min(to, Math.max(first, last))
    }
    if (from > to) continue
    kept.push(Float64Array.of(s + ds * from, o + d0 * from, s + ds * to, o + d0 * to))
  }
  return kept
}

function straightProfile(
  footway: Footway,
  length: number,
  parts: readonly Part[],
  before: number,
): WidthPiece[] {
  const stations = distinct([
    0,
    length,
    ...parts.flatMap(({ ring }) => [...ring.filter((_, i) => i % 2 === 0)]),
  ])
  const pieces: WidthPiece[] = []
  for (const [i, from] of stations.entries()) {
    const flat = parts.filter(
      ({ low, high }) => high - low <= SAME_M && Math.abs(low - from) <= SAME_M,
    )
    if (flat.length > 0) pieces.push(pointPiece(footway, parts, from, before))
    const to = stations[i + 1]
    if (to === undefined) break
    const there = parts.filter(({ low, high }) => low <= from + SAME_M && high >= to - SAME_M)
    pieces.push(...stretchProfile(footway, from, to, there, before))
  }
  return pieces
}

/** Between two stations at which no part begins, ends or has a corner: every offset is a straight line. */
function stretchProfile(
  { furnishing_width_m: near, footway_width_m: far }: Footway,
  from: number,
  to: number,
  there: readonly Part[],
  before: number,
): WidthPiece[] {
  const covers = there.map((part) => {
    const [a, b] = [cut(part, from), cut(part, to)]
    return { low: [a[0], b[0]] as Line, high: [a[1], b[1]] as Line }
  })
  const narrowed_by = [...new Set(there.map(({ obstacle }) => obstacle))]
  const lines = covers.flatMap(({ low, high }) => [low, high])
  return sharesBetween(lines).flatMap(([p, q]) => {
    const gaps = gapsOf(covers, near, far, (p + q) / 2)
    // The widest of several ways may be another one before the stretch ends.
    return sharesBetween(gaps, p, q).map(([r, s]): WidthPiece => {
      const middle = (r + s) / 2
      const widest = gaps.reduce((best, gap) => (at(gap, middle) > at(best, middle) ? gap : best))
      return {
        from_m: before + from + (to - from) * r,
        to_m: before + from + (to - from) * s,
        from_width_m: Math.max(0, at(widest, r)),
        to_width_m: Math.max(0, at(widest, s)),
        narrowed_by,
      }
    })
  })
}

const at = (line: Line, share: number): number => line[0] + (line[1] - line[0]) * share

/** The ways between what is covered, as widths; the order of the lines is that at `share`. */
function gapsOf(
  covers: readonly { low: Line; high: Line }[],
  near: number,
  far: number,
  share: number,
): Line[] {
  const gaps: Line[] = []
  let edge: Line = [near, near]
  for (const { low, high } of covers.toSorted((a, b) => at(a.low, share) - at(b.low, share))) {
    if (at(low, share) > at(edge, share)) gaps.push([low[0] - edge[0], low[1] - edge[1]])
    if (at(high, share) > at(edge, share)) edge = high
  }
  if (far > at(edge, share)) gaps.push([far - edge[0], far - edge[1]])
  return gaps.length > 0 ? gaps : [[0, 0]]
}

/** A stretch cut where any two of the lines cross, as shares of it. */
function sharesBetween(lines: readonly Line[], from = 0, to = 1): [number, number][] {
  const cuts = [from, to]
  for (let i = 0; i < lines.length; i++)
    for (let j = i + 1; j < lines.length; j++) {
      const [a, b] = [lines[i]![0] - lines[j]![0], lines[i]![1] - lines[j]![1]]
      if (a * b >= 0) continue
      const share = a / (a - b)
      if (share > from && share < to) cuts.push(share)
    }
  cuts.sort((a, b) => a - b)
  return cuts.slice(1).map((cut, i): [number, number] => [cuts[i]!, cut])
}

/** Lowest and highest offset of a part at a station. */
function cut({ ring }: Part, station: number): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity]
  const take = (offset: number) => {
    low = Math.min(low, offset)
    high = Math.max(high, offset)
  }
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length
    const [s, o, t, p] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!]
    if (Math.abs(s - station) <= SAME_M) take(o)
    if ((s - station) * (t - station) < 0) take(o + ((p - o) * (station - s)) / (t - s))
  }
  return [low, high]
}

/** A cross-section of no length, at a point or at a line that stands across. */
function pointPiece(
  footway: Footway,
  parts: readonly Part[],
  station: number,
  before: number,
): WidthPiece {
  const there = parts.filter(({ low, high }) => low <= station + SAME_M && high >= station - SAME_M)
  const covers = there.map((part) => {
    const [low, high] = cut(part, station)
    return { low: [low, low] as Line, high: [high, high] as Line }
  })
  const gaps = gapsOf(covers, footway.furnishing_width_m, footway.footway_width_m, 0)
  const width = Math.max(0, ...gaps.map(([gap]) => gap))
  const place = before + station
  return {
    from_m: place,
    to_m: place,
    from_width_m: width,
    to_width_m: width,
    narrowed_by: [...new Set(there.map(({ obstacle }) => obstacle))],
  }
}

function distinct(stations: number[]): number[] {
  return stations
    .sort((a, b) => a - b)
    .filter((station, i, all) => i === 0 || station - all[i - 1]! > SAME_M)
}

/** Pieces of one even width with the same things in the way are one. */
function joined(pieces: readonly WidthPiece[]): WidthPiece[] {
  const result: WidthPiece[] = []
  for (const piece of pieces) {
    const last = result.at(-1)
    const isEven = ({ from_width_m, to_width_m }: WidthPiece) => from_width_m === to_width_m
    if (
      last &&
      last.to_m > last.from_m &&
      piece.to_m > piece.from_m &&
      isEven(last) &&
      isEven(piece) &&
      Math.abs(last.to_width_m - piece.from_width_m) < SAME_M &&
      last.narrowed_by.join() === piece.narrowed_by.join()
    )
      result[result.length - 1] = { ...last, to_m: piece.to_m }
    else result.push(piece)
  }
  return result
}

/** The narrowest place of a profile; null for one without length. */
export function leastWidth(
  profile: readonly WidthPiece[],
): { width_m: number; at_m: number; narrowed_by: readonly number[] } | null {
  let least: { width_m: number; at_m: number; narrowed_by: readonly number[] } | null = null
  for (const piece of profile)
    for (const [width_m, at_m] of [
      [piece.from_width_m, piece.from_m],
      [piece.to_width_m, piece.to_m],
    ] as const)
      if (!least || width_m < least.width_m)
        least = { width_m, at_m, narrowed_by: piece.narrowed_by }
  return least
}

/** Which share of the length, 0 to 1, is narrower than a width; null for a profile without length. */
export function shareUnder(profile: readonly WidthPiece[], width_m: number): number | null {
  let [under, length] = [0, 0]
  for (const { from_m, to_m, from_width_m: a, to_width_m: b } of profile) {
    const run = to_m - from_m
    length += run
    if (a < width_m && b < width_m) under += run
    else if (a < width_m || b < width_m)
      under += (run * (width_m - Math.min(a, b))) / Math.abs(b - a)
  }
  return length > 0 ? under / length : null
}
