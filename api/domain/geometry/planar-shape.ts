import earcut from 'earcut'
import type { Geometry, Position } from 'geojson'
import { type MetricFrame, toMetres } from './metric-frame.ts'
import { areaOfRing } from './rings.ts'

/**
 * A geometry made ready for many questions: flat arrays of metres in one frame. `edges` are x1,y1,x2,y2 quadruples
 * (a point is an edge of no length); `pieces` are convex rings, counter-clockwise, unclosed, x,y pairs, that make up
 * the area without overlapping each other; lines and points have none.
 */
export interface PlanarShape {
  bounds: readonly [minx: number, miny: number, maxx: number, maxy: number]
  edges: Float64Array
  pieces: readonly Float64Array[]
  area_m2: number
}

/** Turns a checked WGS 84 geometry into a shape in metres of the frame. Geometry collections are not taken. */
export function planarShape(frame: MetricFrame, geometry: Geometry): PlanarShape {
  const edges: number[] = []
  const pieces: Float64Array[] = []
  let area = 0
  const metres = (line: readonly Position[]) => line.map((p) => toMetres(frame, p[0]!, p[1]!))
  const addLine = (line: readonly (readonly [number, number])[]) => {
    for (let i = 0; i + 1 < line.length; i++) edges.push(...line[i]!, ...line[i + 1]!)
  }
  const addPolygon = (polygon: readonly Position[][]) => {
    const rings = polygon.map(metres)
    for (const ring of rings) addLine(ring)
    area += rings.reduce((sum, ring, r) => sum + Math.abs(areaOfRing(ring)) * (r ? -1 : 1), 0)
    pieces.push(...convexPieces(rings))
  }
  const addPoint = (p: Position) => {
    const [x, y] = toMetres(frame, p[0]!, p[1]!)
    edges.push(x, y, x, y)
  }
  switch (geometry.type) {
    case 'Point':
      addPoint(geometry.coordinates)
      break
    case 'MultiPoint':
      geometry.coordinates.forEach(addPoint)
      break
    case 'LineString':
      addLine(metres(geometry.coordinates))
      break
    case 'MultiLineString':
      geometry.coordinates.forEach((line) => addLine(metres(line)))
      break
    case 'Polygon':
      addPolygon(geometry.coordinates)
      break
    case 'MultiPolygon':
      geometry.coordinates.forEach(addPolygon)
      break
    default:
      throw new TypeError('a geometry collection has no single shape')
  }
  return { bounds: boundsOf(edges), edges: Float64Array.from(edges), pieces, area_m2: area }
}

function boundsOf(edges: readonly number[]): PlanarShape['bounds'] {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < edges.length; i += 2) {
    const x = edges[i]!
    const y = edges[i + 1]!
    if (x < minx) minx = x
    if (x > maxx) maxx = x
    if (y < miny) miny = y
    if (y > maxy) maxy = y
  }
  return [minx, miny, maxx, maxy]
}

type Ring = (readonly [number, number])[]

/** A convex ring stays whole; anything else is ear-clipped into triangles. */
function convexPieces(rings: readonly Ring[]): Float64Array[] {
  const outer = rings[0]!
  if (rings.length === 1 && isConvex(outer)) {
    const open = outer.slice(0, -1)
    if (areaOfRing(outer as unknown as Position[]) < 0) open.reverse()
    return [Float64Array.from(open.flat())]
  }
  const flat: number[] = []
  const holes: number[] = []
  for (const [r, ring] of rings.entries()) {
    if (r > 0) holes.push(flat.length / 2)
    for (const [x, y] of ring.slice(0, -1)) flat.push(x, y)
  }
  const corners = earcut(flat, holes)
  const triangles: Float64Array[] = []
  for (let i = 0; i < corners.length; i += 3) {
    const [a, b, c] = [corners[i]! * 2, corners[i + 1]! * 2, corners[i + 2]! * 2]
    const turn =
      (flat[b]! - flat[a]!) * (flat[c + 1]! - flat[a + 1]!) -
      (flat[c]! - flat[a]!) * (flat[b + 1]! - flat[a + 1]!)
    if (turn === 0) continue
    const order = turn > 0 ? [a, b, c] : [a, c, b]
    triangles.push(Float64Array.from(order.flatMap((at) => [flat[at]!, flat[at + 1]!])))
  }
  return triangles
}

function isConvex(ring: Ring): boolean {
  const n = ring.length - 1
  let sign = 0
  let turning = 0
  for (let i = 0; i < n; i++) {
    const [ax, ay] = ring[i]!
    const [bx, by] = ring[(i + 1) % n]!
    const [cx, cy] = ring[(i + 2) % n]!
    const turn = (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
    if (turn !== 0) {
      if (sign * turn < 0) return false
      sign = Math.sign(turn)
    }
    turning += Math.atan2(turn, (bx - ax) * (cx - bx) + (by - ay) * (cy - by))
  }
  // A star that winds twice turns one way only as well; it is not simple, but costs nothing to rule out.
  return Math.abs(Math.abs(turning) - 2 * Math.PI) < 1e-6
}
