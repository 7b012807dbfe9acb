import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { gridsInReach, mayDo, type Person } from '../../http/rights.ts'
import type { StoredMedia } from './store.ts'

/** Whoever asks: a person, the holder of a unit's link, or anybody. */
export interface Asking {
  person: Person | null
  link_hash: string | null
}

/**
 * Whether a photo may be seen: by whoever took it, by those who may see the record it belongs to, by everybody when it
 * was made public.
 */
export async function maySee(
  trx: Transaction<Database>,
  communityId: string,
  media: StoredMedia,
  { person, link_hash }: Asking,
): Promise<boolean> {
  if (media.is_public) return true
  if (person && media.created_by === person.account_id) return true
  if (media.case_id === null) return false
  if (mayDo(person, communityId, 'read_cases')) {
    const grids = gridsInReach(person, communityId, 'read_cases')
    if (grids === null) return true
    const inGrid = await trx
      .selectFrom('case_file')
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', '=', media.case_id)
      .where((eb) =>
        eb.or([
          eb('reported_by', '=', person!.account_id),
          ...(grids.length > 0 ? [eb('grid_id', 'in', grids)] : []),
        ]),
      )
      .executeTakeFirst()
    if (inGrid) return true
  }
  const own = person?.memberships.filter((one) => one.community_id === communityId) ?? []
  const units = own.flatMap(({ role, unit_id }) => (role === 'unit' && unit_id ? [unit_id] : []))
  const shops = own.flatMap(({ role, merchant_id }) =>
    role === 'merchant' && merchant_id ? [merchant_id] : [],
  )
  const { rows } = await sql<{ may: boolean }>`select
    exists (select from dispatch_unit where community_id = ${communityId} and case_id = ${media.case_id}
      and recalled_at is null and (unit_id = any(${units}::uuid[]) or link_hash = ${link_hash}))
    or exists (select from case_file as c
        join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id
        join frontage as f on f.community_id = c.community_id and f.id = c.place_id
      where c.community_id = ${communityId} and c.id = ${media.case_id} and c.place_kind = 'frontage'
        and k.is_public and f.merchant_id = any(${shops}::uuid[]))
    or exists (select from case_file as c join subject as s on s.community_id = c.community_id and s.id = c.subject_id
      where c.community_id = ${communityId} and c.id = ${media.case_id}
        and s.merchant_id = any(${shops}::uuid[])) as may`.execute(trx)
  return rows[0]!.may
}
