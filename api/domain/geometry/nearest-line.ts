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

/**
 * Prepares lines for "which is nearest within `max_distance_m`?". Segments lie in a uniform grid; a point looks at its
 * cell and then at rings of cells around it until nothing nearer can come.
 */
export function lineFinder(
  lines: readonly Polyline[],
  max_distance_m: number,
  cell_m = Math.min(100, Math.max(5, max_distance_m / 2)),
): LineFinder {
  const { segments, lineOf, isJoined } = segmentsOf(lines)
  const { bounds, segmentOf } = piecesOf(segments, cell_m)
  const grid = buildCellGrid(bounds, cell_m)
  const { minx, miny, cell_m: cell, columns, rows, start, items } = grid
  const limit = max_distance_m * max_distance_m
  const bestOf = { segment: -1, squared: Infinity, at: 0 }

  const tryCell = (at: number, x: number, y: number) => {
    const end = start[at + 1]!
    for (let k = start[at]!; k < end; k++) {
      const segment = segmentOf[items[k]!]!
      const s = segment * 4
      const ax = segments[s]!
      const ay = segments[s + 1]!
      const bx = segments[s + 2]!
      const by = segments[s + 3]!
      const dx = bx - ax
      const dy = by - ay
      const squaredLength = dx * dx + dy * dy
      let t = squaredLength > 0 ? ((x - ax) * dx + (y - ay) * dy) / squaredLength : 0
      t = t < 0 ? 0 : t > 1 ? 1 : t
      // At an end the end itself is taken, so that two segments that meet there are equally near to the bit.
      const ex = (t === 1 ? bx : ax + t * dx) - x
      const ey = (t === 1 ? by : ay + t * dy) - y
      const squared = ex * ex + ey * ey
      if (squared < bestOf.squared || (squared === bestOf.squared && segment < bestOf.segment)) {
        bestOf.squared = squared
        bestOf.segment = segment
        bestOf.at = t
      }
    }
  }

  const find = (x: number, y: number): boolean => {
    bestOf.segment = -1
    bestOf.squared = Infinity
    const column = Math.floor((x - minx) / cell)
    const row = Math.floor((y - miny) / cell)
    // A point outside the grid begins with the ring that first meets it.
    const outside = Math.max(0, -column, column - columns + 1, -row, row - rows + 1)
    const insetX = Math.min(x - minx - column * cell, minx + (column + 1) * cell - x)
    const insetY = Math.min(y - miny - row * cell, miny + (row + 1) * cell - y)
    const inset = Math.min(insetX, insetY)
    for (let ring = outside; ; ring++) {
      const certain = ring === 0 ? 0 : (ring - 1) * cell + inset
      if (certain > max_distance_m || certain * certain > bestOf.squared) break
      const low = row - ring
      const high = row + ring
      const first = Math.max(0, column - ring)
      const last = Math.min(columns - 1, column + ring)
      for (let r = Math.max(0, low); r <= Math.min(rows - 1, high); r++) {
        if (r === low || r === high)
          for (let c = first; c <= last; c++) tryCell(r * columns + c, x, y)
        else {
          if (column - ring >= 0) tryCell(r * columns + column - ring, x, y)
          if (column + ring < columns) tryCell(r * columns + column + ring, x, y)
        }
      }
      if (low <= 0 && high >= rows - 1 && column - ring <= 0 && column + ring >= columns - 1) break
    }
    return bestOf.segment >= 0 && bestOf.squared <= limit
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

/** Long segments are entered piecewise: the box of a whole diagonal would fill cells far from it. */
function piecesOf(segments: Float64Array, cell_m: number) {
  const bounds: number[] = []
  const segmentOf: number[] = []
  for (let s = 0; s < segments.length; s += 4) {
    const ax = segments[s]!
    const ay = segments[s + 1]!
    const dx = segments[s + 2]! - ax
    const dy = segments[s + 3]! - ay
    const count = Math.max(1, Math.ceil(Math.hypot(dx, dy) / cell_m))
    for (let k = 0; k < count; k++) {
      const [x1, y1] = [ax + (dx * k) / count, ay + (dy * k) / count]
      const [x2, y2] = [ax + (dx * (k + 1)) / count, ay + (dy * (k + 1)) / count]
      bounds.push(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2))
      segmentOf.push(s / 4)
    }
  }
  return { bounds: Float64Array.from(bounds), segmentOf: Int32Array.from(segmentOf) }
}
