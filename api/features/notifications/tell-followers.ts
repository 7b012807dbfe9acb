import { sql } from 'kysely'
import type { Engine } from '../../db/connect.ts'
import { numberText } from '../../domain/case-number.ts'
import type { Settings } from '../../settings.ts'
import { openMailer } from './mailer.ts'

/** A case's reporter or follower who left an e-mail address and has not been told how it ended. */
interface Follower {
  community_id: string
  id: string
  email: string
  state: 'closed' | 'refused' | 'merged'
  year: number
  serial: number
  slug: string
  name_zh: string | null
  name_en: string | null
  kind_zh: string
  kind_en: string
}

const AT_ONCE = 100

/** Both languages in one letter: whoever reports without an account has told none. */
const ENDED: Record<Follower['state'], string> = {
  closed: '已结案 Closed',
  refused: '不予立案 Not taken up',
  merged: '已并案，同一问题已有人上报 Merged with an earlier report of the same',
}

/**
 * Tells by e-mail how a case ended, once to each who reported or follows it and left an address: an end that changes is
 * told anew. One whose letter could not be sent is tried again. A merged report ends when the one it repeats does.
 */
export async function tellFollowers(
  { db }: Engine,
  { mail, publicUrl }: Pick<Settings, 'mail' | 'publicUrl'>,
): Promise<{ sent: number; failed: number }> {
  const work = { sent: 0, failed: 0 }
  if (!mail) return work
  const { rows } = await sql<Follower>`
    select f.community_id, f.id, f.email, f.state, f.year, f.serial, m.slug, m.name_zh, m.name_en,
      k.name_zh as kind_zh, k.name_en as kind_en
    from (
      select w.community_id, w.id, w.email, w.told, c.year, c.serial, c.kind_id,
        case when c.status = 'merged' and o.status in ('closed', 'refused') then o.status else c.status end as state
      from case_follower as w
        join case_file as c on c.community_id = w.community_id and c.id = w.case_id
        left join case_file as o on o.community_id = c.community_id and o.id = c.original_id
      where w.email is not null) as f
      join community as m on m.id = f.community_id
      join case_kind as k on k.community_id = f.community_id and k.id = f.kind_id
    where f.state in ('closed', 'refused', 'merged') and f.told is distinct from f.state
    order by f.id limit ${AT_ONCE}`.execute(db)
  if (rows.length === 0) return work
  const mailer = await openMailer(mail)
  try {
    for (const follower of rows)
      try {
        await mailer.send(
          follower.email,
          `${follower.id}-${follower.state}`,
          letterTo(follower, publicUrl),
        )
        await db
          .updateTable('case_follower')
          .set({ told: follower.state })
          .where('community_id', '=', follower.community_id)
          .where('id', '=', follower.id)
          .execute()
        work.sent++
      } catch {
        work.failed++
      }
  } finally {
    mailer.close()
  }
  return work
}

function letterTo(follower: Follower, publicUrl: string | null) {
  const number = numberText(follower)
  const community = [follower.name_zh, follower.name_en].filter(Boolean).join(' ')
  const page = `/report?c=${follower.slug}&number=${number}`
  return {
    subject: `[街序 Jiexu] ${number} ${ENDED[follower.state]}`,
    text: [
      `${follower.kind_zh} ${follower.kind_en} ${number}`,
      ENDED[follower.state],
      community,
      publicUrl && `${publicUrl}${page}`,
      '',
      '您上报或关注这件事时留下了这个邮箱。 You left this address when you reported or followed it.',
    ]
      .filter((line) => line !== null)
      .join('\n'),
  }
}
