import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { ApiProblem } from '../../http/problem.ts'

export interface PhotoRoles {
  evidence: number
  before: number
  after: number
  notice: number
}

/**
 * Ties photos to the case (and move) that names them, and counts by role all that the case then has.
 * @throws ApiProblem 422 naming those that are not there, are somebody else's or belong to another case.
 */
export async function attachMedia(
  trx: Transaction<Database>,
  to: { community_id: string; case_id: string; step_id: string; actor_id: string | null },
  ids: readonly string[],
): Promise<PhotoRoles> {
  if (ids.length > 0) {
    const { rows } = await sql<{ id: string }>`
      update media set case_id = ${to.case_id}, step_id = ${to.step_id}
      where community_id = ${to.community_id} and id = any(${[...ids]}::uuid[])
        and (case_id is null or case_id = ${to.case_id})
        and (created_by is null or created_by is not distinct from ${to.actor_id}::uuid)
      returning id`.execute(trx)
    const attached = new Set(rows.map((row) => row.id))
    const missing = ids.flatMap((id, index) => (attached.has(id) ? [] : [index]))
    if (missing.length > 0)
      throw new ApiProblem(
        'cases/unknown-reference',
        'a photo is not here: send it first',
        missing.map((index) => ({
          path: `media/${index}`,
          message: 'no photo of yours, or it belongs to another case',
        })),
      )
  }
  const counts = { evidence: 0, before: 0, after: 0, notice: 0 }
  const found = await trx
    .selectFrom('media')
    .select(['role', sql<number>`count(*)::int`.as('n')])
    .where('community_id', '=', to.community_id)
    .where('case_id', '=', to.case_id)
    .groupBy('role')
    .execute()
  for (const { role, n } of found) counts[role] = n
  return counts
}
