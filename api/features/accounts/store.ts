import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database, Role } from '../../db/tables.ts'

type Db = Kysely<Database> | Transaction<Database>

export interface Member {
  id: string
  login: string
  display_name: string
  locale: string
  roles: Role[]
  /** An inspector's own grids; empty where it is all of them. */
  grid_ids: string[]
  unit_id: string | null
  merchant_id: string | null
  disabled_at: string | null
}

/** Where an inspector walks, and for whom a unit's or a merchant's account acts. What is undefined stays. */
export interface Scope {
  grid_ids?: readonly string[] | undefined
  unit_id?: string | null | undefined
  merchant_id?: string | null | undefined
}

/** The role that each member of a scope belongs to. */
const SCOPED_ROLE = { grid_ids: 'inspector', unit_id: 'unit', merchant_id: 'merchant' } as const

/** The accounts that have a role in a community. */
export async function findMembers(
  db: Db,
  communityId: string,
  accountId?: string,
): Promise<Member[]> {
  let query = db
    .selectFrom('account as a')
    .innerJoin('membership as m', 'm.account_id', 'a.id')
    .select([
      'a.id',
      'a.login',
      'a.display_name',
      'a.locale',
      sql<Role[]>`array_agg(m.role order by m.role)`.as('roles'),
      sql<
        string[]
      >`coalesce((array_agg(to_jsonb(m.grid_ids)) filter (where m.role = 'inspector'))[1], '[]')`.as(
        'grid_ids',
      ),
      sql<string | null>`(array_agg(m.unit_id) filter (where m.role = 'unit'))[1]`.as('unit_id'),
      sql<string | null>`(array_agg(m.merchant_id) filter (where m.role = 'merchant'))[1]`.as(
        'merchant_id',
      ),
      sql<
        string | null
      >`to_char(a.disabled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`.as('disabled_at'),
    ])
    .where('m.community_id', '=', communityId)
    .groupBy('a.id')
    .orderBy('a.login')
  if (accountId) query = query.where('a.id', '=', accountId)
  return query.execute()
}

/** Creates an account and its roles; null when the login is taken. */
export async function insertAccount(
  trx: Transaction<Database>,
  account: {
    /** Made here where none is given. */
    id?: string
    login: string
    password_hash: string
    display_name: string
    locale: string
    is_demo: boolean
  },
  communityId: string,
  roles: readonly Role[],
  scope: Scope = {},
): Promise<string | null> {
  const inserted = await trx
    .insertInto('account')
    .values({ id: uuidv7(), ...account, city_role: null, disabled_at: null })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) return null
  await setRoles(trx, communityId, inserted.id, roles)
  await setScope(trx, communityId, inserted.id, scope)
  return inserted.id
}

/** What is wrong with a scope: names something that is not of the community, or is for a role that is not given. */
export async function scopeFault(
  db: Db,
  communityId: string,
  roles: readonly Role[],
  scope: Scope,
): Promise<{ path: string; message: string } | null> {
  for (const [member, role] of Object.entries(SCOPED_ROLE)) {
    const value = scope[member as keyof Scope]
    const ids = typeof value === 'string' ? [value] : (value ?? [])
    if (ids.length === 0) continue
    if (!roles.includes(role)) return { path: member, message: `is for the role ${role} only` }
    const found = await knownIds(db, communityId, member as keyof Scope, ids)
    const at = ids.findIndex((id) => !found.has(id.toLowerCase()))
    if (at >= 0)
      return {
        path: member === 'grid_ids' ? `grid_ids/${at}` : member,
        message: `there is no ${ids[at]} in this community`,
      }
  }
  return null
}

async function knownIds(
  db: Db,
  communityId: string,
  member: keyof Scope,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows =
    member === 'grid_ids'
      ? await db
          .selectFrom('grid')
          .select('id')
          .where('community_id', '=', communityId)
          .where('id', 'in', ids)
          .where('valid_to', 'is', null)
          .execute()
      : await db
          .selectFrom(member === 'unit_id' ? 'partner_unit' : 'merchant')
          .select('id')
          .where('community_id', '=', communityId)
          .where('id', 'in', ids)
          .execute()
  return new Set(rows.map(({ id }) => id))
}

/** Writes a scope that has no fault into the memberships that it belongs to. */
export async function setScope(
  trx: Transaction<Database>,
  communityId: string,
  accountId: string,
  scope: Scope,
): Promise<void> {
  for (const [member, role] of Object.entries(SCOPED_ROLE)) {
    const value = scope[member as keyof Scope]
    if (value === undefined) continue
    await trx
      .updateTable('membership')
      .set({ [member]: value })
      .where('community_id', '=', communityId)
      .where('account_id', '=', accountId)
      .where('role', '=', role)
      .execute()
  }
}

/** Replaces the roles of an account in one community; those in others stay. */
export async function setRoles(
  trx: Transaction<Database>,
  communityId: string,
  accountId: string,
  roles: readonly Role[],
): Promise<void> {
  await trx
    .deleteFrom('membership')
    .where('community_id', '=', communityId)
    .where('account_id', '=', accountId)
    .where('role', 'not in', roles)
    .execute()
  await trx
    .insertInto('membership')
    .values(roles.map((role) => ({ community_id: communityId, account_id: accountId, role })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Changes members of an account; what is undefined stays. */
export async function updateAccount(
  trx: Transaction<Database>,
  accountId: string,
  change: {
    display_name?: string | undefined
    locale?: string | undefined
    password_hash?: string | undefined
    disabled?: boolean | undefined
  },
): Promise<void> {
  const { disabled, ...columns } = change
  const set = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
  if (disabled !== undefined) set['disabled_at'] = (disabled ? sql`now()` : null) as never
  if (Object.keys(set).length === 0) return
  await trx.updateTable('account').set(set).where('id', '=', accountId).execute()
}

/** Whether an account is one community's own: nobody of another one, and nobody of the whole city. */
export async function isOwnOf(db: Db, communityId: string, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('account as a')
    .leftJoin('membership as m', (join) =>
      join.onRef('m.account_id', '=', 'a.id').on('m.community_id', '!=', communityId),
    )
    .select('m.community_id')
    .where('a.id', '=', accountId)
    .where('a.city_role', 'is', null)
    .executeTakeFirst()
  return row !== undefined && row.community_id === null
}

/** Whether it is one of the sample's accounts, whose passwords everybody knows. */
export async function isDemo(db: Db, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('account')
    .select('is_demo')
    .where('id', '=', accountId)
    .executeTakeFirst()
  return row?.is_demo === true
}
