import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import type { Community } from '../../http/community.ts'
import { auditEdit, changeWithin, createWithin, type Edit, refuseMissing } from './editing.ts'
import { findItem, lockItem, updateItem } from './store.ts'

/** A frontage as it was laid out: of a shop that has none, or in place of one at `version`. */
export interface LaidFrontage {
  id: string
  merchant_id: string
  name_zh: string | null
  version: number | null
  geometry: { type: string; coordinates: unknown }
}

/** Writes a frontage that was laid out into the inventory, within the caller's transaction. */
export async function writeLaidFrontage(
  trx: Transaction<Database>,
  request: FastifyRequest,
  community: Community,
  { id, merchant_id, name_zh, version, geometry }: LaidFrontage,
): Promise<void> {
  const edit: Edit = { request, community, collection: 'frontages', id }
  if (version === null) {
    await createWithin(trx, edit, { merchant_id, name_zh }, geometry)
    return
  }
  const before = await lockItem(trx, community.id, 'frontages', id).executeTakeFirst()
  refuseMissing(before, id)
  await changeWithin(trx, edit, before, 'update', {}, geometry)
}

/** Notes on a shop's frontages that its letter is signed; whoever may sign letters need not be one who draws. */
export async function markLetterSigned(
  trx: Transaction<Database>,
  request: FastifyRequest,
  community: Community,
  merchantId: string,
): Promise<void> {
  const rows = await trx
    .selectFrom('frontage')
    .select('id')
    .where('community_id', '=', community.id)
    .where('merchant_id', '=', merchantId)
    .where('valid_to', 'is', null)
    .where((eb) => eb.or([eb('letter_signed', 'is', null), eb('letter_signed', '=', false)]))
    .orderBy('id')
    .execute()
  for (const { id } of rows) {
    const edit: Edit = { request, community, collection: 'frontages', id }
    const read = () => findItem(trx, community.id, 'frontages', id).executeTakeFirstOrThrow()
    const before = await lockItem(trx, community.id, 'frontages', id).executeTakeFirstOrThrow()
    const version = await bumpVersion(trx, community.id, 'frontages')
    const key = { communityId: community.id, collection: 'frontages' as const, id }
    await updateItem(trx, key, { letter_signed: true }, null, version)
    await auditEdit(trx, edit, 'update', before, await read())
  }
}
