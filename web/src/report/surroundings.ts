import { nearestPlaces, nearestSides, PLACE_WITHIN_M, SIDE_WITHIN_M } from '../inspect/nearby.ts'
import type { FieldPlace, FieldSide } from '../inspect/nearby.ts'
import { items } from '../lib/api.ts'

/** What stands at a place, as far as the public map knows it. */
export interface Surroundings {
  street: FieldSide | null
  place: FieldPlace | null
}

/** Degrees of latitude in a metre, near enough for a box to search in. */
const METRE = 1 / 111_320
const MOST = 100

/** Asks for streets and places around (WGS 84 degrees). @throws ApiFailure */
export async function findSurroundings(
  community: string,
  lon: number,
  lat: number,
  signal: AbortSignal,
): Promise<Surroundings> {
  const high = SIDE_WITHIN_M * METRE
  const wide = high / Math.cos((lat * Math.PI) / 180)
  const bbox = [lon - wide, lat - high, lon + wide, lat + high].map((n) => n.toFixed(7)).join(',')
  const query = { community, bbox, limit: MOST }
  const [streets, bays, shops, zones, lots] = await Promise.all([
    items('street_segments', query, signal),
    items('bays', query, signal),
    items('frontages', query, signal),
    items('vendor_zones', query, signal),
    items('lots', query, signal),
  ])
  const places = [
    ...bays.features.map((one) => placeOf('bay', one)),
    ...shops.features.map((one) => placeOf('frontage', one)),
    ...zones.features.map((one) => placeOf('vendor_zone', one)),
    ...lots.features.map((one) => placeOf('lot', one)),
  ]
  const [street] = nearestSides(
    streets.features.map((one) => streetOf(one)),
    lon,
    lat,
  )
  const [place] = nearestPlaces(places, lon, lat)
  return {
    street: street && street.distance_m <= SIDE_WITHIN_M ? street.it : null,
    place: place && place.distance_m <= PLACE_WITHIN_M ? place.it : null,
  }
}

interface Found {
  id: string | number
  geometry: unknown
  properties: {
    external_id?: string | null | undefined
    name_zh?: string | null | undefined
    name_en?: string | null | undefined
  }
}

const namesOf = ({ properties }: Found) => ({
  name_zh: properties.name_zh ?? null,
  name_en: properties.name_en ?? null,
})

function placeOf(kind: FieldPlace['kind'], found: Found): FieldPlace {
  return {
    kind,
    id: String(found.id),
    external_id: found.properties.external_id ?? null,
    ...namesOf(found),
    capacity: null,
    vehicle_classes: null,
    merchant_id: null,
    grid_id: null,
    geometry: found.geometry as FieldPlace['geometry'],
  }
}

function streetOf(found: Found): FieldSide {
  const line = (found.geometry as { coordinates: number[][] }).coordinates
  return {
    segment_id: String(found.id),
    side: 'left',
    ...namesOf(found),
    grid_id: null,
    line,
    centreline: line,
    passes_today: 0,
    is_due_today: false,
  }
}
