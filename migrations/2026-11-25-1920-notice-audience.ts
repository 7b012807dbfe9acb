import { type Kysely, sql } from 'kysely'

/**
 * Whom a notice is for: the accounts of a role in a community in force. Memberships are not for the application role to
 * read, and changing the role for it took two more round trips while others waited for the writer's locks.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function accounts_in_role(community uuid, wanted text, unit uuid, merchant uuid) returns setof uuid
      language sql stable security definer set search_path = pg_catalog, public
      begin atomic
        select distinct m.account_id from membership as m join account as a on a.id = m.account_id
        where m.community_id = community and m.role = wanted and a.disabled_at is null
          and (unit is null or m.unit_id = unit) and (merchant is null or m.merchant_id = merchant)
          and community = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]);
      end`.execute(db)
  await sql`revoke all on function accounts_in_role(uuid, text, uuid, uuid) from public`.execute(db)
  await sql`grant execute on function accounts_in_role(uuid, text, uuid, uuid) to jiexu_app`.execute(
    db,
  )
}
