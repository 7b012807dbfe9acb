import { sql } from 'kysely'
import type { Engine } from '../../db/connect.ts'

/** Answers to repeated requests are kept for two days (api/http/idempotency.ts), notices for a quarter of a year. */
const KEY_HOURS = 48
const NOTICE_DAYS = 90

/** What one sweep removed. */
export interface Swept {
  contacts: number
  keys: number
  sessions: number
  notices: number
}

/** Removes what has had its time: contacts that people left for one report, old keys, ended sessions, old notices. */
export async function sweep({ db }: Engine, now: Date): Promise<Swept> {
  const contacts = await db
    .updateTable('case_follower')
    .set({ email: null, phone: null })
    .where('delete_after', '<=', now)
    .where((eb) => eb.or([eb('email', 'is not', null), eb('phone', 'is not', null)]))
    .executeTakeFirst()
  const before = (interval: ReturnType<typeof sql>) => sql<Date>`${now}::timestamptz - ${interval}`
  const keys = await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', before(sql`make_interval(hours => ${KEY_HOURS}::int)`))
    .executeTakeFirst()
  const sessions = await db
    .deleteFrom('session')
    .where((eb) => eb.or([eb('expires_at', '<', now), eb('absolute_expires_at', '<', now)]))
    .executeTakeFirst()
  const notices = await db
    .deleteFrom('notification')
    .where('created_at', '<', before(sql`make_interval(days => ${NOTICE_DAYS}::int)`))
    .executeTakeFirst()
  return {
    contacts: Number(contacts.numUpdatedRows),
    keys: Number(keys.numDeletedRows),
    sessions: Number(sessions.numDeletedRows),
    notices: Number(notices.numDeletedRows),
  }
}
