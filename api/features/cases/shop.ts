import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { allowedActions } from '../../domain/case-flow.ts'
import { numberText } from '../../domain/case-number.ts'
import type { ShopCase, ShopReply } from './contract.ts'
import { selectCases, type StoredCase, textOf } from './store.ts'
import { readMediaOf } from './view.ts'
import { type Viewer, visibleTo } from './visibility.ts'

/** A shop's own ground 门前三包: its frontages, and what is or was to be put right there. */

const MOST_CASES = 100

type Shop = ShopReply['shops'][number]

/** The shops for which somebody acts, with the ground before them. */
export async function readShops(
  trx: Transaction<Database>,
  communityId: string,
  merchantIds: readonly string[],
): Promise<Shop[]> {
  const { rows: shops } = await sql<Omit<Shop, 'frontages'>>`
    select id, name_zh, category from merchant
    where community_id = ${communityId} and id = any(${[...merchantIds]}::uuid[])
    order by external_id, id`.execute(trx)
  const { rows: frontages } = await sql<
    Omit<Shop['frontages'][number], 'geometry'> & { merchant_id: string; geometry_text: string }
  >`
    select id, external_id, name_zh, name_en, letter_signed, merchant_id, ST_AsGeoJSON(geom, 7) as geometry_text
    from frontage
    where community_id = ${communityId} and merchant_id = any(${[...merchantIds]}::uuid[]) and valid_to is null
    order by external_id, id`.execute(trx)
  return shops.map((shop) => ({
    ...shop,
    frontages: frontages
      .filter(({ merchant_id }) => merchant_id === shop.id)
      .map(({ merchant_id: _, geometry_text, ...frontage }) => ({
        ...frontage,
        geometry: JSON.parse(geometry_text) as Shop['frontages'][number]['geometry'],
      })),
  }))
}

/** What stands or stood on the viewer's own ground, newest finding first; what they reported of others is not it. */
export async function readShopCases(
  trx: Transaction<Database>,
  communityId: string,
  viewer: Viewer,
): Promise<ShopCase[]> {
  if (viewer.merchant_ids.length === 0) return []
  const found = await selectCases(
    trx,
    communityId,
    visibleTo(onOwnGround(viewer)),
    sql`order by c.found_at desc, c.id desc limit ${MOST_CASES}`,
  )
  const ids = found.map(({ id }) => id)
  const kinds = await trx
    .selectFrom('case_kind')
    .select(['id', 'name_zh', 'name_en'])
    .where('community_id', '=', communityId)
    .execute()
  const words = await lastWords(trx, communityId, ids)
  const media = await readMediaOf(trx, communityId, ids)
  return found.map((stored) => ({
    id: stored.id,
    number: numberText(stored),
    kind: nameOf(kinds.find(({ id }) => id === stored.kind_id)!),
    step: stored.step,
    status: stored.status,
    lon: stored.lon,
    lat: stored.lat,
    frontage_id: stored.place_kind === 'frontage' ? stored.place_id : null,
    place_name: stored.place_name,
    found_at: stored.found_at.toISOString(),
    due_at: stored.due_what === 'handle' ? textOf(stored.due_at) : null,
    closed_at: textOf(stored.closed_at),
    ...words(stored.id),
    may_put_right: mayPutRight(stored),
    media: media
      .filter(({ case_id }) => case_id === stored.id)
      .map(({ case_id: _, ...one }) => one),
    version: stored.version,
  }))
}

/** The viewer as whoever answers for the own ground: what one reported of others is left out. */
export const onOwnGround = (viewer: Viewer): Viewer => ({
  ...viewer,
  account_id: null,
  grid_ids: [],
})

const nameOf = ({ name_zh, name_en }: { name_zh: string; name_en: string }) => ({
  name_zh,
  name_en,
})

/** By step and status alone: units and photos do not stand against a shop's putting right. */
const mayPutRight = ({ step, status }: StoredCase): boolean =>
  allowedActions(
    {
      step: step,
      status,
      units: [],
      flow: 'standard',
      notice_until: null,
      required_photos: { before: 0, after: 0 },
    },
    'merchant',
  ).includes('put_right')

/** When each case was last said to be put right, with which words, and whether it was sent back after that. */
async function lastWords(
  trx: Transaction<Database>,
  communityId: string,
  caseIds: readonly string[],
): Promise<(id: string) => Pick<ShopCase, 'put_right_at' | 'put_right_note' | 'sent_back_at'>> {
  const steps =
    caseIds.length === 0
      ? []
      : await trx
          .selectFrom('case_step')
          .select(['case_id', 'action', 'at', 'note'])
          .where('community_id', '=', communityId)
          .where('case_id', 'in', [...caseIds])
          .where((eb) =>
            eb.or([
              eb('action', '=', 'send_back'),
              eb.and([eb('action', '=', 'put_right'), eb('actor_role', '=', 'merchant')]),
            ]),
          )
          .orderBy('at')
          .orderBy('id')
          .execute()
  return (id) => {
    const own = steps.filter(({ case_id }) => case_id === id)
    const right = own.findLast(({ action }) => action === 'put_right')
    const back = own.at(-1)?.action === 'send_back' && right ? own.at(-1)!.at : null
    return {
      put_right_at: textOf(right?.at ?? null),
      put_right_note: right?.note ?? null,
      sent_back_at: textOf(back),
    }
  }
}
