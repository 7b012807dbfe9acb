import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../db/tables.ts'

/** Everything that a report writes at once; columns of each table without its number. */
export interface NewReport {
  community_id: string
  year: number
  case_file: Readonly<Record<string, unknown>> & { id: string }
  /** The report itself, and where it was settled on the spot also that. */
  steps: readonly Readonly<Record<string, unknown>>[]
  /** Who reported it and holds a secret link; null for staff. */
  follower: Readonly<Record<string, unknown>> | null
}

/**
 * Stores a report under the next number of its community and year, and returns the number's serial. The counter's row
 * stays locked until the transaction ends, so parallel reporters wait for each other and a report that is rolled back
 * gives its number back: no gaps, none twice. One statement, because they wait for no longer than it takes.
 */
export async function insertReport(
  trx: Transaction<Database>,
  { community_id, year, case_file, steps, follower }: NewReport,
): Promise<number> {
  const ofCase = { community_id, case_id: case_file.id }
  const { serial } = await trx
    .with('number', (db) =>
      db
        .insertInto('case_number')
        .values({ community_id, year, last: 1 })
        .onConflict((conflict) =>
          conflict
            .columns(['community_id', 'year'])
            .doUpdateSet({ last: sql`case_number.last + 1` }),
        )
        .returning('last'),
    )
    .with('report', (db) =>
      db
        .insertInto('case_file')
        .values({
          community_id,
          year,
          serial: sql`(select last from number)`,
          ...case_file,
        } as never)
        .returning('serial'),
    )
    .with('steps', (db) =>
      db
        .insertInto('case_step')
        .values(steps.map((step) => ({ ...ofCase, ...step })) as never)
        .returning('id'),
    )
    .with('follower', (db) =>
      follower
        ? db
            .insertInto('case_follower')
            .values({ ...ofCase, id: uuidv7(), ...follower } as never)
            .returning('id')
        : db.selectFrom('report').select(sql<string>`null`.as('id')),
    )
    .selectFrom('report')
    .select('serial')
    .executeTakeFirstOrThrow()
  return serial
}
