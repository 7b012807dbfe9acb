import type { Geometry, GeometryCollection } from 'geojson'
import {
  geometryToMetres,
  type MetricFrame,
  metricFrame,
  toMetres,
} from '../../../api/domain/geometry/metric-frame.ts'
import type { FieldPackage } from '../../../api/features/patrols/contract.ts'

/** What lies near a place, told from the field package alone. Distances in metres. Pure. */

export type FieldSide = FieldPackage['sides'][number]
export type FieldPlace = FieldPackage['places'][number]
export type OpenCase = FieldPackage['open_cases'][number]

export interface Near<T> {
  it: T
  distance_m: number
}

/** A report is given the side within this distance, as the server would. */
export const SIDE_WITHIN_M = 30
/** And the bay, lot, zone or shop within this one. */
export const PLACE_WITHIN_M = 15
/** Narrow things first: a bay within a shop's frontage is what somebody means. */
const PLACE_RANK: Readonly<Record<FieldPlace['kind'], number>> = {
  bay: 0,
  vendor_zone: 1,
  frontage: 2,
  lot: 3,
}

/** Sides of streets, nearest first, measured to the kerb. */
export function nearestSides(
  sides: readonly FieldSide[],
  lon: number,
  lat: number,
): Near<FieldSide>[] {
  const frame = metricFrame(lon, lat)
  return byDistance(sides, ({ line }) =>
    pathDistance(line.map((p) => toMetres(frame, p[0]!, p[1]!))),
  )
}

/** Bays, lots, zones and shops, nearest first; 0 m for those that hold the place, narrow ones before wide ones. */
export function nearestPlaces(
  places: readonly FieldPlace[],
  lon: number,
  lat: number,
): Near<FieldPlace>[] {
  const frame = metricFrame(lon, lat)
  return byDistance(
    places,
    (place) => geometryDistance(frame, place.geometry),
    (a, b) => PLACE_RANK[a.kind] - PLACE_RANK[b.kind],
  )
}

/** Open cases, nearest first. */
export function nearestCases(
  cases: readonly OpenCase[],
  lon: number,
  lat: number,
): Near<OpenCase>[] {
  const frame = metricFrame(lon, lat)
  return byDistance(cases, (one) => Math.hypot(...toMetres(frame, one.lon, one.lat)))
}

export interface Guess {
  side: FieldSide | null
  place: FieldPlace | null
}

/** The side and the place that a report made here is about, if any is near enough. */
export function guessPlace(field: FieldPackage, lon: number, lat: number): Guess {
  const [side] = nearestSides(field.sides, lon, lat)
  const [place] = nearestPlaces(field.places, lon, lat)
  return {
    side: side && side.distance_m <= SIDE_WITHIN_M ? side.it : null,
    place: place && place.distance_m <= PLACE_WITHIN_M ? place.it : null,
  }
}

/** Open cases that a new one of the kind may be a duplicate of, nearest first. */
export function alreadyReported(
  cases: readonly OpenCase[],
  kind: { id: string; duplicate_radius_m: number },
  lon: number,
  lat: number,
): Near<OpenCase>[] {
  const ofKind = cases.filter((one) => one.kind_id === kind.id)
  return nearestCases(ofKind, lon, lat).filter(
    ({ distance_m }) => distance_m <= kind.duplicate_radius_m,
  )
}

function byDistance<T>(
  all: readonly T[],
  distance: (one: T) => number,
  tie: (a: T, b: T) => number = () => 0,
): Near<T>[] {
  return all
    .map((it) => ({ it, distance_m: distance(it) }))
    .sort((a, b) => a.distance_m - b.distance_m || tie(a.it, b.it))
}

/** Metres from the frame's origin to a shape in degrees; 0 inside an area. */
function geometryDistance(frame: MetricFrame, shape: FieldPlace['geometry']): number {
  const geometry = geometryToMetres(frame, shape as Geometry)
  if (geometry.type === 'GeometryCollection') return Infinity
  const parts = pathsOf(geometry)
  const isArea = geometry.type === 'Polygon' || geometry.type === 'MultiPolygon'
  if (isArea && parts.filter(holdsOrigin).length % 2 === 1) return 0
  return Math.min(...parts.map((part) => pathDistance(part)))
}

type Path = readonly (readonly number[])[]

function pathsOf(geometry: Exclude<Geometry, GeometryCollection>): Path[] {
  switch (geometry.type) {
    case 'Point':
      return [[geometry.coordinates]]
    case 'MultiPoint':
      return geometry.coordinates.map((point) => [point])
    case 'LineString':
      return [geometry.coordinates]
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates
    case 'MultiPolygon':
      return geometry.coordinates.flat()
  }
}

function pathDistance(path: Path): number {
  if (path.length === 1) return Math.hypot(path[0]![0]!, path[0]![1]!)
  let least = Infinity
  for (let k = 1; k < path.length; k++)
    least = Math.min(least, originDistance(path[k - 1]!, path[k]!))
  return least
}

function originDistance(a: readonly number[], b: readonly number[]): number {
  const [ax, ay, dx, dy] = [a[0]!, a[1]!, b[0]! - a[0]!, b[1]! - a[1]!]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length))
  return Math.hypot(ax + t * dx, ay + t * dy)
}

/** Whether a ray from the origin to the east crosses the ring an odd number of times. */
function holdsOrigin(ring: Path): boolean {
  let isInside = false
  for (let k = 1; k < ring.length; k++) {
    const [x1, y1, x2, y2] = [ring[k - 1]![0]!, ring[k - 1]![1]!, ring[k]![0]!, ring[k]![1]!]
    if (y1 > 0 !== y2 > 0 && x1 - (y1 * (x2 - x1)) / (y2 - y1) > 0) isInside = !isInside
  }
  return isInside
}
