import { createHash } from 'node:crypto'
import type { FastifySessionOptions } from '@fastify/session'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/tables.ts'

/** A session ends when it was not used for three days, and after thirty days in any case. */
export const IDLE_DAYS = 3
export const ABSOLUTE_DAYS = 30

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

type Store = NonNullable<FastifySessionOptions['store']>

/** Sessions in the database, by the hash of their id: a copy of the table signs nobody in. */
export function sessionStore(db: Kysely<Database>): Store {
  return {
    get(id, callback) {
      readSession(db, hashOf(id)).then(
        (session) => callback(null, session as never),
        (error: unknown) => callback(error),
      )
    },
    set(id, session, callback) {
      writeSession(db, hashOf(id), session).then(
        () => callback(),
        (error: unknown) => callback(error),
      )
    },
    destroy(id, callback) {
      db.deleteFrom('session')
        .where('id_hash', '=', hashOf(id))
        .execute()
        .then(
          () => callback(),
          (error: unknown) => callback(error),
        )
    },
  }
}

/** Ends every session of an account: after a new password, or when it is disabled. */
export async function endSessionsOf(db: Kysely<Database>, accountId: string): Promise<void> {
  await db.deleteFrom('session').where('account_id', '=', accountId).execute()
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex')

async function readSession(db: Kysely<Database>, idHash: string): Promise<unknown> {
  const row = await db
    .selectFrom('session')
    .select(['data', 'expires_at'])
    .where('id_hash', '=', idHash)
    .where('expires_at', '>', sql<Date>`now()`)
    .where('absolute_expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  if (!row) return null
  // Prolonged once an hour, not with every request: reading must stay cheap.
  if (row.expires_at.getTime() < Date.now() + IDLE_DAYS * DAY_MS - HOUR_MS)
    await db
      .updateTable('session')
      .set({ expires_at: new Date(Date.now() + IDLE_DAYS * DAY_MS) })
      .where('id_hash', '=', idHash)
      .execute()
  return row.data
}

async function writeSession(
  db: Kysely<Database>,
  idHash: string,
  session: { account_id?: string },
): Promise<void> {
  const data = JSON.stringify(session)
  const now = Date.now()
  await db
    .insertInto('session')
    .values({
      id_hash: idHash,
      account_id: session.account_id ?? null,
      data,
      expires_at: new Date(now + IDLE_DAYS * DAY_MS),
      absolute_expires_at: new Date(now + ABSOLUTE_DAYS * DAY_MS),
    })
    .onConflict((conflict) =>
      conflict.column('id_hash').doUpdateSet({ data, account_id: session.account_id ?? null }),
    )
    .execute()
  await db
    .deleteFrom('session')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute()
}
