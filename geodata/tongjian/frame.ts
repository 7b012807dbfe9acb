import { v5 as uuidv5 } from 'uuid'

/**
 * The drawing frame of the sample: metres along (u, to the east-north-east) and across (v) the streets, turned
 * by 7° about one point; `position` takes them to WGS 84 with ellipsoidal metres per degree at that point.
 */

const ORIGIN = { lon: 91.145, lat: 29.655 }
const TURN = (7 * Math.PI) / 180
const SEMI_MAJOR_M = 6_378_137
const ECCENTRICITY_2 = 0.00669437999014

const sine = Math.sin((ORIGIN.lat * Math.PI) / 180)
const flattening = 1 - ECCENTRICITY_2 * sine * sine
const metresPerLat = ((Math.PI / 180) * SEMI_MAJOR_M * (1 - ECCENTRICITY_2)) / flattening ** 1.5
const metresPerLon =
  (((Math.PI / 180) * SEMI_MAJOR_M) / Math.sqrt(flattening)) *
  Math.cos((ORIGIN.lat * Math.PI) / 180)

/** lon, lat in degrees; in the frame's own arrays u, v in metres. */
export type Pair = readonly [number, number]

/** A rectangle of the frame: u and v of the south-west and the north-east corner, metres. */
export type Box = readonly [u0: number, v0: number, u1: number, v1: number]

export interface Geometry {
  type: 'Point' | 'LineString' | 'Polygon'
  coordinates: unknown
}

export interface Feature {
  type: 'Feature'
  id: string
  geometry: Geometry
  properties: { external_id: string } & Record<string, unknown>
}

/** WGS 84 position with 8 decimals (about a millimetre), so that overlaps planted in metres stay true. */
function position(u: number, v: number): [number, number] {
  const east = u * Math.cos(TURN) - v * Math.sin(TURN)
  const north = u * Math.sin(TURN) + v * Math.cos(TURN)
  const rounded = (degrees: number) => Math.round(degrees * 1e8) / 1e8
  return [rounded(ORIGIN.lon + east / metresPerLon), rounded(ORIGIN.lat + north / metresPerLat)]
}

export const point = (u: number, v: number): Geometry => ({
  type: 'Point',
  coordinates: position(u, v),
})

export const line = (...pairs: Pair[]): Geometry => ({
  type: 'LineString',
  coordinates: pairs.map(([u, v]) => position(u, v)),
})

/** A polygon of one ring, given anticlockwise without its closing corner. */
export const area = (...pairs: Pair[]): Geometry => ({
  type: 'Polygon',
  coordinates: [[...pairs, pairs[0]!].map(([u, v]) => position(u, v))],
})

export const rectangle = ([u0, v0, u1, v1]: Box): Geometry =>
  area([u0, v0], [u1, v0], [u1, v1], [u0, v1])

/** The same UUID (version 5) for the same name on every run and machine. */
export const idOf = (externalId: string): string =>
  uuidv5(`https://jiexu.invalid/sample/tongjian/${externalId}`, uuidv5.URL)

export const feature = (
  externalId: string,
  geometry: Geometry,
  properties: Record<string, unknown>,
): Feature => ({
  type: 'Feature',
  id: idOf(externalId),
  geometry,
  properties: { external_id: externalId, ...properties },
})

/** A repeatable stream of numbers in [0, 1) (mulberry32): the same seed gives the same stream. */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const twoDigits = (value: number) => String(value).padStart(2, '0')
export const threeDigits = (value: number) => String(value).padStart(3, '0')
