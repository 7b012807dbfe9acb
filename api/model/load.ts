import type { Geometry } from 'geojson'
import { sql, type Transaction } from 'kysely'
import type { Database } from '../db/tables.ts'
import type { LoadedFeature } from './model-layer.ts'
import { type LayerId, MODEL_LAYERS, type StreetModel } from './street-model.ts'

/** Columns that are no properties of a feature. */
const ASIDE = new Set(['geom', 'tags', 'import_id', 'changed_version'])

/** What changed in a layer after a version: features to put, ids to remove. */
export interface LayerChanges {
  version: number
  live: LoadedFeature[]
  ended: string[]
}

/** The community of a model, its boundary as GeoJSON; undefined for an unknown id. */
export async function loadCommunity(
  trx: Transaction<Database>,
  communityId: string,
): Promise<StreetModel['community'] | undefined> {
  const row = await trx
    .selectFrom('community')
    .select([
      'id',
      'slug',
      'time_zone',
      'rule_pack_id',
      'holidays',
      sql<string | null>`ST_AsGeoJSON(geom, 7)`.as('boundary_text'),
    ])
    .where('id', '=', communityId)
    .executeTakeFirst()
  if (!row) return undefined
  const { boundary_text: text, ...community } = row
  return { ...community, boundary: text === null ? null : (JSON.parse(text) as Geometry) }
}

/** Rows of a layer that were written after `since` (0 reads all live ones). */
export async function loadChanges(
  trx: Transaction<Database>,
  communityId: string,
  layer: LayerId,
  since: number,
): Promise<LayerChanges> {
  // The version is read first: rows written meanwhile come along now and once more with the next look.
  const known = await trx
    .selectFrom('layer_version')
    .select('version')
    .where('community_id', '=', communityId)
    .where('layer', '=', layer)
    .executeTakeFirst()
  const table = MODEL_LAYERS[layer]
  const columns = (await columnsOf(trx, table)).map((column) => sql.ref(`i.${column}`))
  const { rows } = await sql<Record<string, unknown> & { id: string; geometry_text: string }>`
    select ${sql.join(columns)}, ST_AsGeoJSON(i.geom, 7) as geometry_text
    from ${sql.table(table)} as i
    where i.community_id = ${communityId}
      and ${since === 0 ? sql`i.valid_to is null` : sql`i.changed_version > ${since}`}`.execute(trx)
  const changes: LayerChanges = { version: Number(known?.version ?? 0), live: [], ended: [] }
  for (const { geometry_text: text, ...properties } of rows)
    if (properties['valid_to'] === null)
      changes.live.push({
        id: properties.id,
        geometry: JSON.parse(text) as Geometry,
        properties,
      })
    else changes.ended.push(properties.id)
  if (layer === 'street_segments') await addSides(trx, communityId, changes.live)
  if (layer === 'lots') await addSharedSpaces(trx, communityId, changes.live)
  return changes
}

const knownColumns = new Map<string, string[]>()

/** A table's columns as the migrations left them: the model needs no list of its own to keep in step. */
async function columnsOf(trx: Transaction<Database>, table: string): Promise<string[]> {
  const known = knownColumns.get(table)
  if (known) return known
  const { rows } = await sql<{ column_name: string }>`
    select column_name from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} order by ordinal_position`.execute(
    trx,
  )
  const columns = rows.map((row) => row.column_name).filter((column) => !ASIDE.has(column))
  knownColumns.set(table, columns)
  return columns
}

async function addSides(
  trx: Transaction<Database>,
  communityId: string,
  segments: readonly LoadedFeature[],
): Promise<void> {
  const sides = await trx
    .selectFrom('street_side')
    .select([
      'id',
      'segment_id',
      'side',
      'footway_width_m',
      'furnishing_width_m',
      'tactile_paving',
      'slope_percent',
      sql<string | null>`ST_AsGeoJSON(kerb_line, 7)`.as('kerb_text'),
    ])
    .where('community_id', '=', communityId)
    .orderBy('side')
    .execute()
  const bySegment = new Map(segments.map((segment) => [segment.id, [] as unknown[]]))
  for (const { segment_id: segmentId, kerb_text: text, ...side } of sides)
    bySegment
      .get(segmentId)
      ?.push({ ...side, kerb_line: text === null ? null : (JSON.parse(text) as Geometry) })
  for (const segment of segments) segment.properties['sides'] = bySegment.get(segment.id)
}

async function addSharedSpaces(
  trx: Transaction<Database>,
  communityId: string,
  lots: readonly LoadedFeature[],
): Promise<void> {
  const shared = await trx
    .selectFrom('sharing_agreement')
    .select(['lot_id', sql<number>`sum(spaces_shared)::int`.as('spaces')])
    .where('community_id', '=', communityId)
    .where('status', '=', 'active')
    .groupBy('lot_id')
    .execute()
  const byLot = new Map(shared.map((row) => [row.lot_id, row.spaces]))
  for (const lot of lots) lot.properties['shared_spaces'] = byLot.get(lot.id) ?? 0
}
