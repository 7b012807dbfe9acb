import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { AuditTable, Database } from '../db/tables.ts'

/** One change as the audit keeps it: `before` and `after` are whole records, null where there is none. */
export interface AuditedChange {
  community_id: string
  actor_id: string | null
  action: AuditTable['action']
  collection: string
  record_id: string | null
  before: unknown
  after: unknown
  reason: string | null
  request_id: string | null
}

/** Appends a change to the audit, in the transaction of the change itself: one never stands without the other. */
export async function recordChange(
  trx: Transaction<Database>,
  change: AuditedChange,
): Promise<void> {
  await trx
    .insertInto('audit')
    .values({
      ...change,
      id: uuidv7(),
      before: change.before == null ? null : JSON.stringify(change.before),
      after: change.after == null ? null : JSON.stringify(change.after),
    })
    .execute()
}
