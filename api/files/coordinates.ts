import gcoordModule from 'gcoord'
import proj4 from 'proj4'
import type { Box, Crs } from './crs.ts'
import { FileRefusal } from './refusal.ts'

type Position = [number, number]

// Its types describe an ES module, Node is given its CommonJS one: the default export is the library itself.
const gcoord = gcoordModule as unknown as typeof gcoordModule.default

/** Turns one position of a file into WGS 84 `[lon, lat]`. */
export function transformer(crs: Crs): (x: number, y: number) => Position {
  if (crs.how.kind === 'none') return (x, y) => [x, y]
  if (crs.how.kind === 'shift') {
    const from = gcoord[crs.how.name]
    return (x, y) => gcoord.transform([x, y], from, gcoord.WGS84)
  }
  const { forward } = proj4(crs.how.text, '+proj=longlat +ellps=WGS84 +no_defs +type=crs')
  return (x, y) => forward<Position>([x, y])
}

/**
 * A GeoJSON-like geometry with every pair of finite numbers passed through `move`; whatever is no position is left as it
 * is, for the geometry door to name.
 */
export function mapPositions(
  geometry: unknown,
  move: (x: number, y: number) => readonly number[],
): unknown {
  if (typeof geometry !== 'object' || geometry === null || !('coordinates' in geometry))
    return geometry
  const visit = (value: unknown, depth: number): unknown => {
    if (!Array.isArray(value) || depth > 6) return value
    const [x, y, ...rest] = value as unknown[]
    if (typeof x === 'number' && typeof y === 'number')
      return Number.isFinite(x) && Number.isFinite(y)
        ? [...move(x, y), ...rest]
        : (value as unknown[])
    return value.map((inner) => visit(inner, depth + 1))
  }
  return { ...geometry, coordinates: visit(geometry.coordinates, 0) }
}

/** The box of a geometry's finite positions, in their own units; null where there are none. */
export function boxOf(geometry: unknown): Box | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  mapPositions(geometry, (x, y) => {
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
    return [x, y]
  })
  return west <= east ? [west, south, east, north] : null
}

/** The box around boxes; null where there are none. */
export function boxAround(boxes: Iterable<Box | null>): Box | null {
  let around: Box | null = null
  for (const box of boxes)
    if (box)
      around = around
        ? [
            Math.min(around[0], box[0]),
            Math.min(around[1], box[1]),
            Math.max(around[2], box[2]),
            Math.max(around[3], box[3]),
          ]
        : box
  return around
}

/** Whether every position may be degrees of longitude and latitude. */
export const fitsDegrees = (box: Box): boolean =>
  box[0] >= -180 && box[2] <= 180 && box[1] >= -90 && box[3] <= 90

/**
 * Which features (by their boxes) cannot be in the declared system: degrees declared as metres or the other way round,
 * or positions that come out where the system is not used. A few are the features' own fault; most are the system's.
 * @throws FileRefusal when it is more than half of them, naming the system, and the order of axes where turning it
 * round would fit.
 */
export function findMisfits(crs: Crs, boxes: readonly (Box | null)[]): Set<number> {
  const misfits = new Set<number>()
  boxes.forEach((box, index) => {
    if (box && !fits(crs, box)) misfits.add(index)
  })
  const known = boxes.filter((box) => box !== null).length
  if (misfits.size * 2 > known) refuseMisfit(crs, boxAround([...misfits].map((i) => boxes[i]!))!)
  return misfits
}

const isOfUnit = (crs: Crs, box: Box) => (crs.unit === 'degree') === fitsDegrees(box)

const fits = (crs: Crs, box: Box) => isOfUnit(crs, box) && comesOutIn(crs, box)

function refuseMisfit(crs: Crs, box: Box): never {
  const [west, south, east, north] = box
  const seen = `x from ${round(west)} to ${round(east)}, y from ${round(south)} to ${round(north)}`
  if (crs.unit === 'degree' && !fitsDegrees(box)) {
    const swapped: Box = [south, west, north, east]
    throw new FileRefusal(
      fitsDegrees(swapped) && Math.abs(north) <= 180
        ? `the coordinates (${seen}) look like latitude before longitude: give --swap-axes`
        : `the coordinates (${seen}) are not degrees, so they are not in ${crs.name}: give their coordinate system with --crs, for example --crs EPSG:25833`,
    )
  }
  if (crs.unit === 'metre' && fitsDegrees(box))
    throw new FileRefusal(
      `the coordinates (${seen}) look like degrees, but ${crs.name} is in metres: give --crs EPSG:4326 if they are longitude and latitude`,
    )
  const isTurned = comesOutIn(crs, [south, west, north, east])
  throw new FileRefusal(
    isTurned
      ? `the coordinates (${seen}) fit ${crs.name} only with their axes exchanged: give --swap-axes`
      : `the coordinates (${seen}) do not fit ${crs.name}, which is used between ${crs.area[0]}° and ${crs.area[2]}° east, ${crs.area[1]}° and ${crs.area[3]}° north: give the right --crs`,
  )
}

function comesOutIn(crs: Crs, [west, south, east, north]: Box): boolean {
  const move = transformer(crs)
  const corners = [
    [west, south],
    [west, north],
    [east, south],
    [east, north],
  ] as const
  return corners.every(([x, y]) => {
    const [lon, lat] = move(x, y)
    const [w, s, e, n] = crs.area
    return lon >= w && lon <= e && lat >= s && lat <= n
  })
}

const round = (value: number) => Math.round(value * 1e4) / 1e4
