import polygonClipping, { type Polygon } from 'polygon-clipping'
import { buildCellGrid, visitCells } from '../geometry/cell-grid.ts'
import type { Point } from '../geometry/ring-edits.ts'
import { depthsBefore, type Piece } from './depth.ts'
import { beforeWall, type BuildingShape, onWall, type Wall, wallsOf } from './walls.ts'

/** The ground that each shop keeps (门前三包): as wide as its front, from the foot of the wall to the kerb. Metres. */

export interface ShopPlace {
  id: string
  point: Point
  building_id: string | null
}

export interface Ground {
  buildings: readonly BuildingShape[]
  kerbs: readonly (readonly Point[])[]
  centrelines: readonly (readonly Point[])[]
  shops: readonly ShopPlace[]
  /** Ground that is settled already: nothing is laid over it. Closed rings. */
  settled: readonly { shop_id: string | null; polygon: Polygon }[]
}

export interface FrontageLimits {
  /** How far a shop's point may lie from its wall. */
  wall_reach_m: number
  kerb_reach_m: number
  /** The depth where there is no kerb. */
  limit_m: number
  /** The front of a shop that stands alone, and the most that the first and the last of a row reach outwards, twice. */
  single_width_m: number
}

export const FRONTAGE_LIMITS: FrontageLimits = {
  wall_reach_m: 10,
  kerb_reach_m: 12,
  limit_m: 3,
  single_width_m: 6,
}

export interface Frontage {
  shop_id: string
  building_id: string
  /** Closed rings as GeoJSON has them; holes only where others keep ground within. */
  rings: Point[][]
  width_m: number
  area_m2: number
  /** `kerb` all the way, `partly`, or not at all: `limit`. */
  depth_by: 'kerb' | 'partly' | 'limit'
  /** Ground that others keep already was left out. */
  is_cut: boolean
}

export interface NoFrontage {
  shop_id: string
  reason: 'no_wall' | 'same_place' | 'no_room'
  /** The shop at the same place. */
  other_id: string | null
}

/** Two doors nearer to each other are one. */
const SAME_PLACE_M = 0.3
const LEAST_AREA_M2 = 0.5
/** A wall on a street is preferred to one on a yard that is nearer by no more than this. */
const YARD_HANDICAP_M = 3
/** Overlaps below are rounding of places to the centimetre. */
const OVERLAP_M2 = 0.05

/** Lays out the ground of every shop; in the order of walls and along them, whatever order the shops come in. */
export function layFrontages(
  ground: Ground,
  limits: FrontageLimits = FRONTAGE_LIMITS,
): { frontages: Frontage[]; missing: NoFrontage[] } {
  const walls = ground.buildings.flatMap(wallsOf)
  const pieces = piecesOf(ground, walls)
  const near = nearby(walls, pieces, limits)
  const missing: NoFrontage[] = []
  const rows = new Map<Wall, { shop: ShopPlace; s: number }[]>()
  for (const shop of ground.shops.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const found = wallFor(shop, near.wallsAt(shop.point), near.piecesBefore, limits)
    if (found) rows.set(found.wall, [...(rows.get(found.wall) ?? []), { shop, s: found.s }])
    else missing.push({ shop_id: shop.id, reason: 'no_wall', other_id: null })
  }
  const isSettled = new Set(ground.settled.map(({ shop_id }) => shop_id))
  const frontages: Frontage[] = []
  for (const wall of walls) {
    const row = (rows.get(wall) ?? []).toSorted((a, b) => a.s - b.s)
    const doors = row.filter(({ shop, s }, i) => {
      const before = row[i - 1]
      if (!before || s - before.s >= SAME_PLACE_M) return true
      missing.push({ shop_id: shop.id, reason: 'same_place', other_id: before.shop.id })
      return false
    })
    doors.forEach(({ shop }, i) => {
      if (isSettled.has(shop.id)) return
      const [from, to] = frontOf(doors, i, wall, limits)
      const laid = layOne(wall, from, to, shop.id, near.piecesBefore(wall), limits)
      if (laid) frontages.push(laid)
      else missing.push({ shop_id: shop.id, reason: 'no_room', other_id: null })
    })
  }
  return withoutOverlaps(frontages, ground.settled, missing)
}

/** Between the middles towards both neighbours; at the ends of a row as far outwards as inwards, within the wall. */
function frontOf(
  doors: readonly { s: number }[],
  i: number,
  wall: Wall,
  limits: FrontageLimits,
): [from: number, to: number] {
  const s = doors[i]!.s
  const before = doors[i - 1] && (s - doors[i - 1]!.s) / 2
  const after = doors[i + 1] && (doors[i + 1]!.s - s) / 2
  const most = limits.single_width_m / 2
  return [
    Math.max(0, s - (before ?? Math.min(most, after ?? most))),
    Math.min(wall.length_m, s + (after ?? Math.min(most, before ?? most))),
  ]
}

function layOne(
  wall: Wall,
  from: number,
  to: number,
  shop_id: string,
  pieces: readonly Piece[],
  limits: FrontageLimits,
): Frontage | null {
  const depths = depthsBefore(wall, from, to, pieces, limits)
  const outer = depths.flatMap(({ from_s, to_s, from_m, to_m }) => [
    beforeWall(wall, from_s, from_m),
    beforeWall(wall, to_s, to_m),
  ])
  // The building is to the left of its wall, so going back along the wall turns counter-clockwise.
  const ring = closed([beforeWall(wall, to), beforeWall(wall, from), ...outer])
  const area_m2 = areaOf(ring)
  if (area_m2 < LEAST_AREA_M2) return null
  const byKerb = depths.filter(({ by }) => by === 'kerb').length
  return {
    shop_id,
    building_id: wall.building_id,
    rings: [ring],
    width_m: to - from,
    area_m2,
    depth_by: byKerb === depths.length ? 'kerb' : byKerb === 0 ? 'limit' : 'partly',
    is_cut: false,
  }
}

/** The wall whose foot a shop keeps: of its own building where that is known and near, rather on a street than on a yard. */
function wallFor(
  shop: ShopPlace,
  walls: readonly Wall[],
  piecesBefore: (wall: Wall) => readonly Piece[],
  limits: FrontageLimits,
): { wall: Wall; s: number } | null {
  const reached = walls
    .map((wall) => ({ wall, ...onWall(wall, shop.point) }))
    .filter(({ distance_m }) => distance_m <= limits.wall_reach_m)
  const own = reached.filter(({ wall }) => wall.building_id === shop.building_id)
  let best: { wall: Wall; s: number; cost: number } | null = null
  for (const { wall, s, distance_m } of own.length > 0 ? own : reached) {
    if (best && distance_m >= best.cost) continue
    const at = Math.min(Math.max(s, 0.01), wall.length_m - 0.01)
    const [depth] = depthsBefore(wall, at - 0.005, at + 0.005, piecesBefore(wall), limits)
    const cost = distance_m + (depth?.by === 'kerb' ? 0 : YARD_HANDICAP_M)
    if (!best || cost < best.cost) best = { wall, s, cost }
  }
  return best
}

function piecesOf({ kerbs, centrelines }: Ground, walls: readonly Wall[]): Piece[] {
  const straight = (kind: Piece['kind']) => (line: readonly Point[]) =>
    line.slice(1).map((to, i): Piece => ({ kind, from: line[i]!, to }))
  return [
    ...kerbs.flatMap(straight('kerb')),
    ...centrelines.flatMap(straight('centreline')),
    ...walls.map(({ from, to }): Piece => ({ kind: 'wall', from, to })),
  ]
}

/** What is near a place or before a wall, without looking at the whole town. */
function nearby(walls: readonly Wall[], pieces: readonly Piece[], limits: FrontageLimits) {
  const boxes = (lines: readonly { from: Point; to: Point }[]) =>
    buildCellGrid(Float64Array.from(lines.flatMap(({ from, to }) => boxAround(from, to, 0))), 25)
  const wallGrid = boxes(walls)
  const pieceGrid = boxes(pieces)
  const within = (grid: typeof wallGrid, box: Box): number[] => {
    const found = new Set<number>()
    visitCells(grid, ...box, (item) => void found.add(item))
    return [...found].sort((a, b) => a - b)
  }
  const known = new Map<Wall, readonly Piece[]>()
  const reach = Math.max(limits.kerb_reach_m, 2 * limits.limit_m)
  return {
    wallsAt: (point: Point) =>
      walls.length === 0
        ? []
        : within(wallGrid, boxAround(point, point, limits.wall_reach_m)).map((i) => walls[i]!),
    piecesBefore: (wall: Wall): readonly Piece[] => {
      const before =
        known.get(wall) ??
        within(pieceGrid, boxAround(wall.from, wall.to, reach)).map((i) => pieces[i]!)
      known.set(wall, before)
      return before
    },
  }
}

type Box = [minx: number, miny: number, maxx: number, maxy: number]

const boxAround = (a: Point, b: Point, margin: number): Box => [
  Math.min(a[0], b[0]) - margin,
  Math.min(a[1], b[1]) - margin,
  Math.max(a[0], b[0]) + margin,
  Math.max(a[1], b[1]) + margin,
]

/**
 * Grounds before one wall lie side by side; those before different walls may meet at an inner corner, and what was
 * settled by hand may reach anywhere. Whoever comes later gives way.
 */
function withoutOverlaps(
  laid: readonly Frontage[],
  settled: Ground['settled'],
  missing: NoFrontage[],
): { frontages: Frontage[]; missing: NoFrontage[] } {
  const taken = [
    ...settled.map(({ polygon }) => polygon),
    ...laid.map(({ rings }) => polygonOf(rings)),
  ]
  const grid = buildCellGrid(Float64Array.from(taken.flatMap(([ring]) => boxOf(ring!))), 25)
  const frontages: Frontage[] = []
  laid.forEach((frontage, i) => {
    const own = settled.length + i
    const others = new Set<number>()
    visitCells(grid, ...boxOf(taken[own]![0]!), (item) => {
      if (item < own && overlapOf(taken[item]!, taken[own]!) > OVERLAP_M2) others.add(item)
    })
    if (others.size === 0) {
      frontages.push(frontage)
      return
    }
    const left = polygonClipping.difference(taken[own]!, ...[...others].map((n) => taken[n]!))
    // Of several pieces the largest is kept: ground in two places would be kept by nobody.
    const largest = left.toSorted((a, b) => areaOf(b[0]!) - areaOf(a[0]!))[0]
    if (!largest || areaOf(largest[0]!) < LEAST_AREA_M2) {
      missing.push({ shop_id: frontage.shop_id, reason: 'no_room', other_id: null })
      taken[own] = [[]]
      return
    }
    taken[own] = largest
    const area_m2 = largest.reduce((sum, ring, n) => sum + (n === 0 ? 1 : -1) * areaOf(ring), 0)
    frontages.push({ ...frontage, rings: largest, area_m2, is_cut: true })
  })
  return { frontages, missing: missing.toSorted((a, b) => (a.shop_id < b.shop_id ? -1 : 1)) }
}

const polygonOf = (rings: readonly (readonly Point[])[]): Polygon =>
  rings.map((ring) => ring.map(([x, y]) => [x, y]))

function boxOf(ring: readonly Point[]): Box {
  const xs = ring.map(([x]) => x)
  const ys = ring.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

function overlapOf(a: Polygon, b: Polygon): number {
  if (a[0]!.length === 0 || b[0]!.length === 0) return 0
  const [p, q] = [boxOf(a[0]!), boxOf(b[0]!)]
  const isApart = p[0] >= q[2] || q[0] >= p[2] || p[1] >= q[3] || q[1] >= p[3]
  if (isApart) return 0
  return polygonClipping.intersection(a, b).reduce((sum, [ring]) => sum + areaOf(ring!), 0)
}

function closed(points: readonly Point[]): Point[] {
  const ring = points.filter((p, i) => i === 0 || !isSame(p, points[i - 1]!))
  if (!isSame(ring[0]!, ring.at(-1)!)) ring.push(ring[0]!)
  return ring
}

const isSame = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]) < 1e-6

/** m² inside a closed ring. */
function areaOf(ring: readonly Point[]): number {
  const [x0, y0] = ring[0]!
  let twice = 0
  for (let i = 1; i + 1 < ring.length; i++)
    twice +=
      (ring[i]![0] - x0) * (ring[i + 1]![1] - y0) - (ring[i + 1]![0] - x0) * (ring[i]![1] - y0)
  return Math.abs(twice) / 2
}
