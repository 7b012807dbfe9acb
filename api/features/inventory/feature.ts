import { checkGeometry } from '../../domain/geometry/validity.ts'
import { ApiProblem } from '../../http/problem.ts'
import { COLLECTIONS, type CollectionId } from './contract.ts'
import type { InventoryRow } from './store.ts'

/** One row as GeoJSON text (RFC 7946): the stored shape is put in as it came, without parsing it again. */
export function featureText(row: InventoryRow, links?: readonly object[]): string {
  const { id, geometry_text: geometry, ...properties } = row
  return `{"type":"Feature","id":${JSON.stringify(id)},"geometry":${geometry},"properties":${JSON.stringify(properties)}${links ? `,"links":${JSON.stringify(links)}` : ''}}`
}

/**
 * Lets a geometry in: right type for the collection, valid, WGS 84, rings turned as RFC 7946 wants.
 * @throws ApiProblem 422 with the path and, where known, the place of the fault.
 */
export function admitGeometry(
  geometry: unknown,
  types: readonly string[],
  path: string,
): { type: string; coordinates: unknown } {
  const checked = checkGeometry(geometry, { types })
  if (checked.ok) return checked.geometry as { type: string; coordinates: unknown }
  throw new ApiProblem('geometry/invalid', checked.message, [
    {
      path: [path, checked.path].filter(Boolean).join('/'),
      message: checked.message,
      ...(checked.lon !== undefined && { lon: checked.lon }),
      ...(checked.lat !== undefined && { lat: checked.lat }),
    },
  ])
}

/** Checks the geometries of a feature body: its own and, for a street, each side's kerb line. */
export function admitFeature<T extends { geometry: unknown; properties: Record<string, unknown> }>(
  collection: CollectionId,
  body: T,
): T & { geometry: { type: string; coordinates: unknown } } {
  const geometry = admitGeometry(body.geometry, COLLECTIONS[collection].geometry, 'geometry')
  return { ...body, geometry, properties: admitSides(body.properties) }
}

/** Checks the kerb lines of `properties.sides` where there are any. */
export function admitSides(properties: Record<string, unknown>): Record<string, unknown> {
  const sides = properties['sides']
  if (!Array.isArray(sides)) return properties
  return {
    ...properties,
    sides: sides.map((side: Record<string, unknown>, index) =>
      side['kerb_line'] == null
        ? side
        : {
            ...side,
            kerb_line: admitGeometry(
              side['kerb_line'],
              ['LineString'],
              `properties/sides/${index}/kerb_line`,
            ),
          },
    ),
  }
}

/** How far outside the community's box a shape may lie before it is taken for a wrong coordinate system: about 5 km. */
const FAR_DEGREES = 0.05

/**
 * Refuses shapes that cannot belong to the community; one that merely crosses the boundary is left to the rules.
 * @throws ApiProblem 422.
 */
export function admitPlace(
  geometry: { coordinates: unknown },
  bbox: readonly [number, number, number, number] | null,
): void {
  if (!bbox) return
  const [lon, lat] = firstPosition(geometry.coordinates)
  const [west, south, east, north] = bbox
  if (
    lon < west - FAR_DEGREES ||
    lon > east + FAR_DEGREES ||
    lat < south - FAR_DEGREES ||
    lat > north + FAR_DEGREES
  )
    throw new ApiProblem(
      'geometry/outside-community',
      'the shape lies more than 5 km from the community; if its coordinates are GCJ-02 or another system, convert them first',
      [{ path: 'geometry', message: 'far outside the community', lon, lat }],
    )
}

function firstPosition(coordinates: unknown): [number, number] {
  let at = coordinates
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[0]
  return at as [number, number]
}
