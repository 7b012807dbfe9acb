import { sql, type Transaction } from 'kysely'
import type { Database } from '../db/tables.ts'

/**
 * Runs `work` as the owner of the tables, within a transaction of the application role: that one may only read
 * communities, and makes no tables. Row-level security does not hold meanwhile.
 */
export async function asOwner<T>(trx: Transaction<Database>, work: () => Promise<T>): Promise<T> {
  await sql`set local role none`.execute(trx)
  const result = await work()
  await sql`set local role jiexu_app`.execute(trx)
  return result
}
