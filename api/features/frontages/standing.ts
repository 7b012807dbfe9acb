import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import {
  LETTER_TEXT_VERSION,
  letterState,
  listShops,
  scoreOf,
  type ShopScore,
} from '../../domain/frontages/standing.ts'
import { localParts } from '../../domain/schedule/instant.ts'
import type { Community } from '../../http/community.ts'
import type { ListsReply, OwnReply, ShopsReply } from './contract.ts'
import { type LaidRow, readLaid } from './ground.ts'
import {
  checksOf,
  findShops,
  latestChecks,
  latestLetters,
  type LetterRow,
  readRule,
} from './store.ts'

type Trx = Transaction<Database>

/** The local day in a community. */
export const todayIn = (community: Community): string =>
  localParts(Date.now(), community.time_zone).date

const monthOf = (community: Community, month?: string) => month ?? todayIn(community).slice(0, 7)

/** Every shop with its ground, its letter and how it did in the month. */
export async function readStanding(
  trx: Trx,
  community: Community,
  asked: string | undefined,
): Promise<ShopsReply> {
  const month = monthOf(community, asked)
  const today = todayIn(community)
  const { rule, scores } = await scoresOf(trx, community, month)
  const letters = await latestLetters(trx, community.id)
  const checks = await latestChecks(trx, community.id)
  const laid = new Map<string | null, LaidRow[]>()
  for (const row of await readLaid(trx, community.id))
    laid.set(row.merchant_id, [...(laid.get(row.merchant_id) ?? []), row])
  const shops = await findShops(trx, community.id)
  return {
    month,
    today,
    text_version: LETTER_TEXT_VERSION,
    rule,
    shops: shops.map((shop) => ({
      ...shop,
      letter: letterView(letters.get(shop.id), today),
      ...scoreView(scores.get(shop.id)),
      last_check_at: checks.get(shop.id)?.checked_at.toISOString() ?? null,
      frontages: (laid.get(shop.id) ?? []).map(({ id, origin, version, geometry_text }) => ({
        id,
        origin,
        version,
        geometry: JSON.parse(geometry_text) as ShopsReply['shops'][0]['frontages'][0]['geometry'],
      })),
    })),
  }
}

/** The red and black list of a month; who is not staff is shown who did well, not who did badly. */
export async function readLists(
  trx: Trx,
  community: Community,
  asked: string | undefined,
  isStaff: boolean,
): Promise<ListsReply> {
  const month = monthOf(community, asked)
  const { rule, scores } = await scoresOf(trx, community, month)
  const names = new Map((await findShops(trx, community.id)).map((shop) => [shop.id, shop.name_zh]))
  const listed = (list: ShopScore['list']) =>
    [...scores.values()]
      .filter((one) => one.list === list)
      .map(({ shop_id, checks, score }) => ({
        shop_id,
        shop_name: names.get(shop_id) ?? null,
        checks,
        score,
      }))
  return { month, rule, red: listed('red'), black: isStaff ? listed('black').reverse() : null }
}

/** A merchant's own shops: letter, this month's score and the last check. */
export async function readOwn(
  trx: Trx,
  community: Community,
  merchantIds: readonly string[],
): Promise<OwnReply> {
  const month = monthOf(community)
  if (merchantIds.length === 0) return { month, shops: [] }
  const { rule, scores } = await scoresOf(trx, community, month)
  const letters = await latestLetters(trx, community.id, merchantIds)
  const checks = await latestChecks(trx, community.id, merchantIds)
  return {
    month,
    shops: merchantIds.map((id) => {
      const last = checks.get(id)
      return {
        id,
        letter: letterView(letters.get(id), todayIn(community)),
        ...scoreView(scores.get(id)),
        last_check: last
          ? {
              checked_at: last.checked_at.toISOString(),
              score: scoreOf(last, rule),
              scores: { hygiene: last.hygiene, order: last.order, facilities: last.facilities },
              note: last.note,
            }
          : null,
      }
    }),
  }
}

async function scoresOf(trx: Trx, community: Community, month: string) {
  const rule = await readRule(trx, community.id)
  const checks = await checksOf(trx, community, month)
  const scores = listShops(
    checks.map(({ merchant_id, hygiene, order, facilities }) => ({
      shop_id: merchant_id,
      scores: { hygiene, order, facilities },
    })),
    rule,
  )
  return { rule, scores: new Map(scores.map((one) => [one.shop_id, one])) }
}

export const letterView = (letter: LetterRow | undefined, today: string) => ({
  state: letterState(letter ?? null, today),
  signed_at: letter?.signed_at ?? null,
  valid_until: letter?.valid_until ?? null,
  text_version: letter?.text_version ?? null,
})

const scoreView = (score: ShopScore | undefined) => ({
  checks: score?.checks ?? 0,
  score: score?.score ?? null,
  list: score?.list ?? null,
})
