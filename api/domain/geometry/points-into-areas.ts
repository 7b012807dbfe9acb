import { buildCellGrid, type CellGrid } from './cell-grid.ts'

/**
 * An area as its rings: x,y pairs in metres of one frame, closed or not, holes and the parts of a multipolygon simply
 * listed (even–odd). No ring at all: an area that holds nothing, to keep the numbering of the caller.
 */
export interface Area {
  rings: readonly Float64Array[]
}

/** Areas prepared for many points. */
export interface AreaAssigner {
  /** For each point the lowest index of the areas that hold it, −1 for none. `xs`, `ys` in metres. */
  assign(xs: Float64Array, ys: Float64Array): Int32Array
  /** The same for one point. */
  areaAt(x: number, y: number): number
}

/**
 * A point this near a boundary lies on it, and a boundary belongs to its area. A nanometre: above what projecting
 * from degrees rounds away, far below anything measured.
 */
const BOUNDARY_M = 1e-9

/** Numbers of four half-planes a, b, c. A triangle's fourth is 0, 0, 0, which holds everywhere. */
const QUAD = 12

/**
 * Prepares areas. A convex ring becomes half-planes ax + by + c ≥ 0, anything else is counted even–odd over its edges;
 * a point reads one cell of a uniform grid and asks only the areas there.
 */
export function areaAssigner(areas: readonly Area[], cell_m = cellFor(areas)): AreaAssigner {
  const opened = areas.map((area) => area.rings.map(withoutClosing).filter((r) => r.length >= 6))
  const bounds = boundsOf(opened)
  const grid = buildCellGrid(bounds, cell_m)
  const { minx, miny, columns, rows, start, items } = grid

  // Nearly every bay is a convex quadrilateral: its half-planes lie at twelve times its index, with nothing to look
  // up. A shape with more corners begins with NaN there and has its planes or edges in the lists.
  const quads = new Float64Array(areas.length * QUAD)
  const planes: number[] = []
  const planeStart = new Int32Array(areas.length + 1)
  const edges: number[] = []
  const edgeStart = new Int32Array(areas.length + 1)
  opened.forEach((rings, i) => {
    if (rings.length !== 1 || !isConvex(rings[0]!)) {
      for (const ring of rings) addEdges(edges, ring)
      quads[i * QUAD] = NaN
    } else {
      const own = planesOf(rings[0]!)
      if (own.length <= QUAD) quads.set(own, i * QUAD)
      else {
        planes.push(...own)
        quads[i * QUAD] = NaN
      }
    }
    planeStart[i + 1] = planes.length
    edgeStart[i + 1] = edges.length
  })
  const flatPlanes = Float64Array.from(planes)
  const flatEdges = Float64Array.from(edges)
  const perCell = 1 / grid.cell_m

  const holdsWithMore: Holds = (area, x, y) => {
    const from = planeStart[area]!
    const end = planeStart[area + 1]!
    if (from === end) return isInsideEdges(flatEdges, edgeStart[area]!, edgeStart[area + 1]!, x, y)
    for (let p = from; p < end; p += 3)
      if (flatPlanes[p]! * x + flatPlanes[p + 1]! * y + flatPlanes[p + 2]! < -BOUNDARY_M)
        return false
    return true
  }
  const areaAt = (x: number, y: number): number => {
    const column = (x - minx) * perCell
    const row = (y - miny) * perCell
    // Asked this way round, a point that is no number lies nowhere.
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) return -1
    const at = (row | 0) * columns + (column | 0)
    return firstHolding(start, items, quads, at, x, y, holdsWithMore)
  }
  return {
    areaAt,
    assign: (xs, ys) => {
      const found = new Int32Array(xs.length)
      assignAll(grid, quads, xs, ys, found, holdsWithMore)
      return found
    },
  }
}

/** Asked only for areas that are no convex quadrilaterals. */
type Holds = (area: number, x: number, y: number) => boolean

/** Apart from what is prepared, so that one compiled loop with all its arrays at hand serves every assigner. */
function assignAll(
  { minx, miny, cell_m, columns, rows, start, items }: CellGrid,
  quads: Float64Array,
  xs: Float64Array,
  ys: Float64Array,
  found: Int32Array,
  holdsWithMore: Holds,
): void {
  const perCell = 1 / cell_m
  for (let p = 0; p < found.length; p++) {
    const x = xs[p]!
    const y = ys[p]!
    const column = (x - minx) * perCell
    const row = (y - miny) * perCell
    found[p] =
      column >= 0 && column < columns && row >= 0 && row < rows
        ? firstHolding(start, items, quads, (row | 0) * columns + (column | 0), x, y, holdsWithMore)
        : -1
  }
}

/** The lowest of the areas in a cell that hold a point, −1 for none. */
function firstHolding(
  start: Int32Array,
  items: Int32Array,
  quads: Float64Array,
  cell: number,
  x: number,
  y: number,
  holdsWithMore: Holds,
): number {
  const end = start[cell + 1]!
  for (let k = start[cell]!; k < end; k++) {
    const area = items[k]!
    const q = area * QUAD
    const first = quads[q]! * x + quads[q + 1]! * y + quads[q + 2]!
    if (first >= -BOUNDARY_M) {
      if (
        quads[q + 3]! * x + quads[q + 4]! * y + quads[q + 5]! >= -BOUNDARY_M &&
        quads[q + 6]! * x + quads[q + 7]! * y + quads[q + 8]! >= -BOUNDARY_M &&
        quads[q + 9]! * x + quads[q + 10]! * y + quads[q + 11]! >= -BOUNDARY_M
      )
        return area
    } else if (Number.isNaN(first) && holdsWithMore(area, x, y)) return area
  }
  return -1
}

/**
 * Four times the areas' mean extent, at least 16 m: a cell holds a few areas, and there are so few cells that looking
 * one up seldom misses the processor's cache, which costs more than asking one area more.
 */
function cellFor(areas: readonly Area[]): number {
  const bounds = boundsOf(areas.map((area) => area.rings))
  let sum = 0
  let count = 0
  for (let at = 0; at < bounds.length; at += 4) {
    if (!(bounds[at]! <= bounds[at + 2]!)) continue
    sum += (bounds[at + 2]! - bounds[at]! + bounds[at + 3]! - bounds[at + 1]!) / 2
    count++
  }
  return Math.min(500, Math.max(16, count ? (4 * sum) / count : 0))
}

function boundsOf(areas: readonly (readonly Float64Array[])[]): Float64Array {
  const bounds = new Float64Array(areas.length * 4)
  areas.forEach((rings, i) => {
    let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity]
    for (const ring of rings)
      for (let k = 0; k < ring.length; k += 2) {
        minx = Math.min(minx, ring[k]!)
        miny = Math.min(miny, ring[k + 1]!)
        maxx = Math.max(maxx, ring[k]!)
        maxy = Math.max(maxy, ring[k + 1]!)
      }
    bounds.set([minx - BOUNDARY_M, miny - BOUNDARY_M, maxx + BOUNDARY_M, maxy + BOUNDARY_M], i * 4)
  })
  return bounds
}

function withoutClosing(ring: Float64Array): Float64Array {
  const n = ring.length
  return n >= 4 && ring[0] === ring[n - 2] && ring[1] === ring[n - 1]
    ? ring.subarray(0, n - 2)
    : ring
}

/** Whether an open ring turns one way only, and once around. */
function isConvex(ring: Float64Array): boolean {
  const n = ring.length / 2
  let sign = 0
  let turned = 0
  for (let i = 0; i < n; i++) {
    const [a, b, c] = [i * 2, ((i + 1) % n) * 2, ((i + 2) % n) * 2]
    const [ux, uy] = [ring[b]! - ring[a]!, ring[b + 1]! - ring[a + 1]!]
    const [vx, vy] = [ring[c]! - ring[b]!, ring[c + 1]! - ring[b + 1]!]
    const turn = ux * vy - uy * vx
    if (turn !== 0) {
      if (sign * turn < 0) return false
      sign = Math.sign(turn)
    }
    turned += Math.atan2(turn, ux * vx + uy * vy)
  }
  return sign !== 0 && Math.abs(Math.abs(turned) - 2 * Math.PI) < 1e-6
}

/**
 * The half-planes a, b, c of a convex ring, one a side. Unit normals pointing inwards, so that the value of a plane is
 * the distance in metres.
 */
function planesOf(ring: Float64Array): number[] {
  const planes: number[] = []
  const n = ring.length
  let twiceArea = 0
  for (let i = 0; i < n; i += 2)
    twiceArea +=
      (ring[i]! - ring[0]!) * (ring[(i + 3) % n]! - ring[1]!) -
      (ring[(i + 2) % n]! - ring[0]!) * (ring[i + 1]! - ring[1]!)
  const way = Math.sign(twiceArea)
  for (let i = 0; i < n; i += 2) {
    const dx = ring[(i + 2) % n]! - ring[i]!
    const dy = ring[(i + 3) % n]! - ring[i + 1]!
    const length = Math.hypot(dx, dy)
    if (length === 0) continue
    const a = (-dy / length) * way
    const b = (dx / length) * way
    planes.push(a, b, -(a * ring[i]! + b * ring[i + 1]!))
  }
  return planes
}

function addEdges(edges: number[], ring: Float64Array): void {
  const n = ring.length
  for (let i = 0; i < n; i += 2)
    edges.push(ring[i]!, ring[i + 1]!, ring[(i + 2) % n]!, ring[(i + 3) % n]!)
}

function isInsideEdges(
  edges: Float64Array,
  from: number,
  to: number,
  x: number,
  y: number,
): boolean {
  let isInside = false
  for (let e = from; e < to; e += 4) {
    const ax = edges[e]!
    const ay = edges[e + 1]!
    const bx = edges[e + 2]!
    const by = edges[e + 3]!
    if (
      (ay > y + BOUNDARY_M && by > y + BOUNDARY_M) ||
      (ay < y - BOUNDARY_M && by < y - BOUNDARY_M)
    )
      continue
    const dx = bx - ax
    const dy = by - ay
    const cross = dx * (y - ay) - dy * (x - ax)
    const length = Math.hypot(dx, dy)
    if (Math.abs(cross) <= BOUNDARY_M * length) {
      const along = dx * (x - ax) + dy * (y - ay)
      const slack = BOUNDARY_M * length
      if (along >= -slack && along <= length * length + slack) return true
    }
    if (ay > y !== by > y && cross > 0 === by > ay) isInside = !isInside
  }
  return isInside
}
