import type { Point } from '../geometry/ring-edits.ts'

/** A straight wall of a building, in metres of one frame. Out of the building is to the right of `from` → `to`. */
export interface Wall {
  building_id: string
  /** Its place among the building's walls. */
  index: number
  from: Point
  to: Point
  length_m: number
  /** Unit vectors: along the wall, and out of the building. */
  along: Point
  out: Point
}

export interface BuildingShape {
  id: string
  /** Polygons as GeoJSON has them: closed rings, the outer one first; in metres. */
  polygons: readonly (readonly (readonly Point[])[])[]
}

/** Corners that stand out of a straight wall by less are how it was digitised, not corners. */
const STRAIGHT_M = 0.05
const SHORTEST_WALL_M = 0.5

/** The walls of a building in the order of its rings: pieces of one straight line are one wall. */
export function wallsOf(building: BuildingShape): Wall[] {
  const walls: Wall[] = []
  for (const rings of building.polygons)
    rings.forEach((ring, nth) => {
      const corners = cornersOf(ring)
      // Outer rings counter-clockwise and courts clockwise: the building is to the left of every wall.
      if (signedArea(corners) > 0 !== (nth === 0)) corners.reverse()
      corners.forEach((from, i) => {
        const to = corners[(i + 1) % corners.length]!
        const length_m = Math.hypot(to[0] - from[0], to[1] - from[1])
        if (length_m < SHORTEST_WALL_M) return
        const along: Point = [(to[0] - from[0]) / length_m, (to[1] - from[1]) / length_m]
        const out: Point = [along[1], -along[0]]
        walls.push({
          building_id: building.id,
          index: walls.length,
          from,
          to,
          length_m,
          along,
          out,
        })
      })
    })
  return walls
}

/** Where on the wall (metres from its beginning) a point is nearest, and how far away. */
export function onWall(wall: Wall, [x, y]: Point): { s: number; distance_m: number } {
  const dx = x - wall.from[0]
  const dy = y - wall.from[1]
  const s = Math.min(wall.length_m, Math.max(0, dx * wall.along[0] + dy * wall.along[1]))
  return { s, distance_m: Math.hypot(dx - s * wall.along[0], dy - s * wall.along[1]) }
}

/** The place `s` metres along the wall and `depth` metres out of it. */
export const beforeWall = ({ from, along, out }: Wall, s: number, depth = 0): Point => [
  from[0] + s * along[0] + depth * out[0],
  from[1] + s * along[1] + depth * out[1],
]

/** The corners of a ring each once, without those that lie on the straight line of their neighbours. */
function cornersOf(ring: readonly Point[]): Point[] {
  let corners = ring.slice(0, -1)
  for (let i = 0; i < corners.length && corners.length > 3;) {
    const before = corners[(i + corners.length - 1) % corners.length]!
    const after = corners[(i + 1) % corners.length]!
    if (isBetween(before, corners[i]!, after)) corners = corners.filter((_, nth) => nth !== i)
    else i++
  }
  return corners
}

function isBetween(a: Point, p: Point, b: Point): boolean {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length = Math.hypot(dx, dy)
  if (length === 0) return false
  const [px, py] = [p[0] - a[0], p[1] - a[1]]
  const s = (px * dx + py * dy) / length
  return Math.abs(px * dy - py * dx) / length < STRAIGHT_M && s >= 0 && s <= length
}

function signedArea(corners: readonly Point[]): number {
  return corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length]!
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
}
