import { type RawBuilder, sql } from 'kysely'

/** The one SRID in the database: WGS 84, lon lat. */
export const SRID = 4326

/** A geometry column as GeoJSON text with 7 decimals (about 1 cm); text, because casting to json costs 2 to 4 times. */
export function asGeoJson(column: string): RawBuilder<string> {
  return sql<string>`ST_AsGeoJSON(${sql.ref(column)}, 7)`
}

/** Writes an already checked GeoJSON geometry (WGS 84) into a geometry column; null stays null. */
export function fromGeoJson(geometry: object | null): RawBuilder<unknown> {
  if (geometry === null) return sql`null`
  return sql`ST_SetSRID(ST_GeomFromGeoJSON(${JSON.stringify(geometry)}), ${sql.lit(SRID)})`
}

/** True where the column's box meets `[west, south, east, north]` in degrees; served by the GiST index. */
export function meetsBox(column: string, bbox: readonly number[]): RawBuilder<boolean> {
  const [west, south, east, north] = bbox
  return sql<boolean>`${sql.ref(column)} && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, ${sql.lit(SRID)})`
}
