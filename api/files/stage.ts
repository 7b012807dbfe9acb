import type { Geometry, Position } from 'geojson'
import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { BulkTransaction } from '../db/bulk.ts'
import type { BulkColumns } from '../db/bulk-rows.ts'
import type { Database } from '../db/tables.ts'
import { COLLECTIONS, type CollectionId } from '../features/inventory/contract.ts'
import { asOwner } from './as-owner.ts'

export type Table = RawBuilder<unknown>

/**
 * A temporary table with the rows of one collection to be compared with what is there: `community_id`, `id` and the
 * columns `own`, typed as in the collection's own table.
 */
export async function makeStage<Row extends { id: string }>(
  bulk: BulkTransaction,
  target: { collection: CollectionId },
  own: readonly string[],
  rows: readonly Row[],
  valueOf: (row: Row, column: string) => unknown,
): Promise<Table> {
  const { trx } = bulk
  const name = `import_stage_${target.collection}`
  const { table } = COLLECTIONS[target.collection]
  // The owner makes it: COPY runs as the owner, the rest as the application role.
  await asOwner(trx, async () => {
    const columns = sql.join(['community_id', 'id', ...own].map((column) => sql.ref(column)))
    await sql`create temp table ${sql.table(name)} on commit drop as select ${columns} from ${sql.table(table)} with no data`.execute(
      trx,
    )
    await sql`create index on ${sql.table(name)} (id)`.execute(trx)
    await sql`grant all on ${sql.table(name)} to jiexu_app`.execute(trx)
  })
  const columns = { id: 'uuid', ...(await columnTypes(trx, table, own)) }
  const inOrder = Object.entries(columns)
  await bulk.insert(
    name as keyof Database,
    columns,
    rows.map((row) =>
      inOrder.map(([column, type]) => {
        const value = column === 'id' ? row.id : (valueOf(row, column) ?? null)
        return type === 'jsonb' && value !== null ? JSON.stringify(value) : value
      }),
    ),
  )
  return sql.table(name)
}

/** Makes room for the next file of the transaction. */
export const dropStage = (trx: Transaction<Database>, stage: Table): Promise<void> =>
  asOwner(trx, async () => {
    await sql`drop table ${stage}`.execute(trx)
  })

async function columnTypes(
  trx: Transaction<Database>,
  table: string,
  columns: readonly string[],
): Promise<BulkColumns> {
  const { rows } = await sql<{ name: string; type: string }>`
    select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`.execute(trx)
  const types = new Map(rows.map(({ name, type }) => [name, type]))
  return Object.fromEntries(columns.map((column) => [column, types.get(column)!]))
}

/** A checked WGS 84 geometry as EWKT. */
export function asEwkt(geometry: Geometry): string {
  if (geometry.type === 'GeometryCollection') throw new Error('the geometry door lets none in')
  const inside = (value: Position | Position[] | Position[][] | Position[][][]): string =>
    typeof value[0] === 'number'
      ? value.join(' ')
      : `(${(value as Position[]).map((inner) => inside(inner)).join(',')})`
  const text = inside(geometry.coordinates)
  return `SRID=4326;${geometry.type.toUpperCase()}${geometry.type === 'Point' ? `(${text})` : text}`
}
