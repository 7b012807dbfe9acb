import type { Geometry, Position } from 'geojson'
import { writeUuid } from '../../db/copy-binary.ts'
import { lineFinder } from '../../domain/geometry/nearest-line.ts'
import { type MetricFrame, toMetres } from '../../domain/geometry/metric-frame.ts'
import { areaAssigner } from '../../domain/geometry/points-into-areas.ts'
import type { PlaceName } from './admitting.ts'
import { STREET_DISTANCE_M } from './contract.ts'

/** A live bay, lot or street of the inventory; WGS 84 degrees. */
export interface PlaceFeature {
  id: string
  external_id: string | null
  geometry: Geometry
}

/** What observations are matched against. `sides` holds the street sides that the inventory knows. */
export interface PlaceSource {
  frame: MetricFrame
  bays: readonly (PlaceFeature & { is_in_use: boolean })[]
  lots: readonly PlaceFeature[]
  street_segments: readonly (PlaceFeature & {
    sides: readonly { id: string; side: 'left' | 'right' }[]
  })[]
}

/** A place as an observation row names it. */
export interface StoredPlace {
  place_kind: 'bay' | 'lot' | 'street_side'
  place_id: string
  /** From 0 on, nearly in the order of ids: rows in this order lie close together in the index by place. */
  rank: number
}

/** The places of a community, prepared for many observations. */
export interface Places {
  /** The 16 bytes of each place's id, by rank. */
  id_bytes: Uint8Array
  /** The place a sender names; null when there is none such. */
  named(name: PlaceName): StoredPlace | null
  /** Where a vehicle at a point (degrees) stands: a bay, else a lot, else a street side, else null. */
  holding(lon: number, lat: number): StoredPlace | null
}

/**
 * Prepares the places. Of overlapping bays the one with the lowest id holds the vehicle; drafts and retired bays hold
 * none, but may still be counted by name. Bays and lots drawn as lines or points hold none either.
 */
export function preparePlaces(source: PlaceSource): Places {
  const { frame } = source
  const bays = source.bays.filter((bay) => bay.is_in_use).toSorted(byId)
  const lots = source.lots.toSorted(byId)
  const streets = source.street_segments.toSorted(byId)
  const areas = areaAssigner(
    [...bays, ...lots].map((place) => ({ rings: ringsOf(frame, place.geometry) })),
  )
  const all: StoredPlace[] = []
  const stored = (place_kind: StoredPlace['place_kind'], place_id: string): StoredPlace => {
    const place = { place_kind, place_id, rank: all.length }
    all.push(place)
    return place
  }
  const held = [
    ...bays.map(({ id }) => stored('bay', id)),
    ...lots.map(({ id }) => stored('lot', id)),
  ]
  const lines = lineFinder(
    streets.map((street) => ({ parts: partsOf(frame, street.geometry) })),
    STREET_DISTANCE_M,
  )
  const sideOf = (street: PlaceSource['street_segments'][number], side: 'left' | 'right') => {
    const found = street.sides.find((known) => known.side === side)
    return found ? stored('street_side', found.id) : null
  }
  const sides = streets.map((s) => ({ left: sideOf(s, 'left'), right: sideOf(s, 'right') }))
  const byName = new Map<string, StoredPlace>()
  const enter = (
    collection: string,
    feature: PlaceFeature,
    place: StoredPlace | null,
    side = '',
  ) => {
    if (!place) return
    byName.set(`${collection} id ${feature.id} ${side}`, place)
    if (feature.external_id !== null)
      byName.set(`${collection} external ${feature.external_id} ${side}`, place)
  }
  bays.forEach((bay, i) => enter('bays', bay, held[i]!))
  for (const bay of source.bays) if (!bay.is_in_use) enter('bays', bay, stored('bay', bay.id))
  lots.forEach((lot, i) => enter('lots', lot, held[bays.length + i]!))
  streets.forEach((street, i) => {
    enter('street_segments', street, sides[i]!.left, 'left')
    enter('street_segments', street, sides[i]!.right, 'right')
  })

  const id_bytes = new Uint8Array(16 * all.length)
  for (const { place_id, rank } of all) writeUuid(id_bytes, 16 * rank, place_id)
  return {
    id_bytes,
    named: ({ collection, id, external_id, side }) =>
      byName.get(
        `${collection} ${id === null ? `external ${external_id}` : `id ${id}`} ${side ?? ''}`,
      ) ?? null,
    holding: (lon, lat) => {
      const x = (lon - frame.lon0) * frame.metres_per_lon
      const y = (lat - frame.lat0) * frame.metres_per_lat
      const area = areas.areaAt(x, y)
      if (area >= 0) return held[area]!
      const near = lines.nearest(x, y)
      return near ? sides[near.line]![near.side] : null
    },
  }
}

const byId = (a: PlaceFeature, b: PlaceFeature) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function ringsOf(frame: MetricFrame, geometry: Geometry): Float64Array[] {
  if (geometry.type === 'Polygon') return geometry.coordinates.map((ring) => flat(frame, ring))
  if (geometry.type === 'MultiPolygon')
    return geometry.coordinates.flatMap((rings) => rings.map((ring) => flat(frame, ring)))
  return []
}

function partsOf(frame: MetricFrame, geometry: Geometry): Float64Array[] {
  if (geometry.type === 'LineString') return [flat(frame, geometry.coordinates)]
  if (geometry.type === 'MultiLineString')
    return geometry.coordinates.map((line) => flat(frame, line))
  return []
}

const flat = (frame: MetricFrame, positions: readonly Position[]) =>
  Float64Array.from(positions.flatMap(([lon, lat]) => toMetres(frame, lon!, lat!)))
