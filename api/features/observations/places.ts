import type { Geometry, Position } from 'geojson'
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
}

/** The places of a community, prepared for many observations. */
export interface Places {
  /** The place a sender names; null when there is none such. */
  named(name: PlaceName): StoredPlace | null
  /** Where vehicles at points (degrees) stand: a bay, else a lot, else a street side, else null. */
  holding(lons: Float64Array, lats: Float64Array): (StoredPlace | null)[]
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
  const held: StoredPlace[] = [
    ...bays.map(({ id }) => ({ place_kind: 'bay' as const, place_id: id })),
    ...lots.map(({ id }) => ({ place_kind: 'lot' as const, place_id: id })),
  ]
  const lines = lineFinder(
    streets.map((street) => ({ parts: partsOf(frame, street.geometry) })),
    STREET_DISTANCE_M,
  )
  const sideOf = (street: PlaceSource['street_segments'][number], side: 'left' | 'right') => {
    const found = street.sides.find((known) => known.side === side)
    return found ? { place_kind: 'street_side' as const, place_id: found.id } : null
  }
  const sides = streets.map((s) => ({ left: sideOf(s, 'left'), right: sideOf(s, 'right') }))
  const byName = new Map<string, StoredPlace>()
  const enter = (
    collection: string,
    place: PlaceFeature,
    stored: StoredPlace | null,
    side = '',
  ) => {
    if (!stored) return
    byName.set(`${collection} id ${place.id} ${side}`, stored)
    if (place.external_id !== null)
      byName.set(`${collection} external ${place.external_id} ${side}`, stored)
  }
  for (const bay of source.bays) enter('bays', bay, { place_kind: 'bay', place_id: bay.id })
  for (const lot of lots) enter('lots', lot, { place_kind: 'lot', place_id: lot.id })
  streets.forEach((street, i) => {
    enter('street_segments', street, sides[i]!.left, 'left')
    enter('street_segments', street, sides[i]!.right, 'right')
  })

  return {
    named: ({ collection, id, external_id, side }) =>
      byName.get(
        `${collection} ${id === null ? `external ${external_id}` : `id ${id}`} ${side ?? ''}`,
      ) ?? null,
    holding: (lons, lats) => {
      const found: (StoredPlace | null)[] = new Array<null>(lons.length).fill(null)
      for (let p = 0; p < lons.length; p++) {
        const x = (lons[p]! - frame.lon0) * frame.metres_per_lon
        const y = (lats[p]! - frame.lat0) * frame.metres_per_lat
        const area = areas.areaAt(x, y)
        if (area >= 0) found[p] = held[area]!
        else {
          const near = lines.nearest(x, y)
          if (near) found[p] = sides[near.line]![near.side]
        }
      }
      return found
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
