import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Database } from './tables.ts'

/**
 * Runs several writes as one statement: one round trip instead of one for each, which counts where others wait for a
 * lock that is held meanwhile. All see the database as it was before; none sees what another writes.
 */
export async function together(
  trx: Transaction<Database>,
  writes: readonly RawBuilder<unknown>[],
): Promise<void> {
  const parts = writes.map((write, i) => sql`${sql.id(`write_${i}`)} as (${write})`)
  await sql`with ${sql.join(parts)} select`.execute(trx)
}
