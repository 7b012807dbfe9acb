import { sql, type Transaction } from 'kysely'
import type { Database, Role } from '../db/tables.ts'

/** Something people of a community are told; `message_key` is a key of the page's catalogue. */
export interface Notice {
  community_id: string
  message_key: string
  params: Record<string, string | number>
  case_id: string | null
}

/** Whom a notice is for: everybody of a role (of one unit or shop, where named), or one account. */
export type Audience =
  { role: Role; unit_id?: string; merchant_id?: string } | { account_id: string }

/**
 * Tells people, in the transaction of what happened: the notice stands exactly if the change does. `except` is who did
 * it and need not be told. Ways beside the page (e-mail, push) pick it up from here.
 */
export async function notify(
  trx: Transaction<Database>,
  notice: Notice,
  audience: Audience,
  except: string | null = null,
): Promise<void> {
  // Memberships are not for the application role to read: the server asks as itself.
  await sql`set local role none`.execute(trx)
  const accounts =
    'account_id' in audience
      ? sql`select ${audience.account_id}::uuid as account_id`
      : sql`select distinct m.account_id from membership as m join account as a on a.id = m.account_id
          where m.community_id = ${notice.community_id} and m.role = ${audience.role} and a.disabled_at is null
            and (${audience.unit_id ?? null}::uuid is null or m.unit_id = ${audience.unit_id ?? null}::uuid)
            and (${audience.merchant_id ?? null}::uuid is null or m.merchant_id = ${audience.merchant_id ?? null}::uuid)`
  await sql`
    insert into notification (community_id, id, account_id, message_key, params, case_id)
    select ${notice.community_id}, gen_random_uuid(), w.account_id, ${notice.message_key},
      ${JSON.stringify(notice.params)}::jsonb, ${notice.case_id}
    from (${accounts}) as w where w.account_id is distinct from ${except}::uuid`.execute(trx)
  await sql`set local role jiexu_app`.execute(trx)
}
