import type { ColumnType } from 'kysely'

/** A PostGIS column. Never selected raw: read it through `asGeoJson`, write it through `fromGeoJson`. */
export type Geometry = ColumnType<never, unknown, unknown>

/** jsonb: read as parsed JSON, written as JSON text. */
export type Json<T = unknown> = ColumnType<T, string | null, string | null>

export type Timestamp = ColumnType<Date, Date | string | undefined, Date | string>

export type TimestampOrNull = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>

export type Bigint = ColumnType<string, number | string, number | string>
