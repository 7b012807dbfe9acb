import type { Geometry, Position } from 'geojson'
import { areaOfRing } from './rings.ts'
import { type Fault, fault, findPolygonFault } from './ring-crossings.ts'

/** What the geometry door says: let in (cleaned, RFC 7946 winding), or the first fault with its path and place. */
export type CheckedGeometry =
  | { ok: true; geometry: Geometry; notices: string[] }
  | { ok: false; path: string; message: string; lon?: number; lat?: number }

export const GEOMETRY_LIMITS = {
  depth: 64,
  vertices: 100_000,
  parts: 1_000,
  extent_degrees: 10,
} as const

/** How deep each type nests its positions. */
const DEPTHS: Readonly<Record<string, number>> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
}

/** Below this a ring encloses nothing: about 1 cm² near the equator, in square degrees. */
const LEAST_AREA_DEG2 = 1e-14

/**
 * The geometry door: a GeoJSON geometry in WGS 84 lon/lat degrees is let in when it is of one of `types`, finite, in
 * range, within the limits, closed and simple (OGC Simple Features 06-103r4, 6.1.11). Rings come out turned as
 * RFC 7946 wants, third numbers and repeated positions dropped with a notice. Never throws.
 */
export function checkGeometry(
  value: unknown,
  options: { types: readonly string[] },
): CheckedGeometry {
  const notices = new Set<string>()
  const found = admit(value, options.types, notices)
  return 'message' in found
    ? { ok: false, ...found }
    : { ok: true, geometry: found, notices: [...notices] }
}

function admit(value: unknown, types: readonly string[], notices: Set<string>): Geometry | Fault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fault('', 'a geometry is an object with "type" and "coordinates"')
  const { type, coordinates } = value as { type?: unknown; coordinates?: unknown }
  const depth = typeof type === 'string' ? DEPTHS[type] : undefined
  if (depth === undefined || !types.includes(type as string))
    return fault('type', `must be one of ${types.join(', ')}`)
  if (!Array.isArray(coordinates)) return fault('coordinates', 'must be a list')
  if (isDeeperThan(coordinates, GEOMETRY_LIMITS.depth))
    return fault('coordinates', `nested deeper than ${GEOMETRY_LIMITS.depth} levels`)
  const reading: Reading = { vertices: 0, notices, box: [Infinity, Infinity, -Infinity, -Infinity] }
  const read = readNested(coordinates, depth, 'coordinates', reading)
  if (isFault(read)) return read
  const [west, south, east, north] = reading.box
  if (east - west > 180)
    return fault('coordinates', 'crosses the antimeridian: split it into two parts', [west, south])
  if (
    east - west > GEOMETRY_LIMITS.extent_degrees ||
    north - south > GEOMETRY_LIMITS.extent_degrees
  )
    return fault(
      'coordinates',
      `wider than ${GEOMETRY_LIMITS.extent_degrees} degrees: no feature of a community is that large`,
      [west, south],
    )
  return settle(type as string, read, notices)
}

interface Reading {
  vertices: number
  notices: Set<string>
  box: [number, number, number, number]
}

type Nested = Position | Nested[]

function readNested(list: unknown, depth: number, path: string, reading: Reading): Nested | Fault {
  if (depth === 0) return readPosition(list, path, reading)
  if (!Array.isArray(list)) return fault(path, 'must be a list')
  if (list.length === 0) return fault(path, 'is empty')
  if (depth > 1 && list.length > GEOMETRY_LIMITS.parts)
    return fault(path, `more than ${GEOMETRY_LIMITS.parts} parts`)
  const out: Nested[] = []
  for (let i = 0; i < list.length; i++) {
    const inner = readNested(list[i], depth - 1, `${path}/${i}`, reading)
    if (isFault(inner)) return inner
    out.push(inner)
  }
  return out
}

function readPosition(value: unknown, path: string, reading: Reading): Position | Fault {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3)
    return fault(path, 'a position is [longitude, latitude]')
  for (const [i, number] of value.entries())
    if (typeof number !== 'number' || !Number.isFinite(number))
      return fault(`${path}/${i}`, 'must be a finite number')
  if (++reading.vertices > GEOMETRY_LIMITS.vertices)
    return fault('coordinates', `more than ${GEOMETRY_LIMITS.vertices} vertices`)
  const [lon, lat] = value as [number, number]
  if (Math.abs(lon) > 180 || Math.abs(lat) >= 90) return outOfRange(lon, lat, path)
  if (value.length === 3) reading.notices.add('heights were dropped')
  const box = reading.box
  box[0] = Math.min(box[0], lon)
  box[1] = Math.min(box[1], lat)
  box[2] = Math.max(box[2], lon)
  box[3] = Math.max(box[3], lat)
  return [lon, lat]
}

function outOfRange(lon: number, lat: number, path: string): Fault {
  if (Math.abs(lon) <= 90 && Math.abs(lat) <= 180 && Math.abs(lat) > 90)
    return fault(path, 'looks like latitude before longitude: a position is [longitude, latitude]')
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return fault(path, 'lies on a pole')
  return fault(
    path,
    'looks like metres or another coordinate system: declare the CRS, or send WGS 84 degrees',
  )
}

/** Cleans and checks the shape as a whole. */
function settle(type: string, read: Nested, notices: Set<string>): Geometry | Fault {
  switch (type) {
    case 'Point':
    case 'MultiPoint':
      return { type, coordinates: read } as Geometry
    case 'LineString': {
      const line = settleLine(read as Position[], 'coordinates', notices)
      return isFault(line) ? line : { type, coordinates: line }
    }
    case 'MultiLineString': {
      const lines = settleEach(read as Position[][], 'coordinates', (line, path) =>
        settleLine(line, path, notices),
      )
      return isFault(lines) ? lines : { type, coordinates: lines }
    }
    default: {
      const isMulti = type === 'MultiPolygon'
      const polygons = (isMulti ? read : [read]) as Position[][][]
      const base = (p: number) => (isMulti ? `coordinates/${p}` : 'coordinates')
      const settled: Position[][][] = []
      for (const [p, polygon] of polygons.entries()) {
        const rings = settleEach(polygon, base(p), (ring, path, r) =>
          settleRing(ring, path, r === 0, notices),
        )
        if (isFault(rings)) return rings
        settled.push(rings)
      }
      const broken = findPolygonFault(settled, base) ?? findEmptyRing(settled, base)
      if (broken) return broken
      return (
        isMulti ? { type, coordinates: settled } : { type, coordinates: settled[0] }
      ) as Geometry
    }
  }
}

function settleEach<T>(
  parts: readonly Position[][],
  base: string,
  work: (part: Position[], path: string, index: number) => T | Fault,
): T[] | Fault {
  const out: T[] = []
  for (const [i, part] of parts.entries()) {
    const settled = work(part, `${base}/${i}`, i)
    if (isFault(settled)) return settled
    out.push(settled)
  }
  return out
}

function settleLine(line: Position[], path: string, notices: Set<string>): Position[] | Fault {
  const clean = withoutRepeats(line, notices)
  if (clean.length < 2) return fault(path, 'a line needs two different positions', line[0])
  return clean
}

function settleRing(
  ring: Position[],
  path: string,
  isOuter: boolean,
  notices: Set<string>,
): Position[] | Fault {
  const first = ring[0]!
  const last = ring.at(-1)!
  if (first[0] !== last[0] || first[1] !== last[1])
    return fault(path, 'the ring is not closed: its last position must equal its first', last)
  const clean = withoutRepeats(ring, notices)
  if (clean.length < 4) return fault(path, 'a ring needs at least four positions', first)
  return areaOfRing(clean) > 0 === isOuter ? clean : clean.reverse()
}

/** Asked after crossings: a bow tie has no area either, and its crossing is the better news. */
function findEmptyRing(polygons: Position[][][], base: (polygon: number) => string): Fault | null {
  for (const [p, rings] of polygons.entries())
    for (const [r, ring] of rings.entries())
      if (Math.abs(areaOfRing(ring)) < LEAST_AREA_DEG2)
        return fault(`${base(p)}/${r}`, 'the ring encloses no area', ring[0])
  return null
}

function withoutRepeats(line: Position[], notices: Set<string>): Position[] {
  const clean = line.filter(
    (p, i) => i === 0 || p[0] !== line[i - 1]![0] || p[1] !== line[i - 1]![1],
  )
  if (clean.length < line.length) notices.add('repeated positions were dropped')
  return clean
}

/** Measured without recursion, so that hostile nesting cannot exhaust the stack. */
function isDeeperThan(list: unknown[], limit: number): boolean {
  let level: unknown[][] = [list]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((inner) => inner.filter((item) => Array.isArray(item)) as unknown[][])
  }
  return false
}

const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && 'message' in value
