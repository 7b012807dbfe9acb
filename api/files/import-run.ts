import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Engine } from '../db/connect.ts'
import type { Database } from '../db/tables.ts'
import { asCommunities } from '../db/tenant.ts'
import { COLLECTIONS } from '../features/inventory/contract.ts'
import { addAttribution } from './community.ts'
import type { ImportReport } from './report.ts'

/** Keeps what an import came to, and a line in the audit where it changed something. */
export async function recordRun(
  trx: Transaction<Database>,
  communityId: string,
  importId: string,
  report: ImportReport,
): Promise<void> {
  await trx
    .insertInto('import_run')
    .values({
      community_id: communityId,
      id: importId,
      file_name: report.file,
      file_sha256: report.sha256,
      report: JSON.stringify(report),
    })
    .execute()
  if (report.inserted + report.updated + report.retired === 0) return
  const { inserted, updated, retired, file, profile } = report
  await trx
    .insertInto('audit')
    .values({
      community_id: communityId,
      id: uuidv7(),
      actor_id: null,
      action: 'import',
      collection: profile,
      record_id: importId,
      before: null,
      after: JSON.stringify({ file, inserted, updated, retired }),
      reason: null,
      request_id: null,
    })
    .execute()
}

/** The same in a transaction of its own, for rows that were stored in one already. */
export const addRun = (
  engine: Engine,
  communityId: string,
  attribution: string | null,
  report: ImportReport,
): Promise<void> =>
  asCommunities(engine.db, [communityId], async (trx) => {
    await addAttribution(trx, communityId, attribution)
    await recordRun(trx, communityId, uuidv7(), report)
  })

/**
 * Renews the planner's statistics. Before the server does it by itself, joins of thousands of fresh rows by place are
 * planned as if there were none, and take minutes.
 */
export async function analyzeTables({ db }: Engine): Promise<void> {
  const tables = [
    ...Object.values(COLLECTIONS).map(({ table }) => table),
    'street_side',
    'observation',
  ]
  await sql`analyze ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db)
}
