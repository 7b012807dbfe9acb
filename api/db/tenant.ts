import { type Kysely, type Transaction, sql } from 'kysely'
import type { Database } from './tables.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Runs `work` in one transaction that sees only the rows of `communityIds`: as the application role, under
 * row-level security. The second lock behind the scoped queries of the stores.
 * @throws when an id is not a UUID: it becomes part of a statement, because `SET LOCAL` takes no parameter.
 */
export async function asCommunities<T>(
  db: Kysely<Database>,
  communityIds: readonly string[],
  work: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
  for (const id of communityIds)
    if (!UUID.test(id)) throw new Error(`not a community id: ${JSON.stringify(id)}`)
  return db.transaction().execute(async (trx) => {
    // A statement, not set_config(): Citus passes on only the statement to its workers.
    await sql
      .raw(`set local role jiexu_app; set local app.communities = '${communityIds.join(',')}'`)
      .execute(trx)
    return work(trx)
  })
}
