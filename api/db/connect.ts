import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { startEmbedded } from './embedded.ts'
import type { Database } from './tables.ts'

/** An open database: the same driver and the same SQL on both engines. */
export interface Engine {
  kind: 'embedded' | 'server'
  db: Kysely<Database>
  pool: pg.Pool
  /** Ends every connection; on the embedded engine also stops it and frees its folder. */
  close(): Promise<void>
}

export interface ConnectOptions {
  /** PostgreSQL ≥15 with PostGIS ≥3.3; without it the embedded engine is started on `dataDir`. */
  databaseUrl?: string | undefined
  /** Folder of the embedded engine. */
  dataDir: string
  /** Told what the embedded engine is doing on its slow first start. */
  onProgress?: (message: string) => void
  /** Of the pool to a server; the embedded engine takes one at a time. */
  maxConnections?: number
}

/**
 * The embedded engine has one session behind its socket, which lets the messages of several connections through one by
 * one: a statement's Parse, Bind and Execute would mix with another's, and one caller be answered with another's rows.
 * One connection keeps each statement whole and costs nothing, as the engine works on one at a time anyway.
 */
const EMBEDDED_CONNECTIONS = 1

// bigint columns are versions and counts: far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
// A calendar date has no zone: as text it cannot shift by a day.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)

/**
 * Opens the database.
 * @throws when the embedded folder is held by another process, or the server cannot be reached.
 */
export async function connect(options: ConnectOptions): Promise<Engine> {
  if (options.databaseUrl) {
    const pool = new pg.Pool({
      connectionString: options.databaseUrl,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: 5_000,
      options: '-c timezone=UTC',
    })
    await ping(pool)
    return engineOn('server', pool, () => pool.end())
  }
  const embedded = await startEmbedded(options.dataDir, options.onProgress ?? (() => {}))
  const pool = new pg.Pool({
    ...embedded.connection,
    max: EMBEDDED_CONNECTIONS,
    connectionTimeoutMillis: 30_000,
  })
  await ping(pool)
  return engineOn('embedded', pool, async () => {
    await pool.end()
    await embedded.stop()
  })
}

async function ping(pool: pg.Pool): Promise<void> {
  // An idle connection that the server drops is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  await pool.query('select 1')
}

function engineOn(kind: Engine['kind'], pool: pg.Pool, close: () => Promise<void>): Engine {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  let closing: Promise<void> | undefined
  return { kind, db, pool, close: () => (closing ??= close()) }
}
