import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { asGeoJson, fromGeoJson, meetsBox } from '../../db/geo-sql.ts'
import type { Database } from '../../db/tables.ts'
import { COLLECTIONS, type CollectionId, type Kept, type StreetSide } from './contract.ts'

/** A row of any collection: the contract's members as columns, its shape as GeoJSON text. */
export type InventoryRow = Kept & { id: string; geometry_text: string } & Record<string, unknown>

export interface ItemFilter {
  bbox?: readonly number[] | undefined
  /** Ids greater than this one. */
  after?: string | undefined
  /** Part of a name, or a whole external id. */
  q?: string | undefined
  equal: Readonly<Record<string, string>>
  limit: number
}

/** Columns that hold JSON: pg would otherwise write arrays as PostgreSQL arrays. */
const JSON_COLUMNS = new Set(['windows', 'restrictions'])
const REFERENCES = {
  grid_id: 'grid',
  segment_id: 'street_segment',
  merchant_id: 'merchant',
} as const
const KEPT = [
  'community_id',
  'external_id',
  'source',
  'version',
  'valid_from',
  'valid_to',
  'updated_at',
] as const

type Db = Kysely<Database> | Transaction<Database>

/** One page of live rows by id; asks for one more than `limit`, so that the caller knows whether to go on. */
export function findItems(
  db: Db,
  communityId: string,
  collection: CollectionId,
  filter: ItemFilter,
) {
  let query = selectRows(db, collection)
    .where('i.community_id', '=', communityId)
    .where('i.valid_to', 'is', null)
    .orderBy('i.id')
    .limit(filter.limit + 1)
  if (filter.after) query = query.where('i.id', '>', filter.after)
  if (filter.bbox) query = query.where(meetsBox('i.geom', filter.bbox))
  if (filter.q) query = query.where(matchesText(filter.q))
  for (const [column, value] of Object.entries(filter.equal))
    query = query.where(
      column === 'vehicle_class'
        ? sql<boolean>`${value} = any (i.vehicle_classes)`
        : sql<boolean>`${sql.ref(`i.${column}`)}::text = ${value}`,
    )
  return query
}

/** One row, or those of several ids; ended ones too (`valid_to` tells). */
export function findItem(
  db: Db,
  communityId: string,
  collection: CollectionId,
  id: string | readonly string[],
) {
  return selectRows(db, collection)
    .where('i.community_id', '=', communityId)
    .where('i.id', 'in', typeof id === 'string' ? [id] : id)
}

/** Like `findItem`, locked until the transaction ends: of two editors the second sees the first one's version. */
export function lockItem(
  trx: Transaction<Database>,
  communityId: string,
  collection: CollectionId,
  id: string,
) {
  return findItem(trx, communityId, collection, id).forUpdate(['i'])
}

/** Inserts a row; `row` holds checked contract members, `version` is the layer's version of this change. */
export async function insertItem(
  trx: Transaction<Database>,
  key: { communityId: string; collection: CollectionId; id: string },
  row: Readonly<Record<string, unknown>>,
  geometry: object,
  version: number,
): Promise<void> {
  const { table } = COLLECTIONS[key.collection]
  await trx
    .insertInto(table)
    .values({
      ...columnsOf(key.collection, row),
      community_id: key.communityId,
      id: key.id,
      geom: fromGeoJson(geometry),
      changed_version: version,
    })
    .execute()
  if (key.collection === 'street_segments')
    await writeSides(trx, key.communityId, key.id, row['sides'])
}

/** Overwrites the given members and counts the row's version up. */
export async function updateItem(
  trx: Transaction<Database>,
  key: { communityId: string; collection: CollectionId; id: string },
  row: Readonly<Record<string, unknown>>,
  geometry: object | null,
  version: number,
): Promise<void> {
  const { table } = COLLECTIONS[key.collection]
  await trx
    .updateTable(table as 'bay')
    .set({
      ...columnsOf(key.collection, row),
      ...(geometry && { geom: fromGeoJson(geometry) }),
      version: sql`version + 1`,
      changed_version: version,
      updated_at: sql`now()`,
    } as never)
    .where('community_id', '=', key.communityId)
    .where('id', '=', key.id)
    .execute()
  if (key.collection === 'street_segments' && row['sides'] !== undefined)
    await writeSides(trx, key.communityId, key.id, row['sides'])
}

/** Ends a row: it stays as history, with `valid_to` set to now. */
export async function endItem(
  trx: Transaction<Database>,
  key: { communityId: string; collection: CollectionId; id: string },
  version: number,
): Promise<void> {
  await trx
    .updateTable(COLLECTIONS[key.collection].table as 'bay')
    .set({
      valid_to: sql`now()` as never,
      version: sql`version + 1`,
      changed_version: version,
      updated_at: sql`now()` as never,
    })
    .where('community_id', '=', key.communityId)
    .where('id', '=', key.id)
    .execute()
}

/** The members of `row` that name a record which is not there, within the same community. */
export async function missingReferences(
  trx: Transaction<Database>,
  communityId: string,
  row: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const missing: string[] = []
  for (const [member, table] of Object.entries(REFERENCES)) {
    const id = row[member]
    if (typeof id !== 'string') continue
    const found = await trx
      .selectFrom(table as 'grid')
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!found) missing.push(member)
  }
  return missing
}

function selectRows(db: Db, collection: CollectionId) {
  const { table } = COLLECTIONS[collection]
  return db
    .selectFrom(`${table} as i` as 'bay as i')
    .select([
      'i.id',
      ...[...KEPT, ...ownColumns(collection)].map((column) => sql.ref(`i.${column}`).as(column)),
      asGeoJson('i.geom').as('geometry_text'),
      ...(collection === 'street_segments' ? [sidesOf().as('sides')] : []),
      ...(collection === 'lots' ? [sharedSpaces().as('shared_spaces')] : []),
    ])
    .$castTo<InventoryRow>()
}

function ownColumns(collection: CollectionId): string[] {
  return Object.keys(COLLECTIONS[collection].properties.properties).filter(
    (member) => member !== 'sides' && member !== 'shared_spaces',
  )
}

function columnsOf(collection: CollectionId, row: Readonly<Record<string, unknown>>) {
  const columns: Record<string, unknown> = {}
  for (const column of [...ownColumns(collection), 'external_id', 'source']) {
    if (row[column] === undefined) continue
    columns[column] =
      JSON_COLUMNS.has(column) && row[column] !== null ? JSON.stringify(row[column]) : row[column]
  }
  return columns
}

function sidesOf(): RawBuilder<unknown> {
  return sql`(select coalesce(json_agg(json_build_object(
      'id', s.id, 'side', s.side, 'footway_width_m', s.footway_width_m, 'furnishing_width_m', s.furnishing_width_m,
      'tactile_paving', s.tactile_paving, 'slope_percent', s.slope_percent,
      'kerb_line', ST_AsGeoJSON(s.kerb_line, 7)::json) order by s.side), '[]')
    from street_side as s where s.community_id = i.community_id and s.segment_id = i.id)`
}

function sharedSpaces(): RawBuilder<number> {
  return sql`(select coalesce(sum(a.spaces_shared), 0)::int from sharing_agreement as a
    where a.community_id = i.community_id and a.lot_id = i.id and a.status = 'active')`
}

function matchesText(q: string): RawBuilder<boolean> {
  const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(i.name_zh ilike ${pattern} or i.name_en ilike ${pattern} or i.external_id = ${q})`
}

/** A segment's sides are part of it: written whole, ids kept where given. */
async function writeSides(
  trx: Transaction<Database>,
  communityId: string,
  segmentId: string,
  sides: unknown,
): Promise<void> {
  if (!Array.isArray(sides)) return
  const known = await trx
    .selectFrom('street_side')
    .select(['id', 'side'])
    .where('community_id', '=', communityId)
    .where('segment_id', '=', segmentId)
    .execute()
  await trx
    .deleteFrom('street_side')
    .where('community_id', '=', communityId)
    .where('segment_id', '=', segmentId)
    .execute()
  for (const side of sides as StreetSide[])
    await trx
      .insertInto('street_side')
      .values({
        community_id: communityId,
        // The id stays with the side, because counts outside bays point to it.
        id: known.find((k) => k.side === side.side)?.id ?? side.id ?? uuidv7(),
        segment_id: segmentId,
        side: side.side,
        footway_width_m: side.footway_width_m ?? null,
        furnishing_width_m: side.furnishing_width_m ?? null,
        tactile_paving: side.tactile_paving ?? null,
        slope_percent: side.slope_percent ?? null,
        kerb_line: fromGeoJson(side.kerb_line ?? null),
      })
      .execute()
}
