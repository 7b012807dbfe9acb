import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../db/tables.ts'
import { isPlate, maskPlate, normalisePlate } from '../../domain/plate.ts'
import { ApiProblem } from '../../http/problem.ts'
import { hashOfPlate } from '../../http/secrets.ts'

/** A vehicle or a shop that a case is about, as somebody names it. */
export interface SubjectName {
  plate?: string | undefined
  merchant_id?: string | undefined
}

/**
 * The hash under which a plate is known.
 * @throws ApiProblem 422 for what is no plate.
 */
export function knownPlate(
  plateKey: string,
  communityId: string,
  text: string,
): { hash: string; mask: string } {
  const plate = normalisePlate(text)
  if (!isPlate(plate))
    throw new ApiProblem('cases/invalid-plate', 'this is not how a plate is written', [
      { path: 'subject/plate', message: 'for example 藏A·12345, or 4 to 10 letters and digits' },
    ])
  return { hash: hashOfPlate(plateKey, communityId, plate), mask: maskPlate(plate) }
}

/** The subject of a name, made when it is met for the first time. */
export async function keepSubject(
  trx: Transaction<Database>,
  plateKey: string,
  communityId: string,
  name: SubjectName,
): Promise<string> {
  if (name.merchant_id !== undefined) {
    const merchant = await trx
      .selectFrom('merchant')
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', '=', name.merchant_id)
      .executeTakeFirst()
    if (!merchant)
      throw new ApiProblem('cases/unknown-reference', 'there is no such shop here', [
        { path: 'subject/merchant_id', message: 'not a merchant of this community' },
      ])
  }
  const plate = name.plate === undefined ? null : knownPlate(plateKey, communityId, name.plate)
  const { rows } = await sql<{ id: string }>`
    insert into subject (community_id, id, kind, plate_hash, plate_mask, merchant_id)
    values (${communityId}, ${uuidv7()}, ${plate ? 'vehicle' : 'merchant'}, ${plate?.hash ?? null}, ${plate?.mask ?? null}, ${name.merchant_id ?? null})
    on conflict (community_id, ${sql.ref(plate ? 'plate_hash' : 'merchant_id')}) do update set last_seen_at = now()
    returning id`.execute(trx)
  return rows[0]!.id
}

export interface History {
  subject_id: string | null
  mask: string | null
  cases: number
  persuaded: number
  last_at: string | null
}

/** What is known of a subject; `except` is a case that does not count. */
export async function historyOf(
  trx: Transaction<Database>,
  communityId: string,
  by: { subject_id: string } | { plate_hash: string } | { merchant_id: string },
  except: string | null = null,
): Promise<History> {
  const [[column, value]] = Object.entries(by) as [[string, string]]
  const name = column === 'subject_id' ? 's.id' : `s.${column}`
  // One statement whether the subject is known or not: the time taken tells nothing.
  const { rows } = await sql<{
    subject_id: string | null
    mask: string | null
    cases: number
    persuaded: number
    last_at: Date | null
  }>`
    select max(s.id::text)::uuid as subject_id, max(s.plate_mask) as mask, count(c.id)::int as cases,
      (count(c.id) filter (where c.outcome in ('persuaded', 'tip_card')))::int as persuaded, max(c.found_at) as last_at
    from subject as s left join case_file as c
      on c.community_id = s.community_id and c.subject_id = s.id and c.id is distinct from ${except}::uuid
        and c.status not in ('refused', 'merged')
    where s.community_id = ${communityId} and ${sql.ref(name)} = ${value}`.execute(trx)
  const row = rows[0]!
  return { ...row, last_at: row.last_at?.toISOString() ?? null }
}

/** The softest outcome of the ladder that fits what happened before: who was persuaded before gets the next rung. */
export function suggestOutcomes<T extends string>(ladder: readonly T[], history: History): T[] {
  const rung = Math.min(history.persuaded, Math.max(ladder.length - 1, 0))
  return [...ladder.slice(rung), ...ladder.slice(0, rung)]
}
