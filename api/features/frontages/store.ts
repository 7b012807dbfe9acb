import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { type ListRule, LIST_RULE } from '../../domain/frontages/standing.ts'
import type { AtReply, NewCheck, NewLetter } from './contract.ts'

type Trx = Transaction<Database>

export interface LetterRow {
  merchant_id: string
  signed_at: string
  valid_until: string
  text_version: string
}

/** Each shop's latest letter: of several signed on one day the one that was recorded last. */
export async function latestLetters(
  trx: Trx,
  communityId: string,
  merchantIds?: readonly string[],
): Promise<Map<string, LetterRow>> {
  let query = trx
    .selectFrom('frontage_letter')
    .distinctOn('merchant_id')
    .select(['merchant_id', 'signed_at', 'valid_until', 'text_version'])
    .where('community_id', '=', communityId)
    .orderBy('merchant_id')
    .orderBy('signed_at', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
  if (merchantIds) query = query.where('merchant_id', 'in', [...merchantIds])
  return new Map((await query.execute()).map((row) => [row.merchant_id, row]))
}

const CHECK = ['merchant_id', 'checked_at', 'hygiene', 'order', 'facilities', 'note'] as const

/** The checks of a local month (YYYY-MM), in the order of time. */
export function checksOf(trx: Trx, community: { id: string; time_zone: string }, month: string) {
  return trx
    .selectFrom('frontage_check')
    .select(CHECK)
    .where('community_id', '=', community.id)
    .where(
      sql<boolean>`checked_at >= (${`${month}-01`}::date::timestamp at time zone ${community.time_zone})`,
    )
    .where(
      sql<boolean>`checked_at < ((${`${month}-01`}::date + interval '1 month') at time zone ${community.time_zone})`,
    )
    .orderBy('checked_at')
    .orderBy('id')
    .execute()
}

/** Each shop's latest check of all times. */
export async function latestChecks(trx: Trx, communityId: string, merchantIds?: readonly string[]) {
  let query = trx
    .selectFrom('frontage_check')
    .distinctOn('merchant_id')
    .select(CHECK)
    .where('community_id', '=', communityId)
    .orderBy('merchant_id')
    .orderBy('checked_at', 'desc')
    .orderBy('id', 'desc')
  if (merchantIds) query = query.where('merchant_id', 'in', [...merchantIds])
  return new Map((await query.execute()).map((row) => [row.merchant_id, row]))
}

export async function findShops(trx: Trx, communityId: string) {
  const { rows } = await sql<{
    id: string
    name_zh: string | null
    category: string | null
    grid_id: string | null
    lon: number | null
    lat: number | null
  }>`
    select id, name_zh, category, grid_id, ST_X(geom) as lon, ST_Y(geom) as lat from merchant
    where community_id = ${communityId} order by external_id, id`.execute(trx)
  return rows
}

export async function readRule(trx: Trx, communityId: string): Promise<ListRule> {
  const row = await trx
    .selectFrom('frontage_rule')
    .select('rule')
    .where('community_id', '=', communityId)
    .executeTakeFirst()
  return row?.rule ?? LIST_RULE
}

export async function writeRule(trx: Trx, communityId: string, rule: ListRule): Promise<void> {
  const text = JSON.stringify(rule)
  await trx
    .insertInto('frontage_rule')
    .values({ community_id: communityId, rule: text })
    .onConflict((conflict) =>
      conflict.column('community_id').doUpdateSet({ rule: text, updated_at: sql`now()` }),
    )
    .execute()
}

/** Whose ground a point is on; the border belongs to both neighbours. */
export async function findAt(trx: Trx, communityId: string, lon: number, lat: number) {
  const point = sql`ST_SetSRID(ST_MakePoint(${lon}::float8, ${lat}::float8), 4326)`
  const { rows } = await sql<Omit<AtReply['responsible'][number], 'letter'>>`
    select f.id as frontage_id, m.id as shop_id, m.name_zh as shop_name, coalesce(m.category, f.category) as category
    from frontage as f left join merchant as m on m.community_id = f.community_id and m.id = f.merchant_id
    where f.community_id = ${communityId} and f.valid_to is null and f.geom && ${point} and ST_Intersects(f.geom, ${point})
    order by f.id`.execute(trx)
  return rows
}

export async function isShop(trx: Trx, communityId: string, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('merchant')
    .select('id')
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

/** What was recorded under an id, as it was sent; undefined where nothing was. */
export async function findLetter(
  trx: Trx,
  communityId: string,
  id: string,
): Promise<NewLetter | undefined> {
  return trx
    .selectFrom('frontage_letter')
    .select(['id', 'merchant_id', 'signed_at', 'valid_until', 'text_version'])
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export async function insertLetter(
  trx: Trx,
  communityId: string,
  letter: NewLetter,
  accountId: string | null,
): Promise<void> {
  await trx
    .insertInto('frontage_letter')
    .values({ ...letter, community_id: communityId, recorded_by: accountId })
    .execute()
}

export async function findCheck(
  trx: Trx,
  communityId: string,
  id: string,
): Promise<NewCheck | undefined> {
  const row = await trx
    .selectFrom('frontage_check')
    .select(['id', ...CHECK])
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const { hygiene, order, facilities, checked_at, ...rest } = row
  return {
    ...rest,
    checked_at: checked_at.toISOString(),
    scores: { hygiene, order, facilities },
  }
}

export async function insertCheck(
  trx: Trx,
  communityId: string,
  { scores, note = null, ...check }: NewCheck,
  accountId: string | null,
): Promise<void> {
  await trx
    .insertInto('frontage_check')
    .values({ ...check, ...scores, note, community_id: communityId, checked_by: accountId })
    .execute()
}
