import { type RawBuilder, sql, type Transaction } from 'kysely'
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
  await auditRow(change).execute(trx)
}

/** The same as a statement, for whoever runs several at once. */
export function auditRow(change: AuditedChange): RawBuilder<unknown> {
  const json = (record: unknown) => (record == null ? null : JSON.stringify(record))
  return sql`
    insert into audit (community_id, id, actor_id, action, collection, record_id, before, after, reason, request_id)
    values (${change.community_id}, ${uuidv7()}, ${change.actor_id}, ${change.action}, ${change.collection},
      ${change.record_id}, ${json(change.before)}::jsonb, ${json(change.after)}::jsonb, ${change.reason}, ${change.request_id})`
}
