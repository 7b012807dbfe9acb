import { type RawBuilder, sql } from 'kysely'
import type { Role } from '../../db/tables.ts'
import { gridsInReach, mayDo, type Person } from '../../http/rights.ts'

/** In which role somebody meets the cases of a community, and whose unit, shop or grids that is about. */
export interface Viewer {
  community_id: string
  account_id: string | null
  role: Role
  unit_ids: string[]
  merchant_ids: string[]
  /** Null: all of the community. */
  grid_ids: string[] | null
}

const STRONGEST: readonly Role[] = ['leader', 'planner', 'inspector', 'unit', 'merchant']

/** A guest is a resident: both see what is public and what they reported. */
export function viewerOf(person: Person | null, communityId: string): Viewer {
  const own = person?.memberships.filter((one) => one.community_id === communityId) ?? []
  const roles = own.map((membership) => membership.role)
  return {
    community_id: communityId,
    account_id: person?.account_id ?? null,
    role: STRONGEST.find((role) => roles.includes(role)) ?? 'resident',
    unit_ids: own.flatMap(({ role, unit_id }) => (role === 'unit' && unit_id ? [unit_id] : [])),
    merchant_ids: own.flatMap(({ role, merchant_id }) =>
      role === 'merchant' && merchant_id ? [merchant_id] : [],
    ),
    grid_ids: mayDo(person, communityId, 'read_cases')
      ? gridsInReach(person, communityId, 'read_cases')
      : [],
  }
}

/**
 * The rows of `c` (case_file) that the viewer may see, as a condition. What a unit or a shop has to do with is asked
 * once for the statement, not once for each case.
 */
export function visibleTo(viewer: Viewer): RawBuilder<boolean> {
  if (viewer.grid_ids === null) return sql<boolean>`true`
  const ways = [sql`c.reported_by = ${viewer.account_id}::uuid`]
  if (viewer.grid_ids.length > 0) ways.push(sql`c.grid_id = any(${viewer.grid_ids}::uuid[])`)
  if (viewer.unit_ids.length > 0)
    ways.push(sql`c.id in (select du.case_id from dispatch_unit as du
      where du.community_id = ${viewer.community_id} and du.unit_id = any(${viewer.unit_ids}::uuid[]) and du.recalled_at is null)`)
  if (viewer.merchant_ids.length > 0) ways.push(...ofMerchants(viewer))
  return sql<boolean>`(${sql.join(ways, sql` or `)})`
}

/** What the viewer has to do with in person: reported, on the own frontage, with the own unit. */
export const mineOf = (viewer: Viewer): RawBuilder<boolean> =>
  visibleTo({ ...viewer, grid_ids: [] })

/** On the own ground (of kinds that anybody may know of), or about the shop itself. */
const ofMerchants = ({ community_id, merchant_ids }: Viewer) => [
  sql`(c.place_kind = 'frontage' and c.place_id = any(array(select f.id from frontage as f
    where f.community_id = ${community_id} and f.merchant_id = any(${merchant_ids}::uuid[])))
    and c.kind_id in (select k.id from case_kind as k where k.community_id = ${community_id} and k.is_public))`,
  sql`c.subject_id = any(array(select s.id from subject as s
    where s.community_id = ${community_id} and s.merchant_id = any(${merchant_ids}::uuid[])))`,
]
