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
  disabled_at: string | null
}

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
    login: string
    password_hash: string
    display_name: string
    locale: string
    is_demo: boolean
  },
  communityId: string,
  roles: readonly Role[],
): Promise<string | null> {
  const inserted = await trx
    .insertInto('account')
    .values({ id: uuidv7(), ...account, city_role: null, disabled_at: null })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) return null
  await setRoles(trx, communityId, inserted.id, roles)
  return inserted.id
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

/** How many communities an account belongs to beside one: its password is not for that one's leader alone. */
export async function countOtherCommunities(
  db: Db,
  accountId: string,
  communityId: string,
): Promise<number> {
  const row = await db
    .selectFrom('membership')
    .select(sql<number>`count(distinct community_id)::int`.as('others'))
    .where('account_id', '=', accountId)
    .where('community_id', '!=', communityId)
    .executeTakeFirstOrThrow()
  return row.others
}
