import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'

export interface AuditFilter {
  collection?: string | undefined
  record_id?: string | undefined
  /** Changes older than this one (their ids are in the order of time). */
  before?: string | undefined
  limit: number
}

/** Changes of a community, newest first; one more than asked for, so that the caller knows whether to go on. */
export function findChanges(trx: Transaction<Database>, communityId: string, filter: AuditFilter) {
  let query = trx
    .selectFrom('audit as a')
    .select([
      'a.id',
      'a.at',
      'a.actor_id',
      'a.action',
      'a.collection',
      'a.record_id',
      'a.before',
      'a.after',
      'a.reason',
    ])
    .where('a.community_id', '=', communityId)
    .orderBy('a.id', 'desc')
    .limit(filter.limit + 1)
  if (filter.collection) query = query.where('a.collection', '=', filter.collection)
  if (filter.record_id) query = query.where('a.record_id', '=', filter.record_id)
  if (filter.before) query = query.where(sql<boolean>`a.id < ${filter.before}`)
  return query.execute()
}
