import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { BulkColumns, BulkRow, BulkValue } from './bulk-rows.ts'
import type { Engine } from './connect.ts'
import { copyBinary, isBinaryKnown } from './copy-binary.ts'
import type { Database } from './tables.ts'
import { asCommunities } from './tenant.ts'

const EMBEDDED_ROWS = 5_000
/** Rows of a kind that has to travel as text are sent so many at a time. */
const TEXT_ROWS = 20_000

/** A transaction of one community that can also load many rows. */
export interface BulkTransaction {
  trx: Transaction<Database>
  /**
   * Inserts rows (arrays in the order of `columns`) that all belong to the transaction's community: `community_id`
   * is filled in here and must not be among the columns.
   * @throws what the table's constraints say; the transaction is then rolled back.
   */
  insert(table: keyof Database, columns: BulkColumns, rows: readonly BulkRow[]): Promise<void>
  /**
   * Inserts rows that somebody encoded as `COPY … (format binary)` reads them; `columns` in their order, the
   * transaction's community among them. Not on the embedded engine.
   */
  insertEncoded(
    table: keyof Database,
    columns: readonly string[],
    chunks: Iterable<Buffer>,
  ): Promise<void>
}

/**
 * Like `asCommunities` for one community, with bulk loading: COPY on a server, `unnest` on the embedded engine,
 * whose socket cannot carry COPY.
 */
export async function asCommunityInBulk<T>(
  engine: Engine,
  communityId: string,
  work: (bulk: BulkTransaction) => Promise<T>,
): Promise<T> {
  const client = await engine.pool.connect()
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({
      pool: {
        connect: async () => ({ query: client.query.bind(client), release: () => {} }),
        end: async () => {},
      },
    }),
  })
  try {
    return await asCommunities(db, [communityId], (trx) =>
      work({
        trx,
        insert: (table, columns, rows) =>
          engine.kind === 'server'
            ? insertByCopy(client, communityId, table, columns, rows)
            : insertByUnnest(client, communityId, table, columns, rows),
        insertEncoded: (table, columns, chunks) =>
          asOwner(client, () =>
            copy(client, `${statementOf(table, columns)} (format binary)`, chunks),
          ),
      }),
    )
  } finally {
    client.release()
  }
}

async function insertByCopy(
  client: pg.ClientBase,
  communityId: string,
  table: string,
  columns: BulkColumns,
  rows: readonly BulkRow[],
): Promise<void> {
  if (rows.length === 0) return
  const statement = statementOf(table, ['community_id', ...Object.keys(columns)])
  const isBinary = isBinaryKnown(columns)
  let at = 0
  function* binaryRows(): Generator<Buffer> {
    at = yield* copyBinary(communityId, columns, rows, at)
  }
  await asOwner(client, async () => {
    while (at < rows.length) {
      if (isBinary) await copy(client, `${statement} (format binary)`, binaryRows())
      if (at === rows.length) return
      const asText = copyText(communityId, rows.slice(at, at + TEXT_ROWS))
      await copy(client, statement, asText)
      at += TEXT_ROWS
    }
  })
}

const copy = (client: pg.ClientBase, statement: string, chunks: Iterable<Buffer | string>) =>
  pipeline(Readable.from(chunks, { objectMode: false }), client.query(copyFrom(statement)))

/** COPY refuses tables under row-level security, so it runs as the owner; the community is written by us. */
async function asOwner(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('set local role none')
  await work()
  await client.query('set local role jiexu_app')
}

const statementOf = (table: string, columns: readonly string[]) =>
  `copy ${quoted(table)} (${columns.map(quoted).join(', ')}) from stdin`

async function insertByUnnest(
  client: pg.ClientBase,
  communityId: string,
  table: string,
  columns: BulkColumns,
  rows: readonly BulkRow[],
): Promise<void> {
  const names = Object.keys(columns).map(quoted).join(', ')
  const types = Object.values(columns)
  const lists = types.map((_, index) => `$${index + 2}::text[]`).join(', ')
  const casts = types.map((type, index) => `c${index}::${type}`).join(', ')
  const aliases = types.map((_, index) => `c${index}`).join(', ')
  const statement = `insert into ${quoted(table)} (community_id, ${names}) select $1::uuid, ${casts} from unnest(${lists}) as t(${aliases})`
  for (let at = 0; at < rows.length; at += EMBEDDED_ROWS) {
    const part = rows.slice(at, at + EMBEDDED_ROWS)
    await client.query(statement, [
      communityId,
      ...types.map((_, column) => part.map((row) => asText(row[column] ?? null))),
    ])
  }
}

function* copyText(communityId: string, rows: readonly BulkRow[]): Generator<string> {
  let text = ''
  for (const row of rows) {
    text += communityId
    for (let column = 0; column < row.length; column++) {
      text += '\t'
      const value = asText(row[column] ?? null)
      text += value === null ? '\\N' : escaped(value)
    }
    text += '\n'
    if (text.length > 65_536) {
      yield text
      text = ''
    }
  }
  yield text
}

function asText(value: BulkValue): string | null {
  if (value === null) return null
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value))
    return `{${value.map((item) => `"${String(item).replace(/(["\\])/g, '\\$1')}"`).join(',')}}`
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

const escaped = (text: string) =>
  /[\\\t\n\r]/.test(text)
    ? text.replace(
        /[\\\t\n\r]/g,
        (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c]!,
      )
    : text

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
