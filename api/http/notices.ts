import { type RawBuilder, sql, type Transaction } from 'kysely'
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
  await noticeRows(notice, audience, except).execute(trx)
}

/** The same as a statement, for whoever runs several at once. Memberships are read by a function of the owner's. */
export function noticeRows(
  notice: Notice,
  audience: Audience,
  except: string | null = null,
): RawBuilder<unknown> {
  const accounts =
    'account_id' in audience
      ? sql`(select ${audience.account_id}::uuid)`
      : sql`accounts_in_role(${notice.community_id}, ${audience.role}, ${audience.unit_id ?? null}, ${audience.merchant_id ?? null})`
  return sql`
    insert into notification (community_id, id, account_id, message_key, params, case_id)
    select ${notice.community_id}::uuid, gen_random_uuid(), w.account_id, ${notice.message_key},
      ${JSON.stringify(notice.params)}::jsonb, ${notice.case_id}::uuid
    from ${accounts} as w (account_id) where w.account_id is distinct from ${except}::uuid`
}
