import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { DispatchedCase } from '../../domain/statistics/bulletin.ts'

/** Something that a line of the bulletin is about. */
export interface Named {
  id: string
  name_zh: string | null
  name_en: string | null
}

/**
 * The cases first dispatched from one instant up to another, as they stand now. What was refused or merged after its
 * units were called back is nobody's work any more.
 */
export async function readDispatched(
  trx: Transaction<Database>,
  communityId: string,
  from: Date,
  to: Date,
): Promise<DispatchedCase[]> {
  const rows = await trx
    .selectFrom('case_file')
    .select(['lead_unit_id', 'grid_id', 'status', 'is_on_time', 'satisfaction'])
    .where('community_id', '=', communityId)
    .where('dispatched_at', '>=', from)
    .where('dispatched_at', '<', to)
    .where('status', 'not in', ['refused', 'merged'])
    .execute()
  return rows.map(({ lead_unit_id, status, ...row }) => ({
    ...row,
    unit_id: lead_unit_id,
    is_closed: status === 'closed',
  }))
}

/** Units and grids of today, in the order in which they are printed. */
export async function readLines(
  trx: Transaction<Database>,
  communityId: string,
): Promise<{ units: Named[]; grids: Named[] }> {
  const units = await trx
    .selectFrom('partner_unit')
    .select(['id', 'name_zh', 'name_en'])
    .where('community_id', '=', communityId)
    .orderBy('external_id')
    .orderBy('id')
    .execute()
  const grids = await trx
    .selectFrom('grid')
    .select(['id', 'name_zh', 'name_en'])
    .where('community_id', '=', communityId)
    .where('valid_to', 'is', null)
    .orderBy(sql`coalesce(grid_code, external_id)`)
    .orderBy('id')
    .execute()
  return { units, grids }
}

/** A line of the hazard ledger 隐患台账. */
export interface Hazard {
  year: number
  serial: number
  kind_zh: string
  kind_en: string
  severity: string | null
  place_zh: string | null
  place_en: string | null
  grid_zh: string | null
  grid_en: string | null
  unit_zh: string | null
  unit_en: string | null
  status: string
  found_at: Date
  due_at: Date | null
  measure: string | null
  handled_at: Date | null
  closed_at: Date | null
  next_revisit: string | null
}

/** The hazards found from one instant up to another, oldest first; repeated reports of one are left out. */
export async function readHazards(
  trx: Transaction<Database>,
  communityId: string,
  from: Date | null,
  to: Date | null,
  limit: number,
): Promise<Hazard[]> {
  const { rows } = await sql<Hazard>`
    select c.year, c.serial, k.name_zh as kind_zh, k.name_en as kind_en, c.severity, s.name_zh as place_zh,
      s.name_en as place_en, g.name_zh as grid_zh, g.name_en as grid_en, u.name_zh as unit_zh, u.name_en as unit_en,
      c.status, c.found_at, coalesce(c.due_at, o.handle_by) as due_at, o.result as measure, c.handled_at, c.closed_at,
      (select min(r.due_on)::text from revisit as r
        where r.community_id = c.community_id and r.case_id = c.id and r.done_at is null) as next_revisit
    from case_file as c
    join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id and k.is_hazard
    left join street_segment as s on s.community_id = c.community_id and s.id = c.segment_id
    left join grid as g on g.community_id = c.community_id and g.id = c.grid_id
    left join partner_unit as u on u.community_id = c.community_id and u.id = c.lead_unit_id
    left join lateral (
      select d.handle_by, du.result from dispatch_unit as du
      join dispatch as d on d.community_id = du.community_id and d.id = du.dispatch_id
      where du.community_id = c.community_id and du.case_id = c.id and du.recalled_at is null
      order by du.is_lead desc, d.dispatched_at desc limit 1) as o on true
    where c.community_id = ${communityId} and c.status <> 'merged'
      and (${from}::timestamptz is null or c.found_at >= ${from}) and (${to}::timestamptz is null or c.found_at < ${to})
    order by c.year, c.serial limit ${limit}`.execute(trx)
  return rows
}
