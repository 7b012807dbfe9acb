import { buildCellGrid } from './cell-grid.ts'

/** A line as its parts (a multi-line has several): x,y pairs in metres of one frame, in the drawn direction. */
export interface Polyline {
  parts: readonly Float64Array[]
}

/** `side` is seen along the drawn direction; a point exactly on the line counts as right. Distance in metres. */
export interface NearestLine {
  line: number
  distance_m: number
  side: 'left' | 'right'
}

/** Lines prepared for many points. */
export interface LineFinder {
  /** The nearest line within the finder's distance, of equally near ones the lowest index; null when none is. */
  nearest(x: number, y: number): NearestLine | null
  /** The same for many points in flat arrays: line −1 for none; side 1 left, −1 right, 0 none. */
  nearestOfMany(
    xs: Float64Array,
    ys: Float64Array,
  ): { line: Int32Array; distance_m: Float64Array; side: Int8Array }
}

/** Far above what adding and subtracting rounds away: a point exactly at the distance is still in a listed cell. */
const ROUNDING_M = 1e-6

/**
 * Prepares lines for "which is nearest within `max_distance_m`?". Every cell of a uniform grid lists the segments that
 * come within that distance of it, so a point reads one cell and nothing else. Cells smaller than half the distance
 * would only repeat the lists: `cell_m` is raised to that.
 */
export function lineFinder(
  lines: readonly Polyline[],
  max_distance_m: number,
  cell_m = Math.max(10, 2 * max_distance_m),
): LineFinder {
  const { segments, lineOf, isJoined } = segmentsOf(lines)
  const size_m = Math.max(cell_m, max_distance_m / 2)
  const { bounds, segmentOf } = piecesOf(segments, size_m, max_distance_m)
  const { minx, miny, cell_m: cell, columns, rows, start, items } = buildCellGrid(bounds, size_m)
  const limit = max_distance_m * max_distance_m
  const bestOf = { segment: -1, squared: Infinity, at: 0 }

  const find = (x: number, y: number): boolean => {
    const column = Math.floor((x - minx) / cell)
    const row = Math.floor((y - miny) / cell)
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) return false
    const cellAt = row * columns + column
    const end = start[cellAt + 1]!
    let best = -1
    let least = Infinity
    let at = 0
    let last = -1
    for (let k = start[cellAt]!; k < end; k++) {
      const segment = segmentOf[items[k]!]!
      // The pieces of one segment follow one another.
      if (segment === last) continue
      last = segment
      const s = segment * 4
      const ax = segments[s]!
      const ay = segments[s + 1]!
      const bx = segments[s + 2]!
      const by = segments[s + 3]!
      const dx = bx - ax
      const dy = by - ay
      let t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
      t = t < 0 ? 0 : t > 1 ? 1 : t
      // At an end the end itself is taken, so that two segments that meet there are equally near to the bit.
      const ex = (t === 1 ? bx : ax + t * dx) - x
      const ey = (t === 1 ? by : ay + t * dy) - y
      const squared = ex * ex + ey * ey
      // Segments come in the order of the lines: of equally near ones the first stays.
      if (squared < least) {
        least = squared
        best = segment
        at = t
      }
    }
    bestOf.segment = best
    bestOf.squared = least
    bestOf.at = at
    return least <= limit
  }

  const turnOf = (segment: number, x: number, y: number): number => {
    const s = segment * 4
    const ux = segments[s + 2]! - segments[s]!
    const uy = segments[s + 3]! - segments[s + 1]!
    return ux * (y - segments[s + 1]!) - uy * (x - segments[s]!)
  }
  const isLeft = (x: number, y: number): boolean => {
    const { segment, at } = bestOf
    // Nearest to a bend: the point lies outside of it, whatever a single segment's extension would say.
    const before = at === 0 && isJoined[segment] ? segment - 1 : segment
    const after = before + 1
    const isBend = (at === 0 && isJoined[segment]) || (at === 1 && isJoined[after])
    if (isBend) {
      const turn = turnOf(before, segments[after * 4 + 2]!, segments[after * 4 + 3]!)
      if (turn !== 0) return turn < 0
    }
    return turnOf(segment, x, y) > 0
  }

  return {
    nearest: (x, y) =>
      find(x, y)
        ? {
            line: lineOf[bestOf.segment]!,
            distance_m: Math.sqrt(bestOf.squared),
            side: isLeft(x, y) ? 'left' : 'right',
          }
        : null,
    nearestOfMany: (xs, ys) => {
      const line = new Int32Array(xs.length).fill(-1)
      const distance_m = new Float64Array(xs.length).fill(Infinity)
      const side = new Int8Array(xs.length)
      for (let p = 0; p < xs.length; p++) {
        if (!find(xs[p]!, ys[p]!)) continue
        line[p] = lineOf[bestOf.segment]!
        distance_m[p] = Math.sqrt(bestOf.squared)
        side[p] = isLeft(xs[p]!, ys[p]!) ? 1 : -1
      }
      return { line, distance_m, side }
    },
  }
}

/** x1,y1,x2,y2 a segment; `isJoined` where it begins at the end of the segment before it. */
function segmentsOf(lines: readonly Polyline[]) {
  const segments: number[] = []
  const lineOf: number[] = []
  const isJoined: boolean[] = []
  lines.forEach(({ parts }, line) => {
    for (const part of parts) {
      let isFirst = true
      for (let k = 0; k + 3 < part.length; k += 2) {
        // A vertex drawn twice is no segment, and has no side.
        if (part[k] === part[k + 2] && part[k + 1] === part[k + 3]) continue
        segments.push(part[k]!, part[k + 1]!, part[k + 2]!, part[k + 3]!)
        lineOf.push(line)
        isJoined.push(!isFirst)
        isFirst = false
      }
    }
  })
  return { segments: Float64Array.from(segments), lineOf: Int32Array.from(lineOf), isJoined }
}

/**
 * The boxes around all that lies within `reach_m` of a segment. Long segments are entered piecewise: the box of a whole
 * diagonal would fill cells far from it.
 */
function piecesOf(segments: Float64Array, piece_m: number, reach_m: number) {
  const bounds: number[] = []
  const segmentOf: number[] = []
  const margin = reach_m + ROUNDING_M
  for (let s = 0; s < segments.length; s += 4) {
    const ax = segments[s]!
    const ay = segments[s + 1]!
    const dx = segments[s + 2]! - ax
    const dy = segments[s + 3]! - ay
    const count = Math.max(1, Math.ceil(Math.hypot(dx, dy) / piece_m))
    for (let k = 0; k < count; k++) {
      const [x1, y1] = [ax + (dx * k) / count, ay + (dy * k) / count]
      const [x2, y2] = [ax + (dx * (k + 1)) / count, ay + (dy * (k + 1)) / count]
      bounds.push(
        Math.min(x1, x2) - margin,
        Math.min(y1, y2) - margin,
        Math.max(x1, x2) + margin,
        Math.max(y1, y2) + margin,
      )
      segmentOf.push(s / 4)
    }
  }
  return { bounds: Float64Array.from(bounds), segmentOf: Int32Array.from(segmentOf) }
}
