import type { Geometry, Position } from 'geojson'

/**
 * The one metric frame: flat metres east and north of an origin. WGS 84 degrees are scaled by the ellipsoid's own
 * metres per degree at the origin's latitude; within 3 km of the origin distances are right to 0.05 %.
 */
export interface MetricFrame {
  lon0: number
  lat0: number
  metres_per_lon: number
  metres_per_lat: number
}

const EQUATORIAL_RADIUS_M = 6_378_137
const ECCENTRICITY_SQUARED = 0.006_694_379_990_14
const RADIANS = Math.PI / 180

/**
 * The frame with its origin at a place in WGS 84 degrees.
 * Source: radii of curvature of the WGS 84 ellipsoid, NIMA TR8350.2.
 */
export function metricFrame(lon0: number, lat0: number): MetricFrame {
  const sine = Math.sin(lat0 * RADIANS)
  const flattening = 1 - ECCENTRICITY_SQUARED * sine * sine
  const normalRadius = EQUATORIAL_RADIUS_M / Math.sqrt(flattening)
  return {
    lon0,
    lat0,
    metres_per_lon: normalRadius * Math.cos(lat0 * RADIANS) * RADIANS,
    metres_per_lat: ((normalRadius * (1 - ECCENTRICITY_SQUARED)) / flattening) * RADIANS,
  }
}

/** WGS 84 degrees to metres in the frame. */
export function toMetres(frame: MetricFrame, lon: number, lat: number): [x: number, y: number] {
  return [(lon - frame.lon0) * frame.metres_per_lon, (lat - frame.lat0) * frame.metres_per_lat]
}

/** Metres in the frame to WGS 84 degrees. */
export function toDegrees(frame: MetricFrame, x: number, y: number): [lon: number, lat: number] {
  return [frame.lon0 + x / frame.metres_per_lon, frame.lat0 + y / frame.metres_per_lat]
}

/** A GeoJSON geometry in degrees, with its positions turned to metres in the frame. */
export function geometryToMetres<G extends Geometry>(frame: MetricFrame, geometry: G): G {
  return mapPositions(geometry, (p) => toMetres(frame, p[0]!, p[1]!))
}

/** A GeoJSON geometry in metres of the frame, with its positions turned to WGS 84 degrees. */
export function geometryToDegrees<G extends Geometry>(frame: MetricFrame, geometry: G): G {
  return mapPositions(geometry, (p) => toDegrees(frame, p[0]!, p[1]!))
}

function mapPositions<G extends Geometry>(geometry: G, move: (p: Position) => Position): G {
  if (geometry.type === 'GeometryCollection')
    return { ...geometry, geometries: geometry.geometries.map((g) => mapPositions(g, move)) }
  return { ...geometry, coordinates: mapNested(geometry.coordinates, move) }
}

function mapNested(coordinates: unknown, move: (p: Position) => Position): unknown {
  const list = coordinates as unknown[]
  return typeof list[0] === 'number'
    ? move(list as Position)
    : list.map((inner) => mapNested(inner, move))
}
