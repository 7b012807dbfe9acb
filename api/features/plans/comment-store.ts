import { sql, type Transaction } from 'kysely'
import { fromGeoJson } from '../../db/geo-sql.ts'
import type { Database } from '../../db/tables.ts'
import type { NewComment } from './contract.ts'

type Trx = Transaction<Database>

/** Comments of a plan, oldest first. */
export const findComments = (trx: Trx, communityId: string, planId: string) =>
  trx
    .selectFrom('plan_comment as c')
    .select([
      'c.id',
      'c.body',
      'c.feature_id',
      sql<{ lon: number; lat: number } | null>`case when c.geom is null then null
        else json_build_object('lon', ST_X(c.geom), 'lat', ST_Y(c.geom)) end`.as('place'),
      sql<boolean>`c.account_id is not null`.as('is_from_staff'),
      'c.is_hidden',
      'c.answer',
      'c.made_at',
      'c.version',
      'c.content_hash',
    ])
    .where('c.community_id', '=', communityId)
    .where('c.plan_id', '=', planId)
    .orderBy('c.made_at')
    .orderBy('c.id')

export async function insertComment(
  trx: Trx,
  communityId: string,
  planId: string,
  comment: NewComment & { account_id: string | null; content_hash: string },
): Promise<void> {
  const { place, feature_id = null, ...rest } = comment
  await trx
    .insertInto('plan_comment')
    .values({
      ...rest,
      feature_id,
      answer: null,
      community_id: communityId,
      plan_id: planId,
      geom: fromGeoJson(place ? { type: 'Point', coordinates: [place.lon, place.lat] } : null),
    })
    .execute()
}

export async function updateComment(
  trx: Trx,
  communityId: string,
  id: string,
  change: { is_hidden?: boolean; answer?: string | null },
): Promise<void> {
  await trx
    .updateTable('plan_comment')
    .set({ ...change, version: sql`version + 1` })
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .execute()
}

/** Whether a comment of another plan has this id. */
export async function isCommentElsewhere(
  trx: Trx,
  communityId: string,
  planId: string,
  id: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('plan_comment')
    .select('id')
    .where('community_id', '=', communityId)
    .where('plan_id', '!=', planId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}
