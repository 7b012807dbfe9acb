import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../db/tables.ts'
import type { NotificationSettings } from './contract.ts'

/** Notices belong to a person, over all communities: the stores scope by account, as the server itself. */
type Db = Kysely<Database> | Transaction<Database>

const LISTED = 100
/** After so many attempts a notice is only on the page. */
export const MOST_ATTEMPTS = 6
/** Browsers of one person; the oldest goes. */
const MOST_SUBSCRIPTIONS = 10

export async function findNotifications(db: Db, accountId: string) {
  return db
    .selectFrom('notification')
    .select(['id', 'community_id', 'message_key', 'params', 'case_id', 'created_at', 'read_at'])
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(LISTED)
    .execute()
}

export async function countUnread(db: Db, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('notification')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Marks a person's own notices as read: those named, or all. */
export async function markRead(
  db: Db,
  accountId: string,
  ids: readonly string[] | undefined,
): Promise<void> {
  let query = db
    .updateTable('notification')
    .set({ read_at: sql`now()` })
    .where('account_id', '=', accountId)
    .where('read_at', 'is', null)
  if (ids) query = query.where('id', 'in', ids)
  await query.execute()
}

export async function findSettings(db: Db, accountId: string): Promise<NotificationSettings> {
  const row = await db
    .selectFrom('notification_setting')
    .select(['email', 'by_email', 'by_push', 'quiet_from', 'quiet_to'])
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return row ?? { email: null, by_email: false, by_push: false, quiet_from: null, quiet_to: null }
}

export async function saveSettings(
  db: Db,
  accountId: string,
  settings: NotificationSettings,
): Promise<void> {
  await db
    .insertInto('notification_setting')
    .values({ account_id: accountId, ...settings })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ ...settings }))
    .execute()
}

/** Keeps a browser's subscription; a browser that somebody else used before is theirs no longer. */
export async function saveSubscription(
  db: Db,
  accountId: string,
  { endpoint, keys }: { endpoint: string; keys: { p256dh: string; auth: string } },
): Promise<void> {
  const columns = { account_id: accountId, keys: JSON.stringify(keys) }
  await db
    .insertInto('push_subscription')
    .values({ id: uuidv7(), endpoint, ...columns })
    .onConflict((conflict) => conflict.column('endpoint').doUpdateSet(columns))
    .execute()
  await sql`delete from push_subscription where account_id = ${accountId} and id not in (
    select id from push_subscription where account_id = ${accountId}
    order by created_at desc, id desc limit ${MOST_SUBSCRIPTIONS})`.execute(db)
}

export async function removeSubscription(
  db: Db,
  endpoint: string,
  accountId?: string,
): Promise<void> {
  let query = db.deleteFrom('push_subscription').where('endpoint', '=', endpoint)
  if (accountId) query = query.where('account_id', '=', accountId)
  await query.execute()
}

export interface WaitingNotice {
  community_id: string
  id: string
  account_id: string
  message_key: string
  params: Record<string, string | number>
  case_id: string | null
  delivered_by: string[]
  attempts: number
  locale: string
  time_zone: string
  community_zh: string | null
  community_en: string | null
  slug: string
  /** Of the person in the notice's community. */
  roles: string[]
  email: string | null
  by_push: boolean
}

/** What is to go out in one look. */
const BATCH = 50

/** Notices that go nowhere beside the page: nothing is asked for, they are read, or their person has left. */
export async function settleOthers(db: Db, now: Date, ways: Ways): Promise<void> {
  await sql`
    update notification as n set delivered_at = ${now}
    where n.delivered_at is null and (n.read_at is not null or n.attempts >= ${MOST_ATTEMPTS} or not exists (
      select from notification_setting as s
      join account as a on a.id = s.account_id and a.disabled_at is null
      join membership as m on m.account_id = a.id and m.community_id = n.community_id
      where s.account_id = n.account_id and ((${ways.email} and s.by_email and s.email is not null)
        or (${ways.push} and s.by_push))))`.execute(db)
}

export interface Ways {
  email: boolean
  push: boolean
}

/**
 * Takes notices to send: each is put off by its next waiting time (1, 2, 4 … minutes) before anything is sent, so that
 * no other instance takes it meanwhile and one that dies on the way is followed by another attempt. Quiet hours of a
 * person, in the community's time zone, keep notices waiting.
 */
export async function takeWaiting(db: Db, now: Date, ways: Ways): Promise<WaitingNotice[]> {
  const { rows } = await sql<WaitingNotice>`
    with taken as (
      update notification as n set attempts = n.attempts + 1,
        try_after = ${now}::timestamptz + make_interval(mins => (2 ^ least(n.attempts, 10))::int)
      where (n.community_id, n.id) in (
        select w.community_id, w.id from notification as w
        join community as o on o.id = w.community_id
        join notification_setting as s on s.account_id = w.account_id,
        lateral (select to_char(${now}::timestamptz at time zone o.time_zone, 'HH24:MI') as clock) as l
        where w.delivered_at is null and w.try_after <= ${now} and w.attempts < ${MOST_ATTEMPTS}
          and not coalesce(case when s.quiet_from <= s.quiet_to
            then l.clock >= s.quiet_from and l.clock < s.quiet_to
            else l.clock >= s.quiet_from or l.clock < s.quiet_to end, false)
        order by w.try_after limit ${BATCH} for update of w skip locked)
      returning n.*)
    select t.community_id, t.id, t.account_id, t.message_key, t.params, t.case_id, t.delivered_by, t.attempts,
      a.locale, o.time_zone, o.name_zh as community_zh, o.name_en as community_en, o.slug,
      array(select m.role::text from membership as m
        where m.account_id = t.account_id and m.community_id = t.community_id) as roles,
      case when ${ways.email} and s.by_email then s.email end as email, ${ways.push} and s.by_push as by_push
    from taken as t join account as a on a.id = t.account_id join community as o on o.id = t.community_id
    join notification_setting as s on s.account_id = t.account_id
    order by t.created_at, t.id`.execute(db)
  return rows
}

/** Writes down that a notice went out on one way. */
export async function markWay(db: Db, notice: WaitingNotice, way: 'email' | 'push'): Promise<void> {
  await db
    .updateTable('notification')
    .set({ delivered_by: sql`array_append(delivered_by, ${way})` })
    .where('community_id', '=', notice.community_id)
    .where('id', '=', notice.id)
    .execute()
}

export async function markDelivered(db: Db, notice: WaitingNotice, now: Date): Promise<void> {
  await db
    .updateTable('notification')
    .set({ delivered_at: now })
    .where('community_id', '=', notice.community_id)
    .where('id', '=', notice.id)
    .execute()
}

export async function findSubscriptions(db: Db, accountId: string) {
  return db
    .selectFrom('push_subscription')
    .select(['endpoint', 'keys'])
    .where('account_id', '=', accountId)
    .execute()
}
