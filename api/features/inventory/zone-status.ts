import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { Community } from '../../http/community.ts'
import { changeWithin, refuseMissing } from './editing.ts'
import { lockItem } from './store.ts'

/** Gives a trading zone another status in the caller's transaction: with its version, its history and the rights of an edit. */
export async function setZoneStatus(
  trx: Transaction<Database>,
  request: FastifyRequest,
  community: Community,
  id: string,
  status: 'approved' | 'suspended',
): Promise<void> {
  const before = await lockItem(trx, community.id, 'vendor_zones', id).executeTakeFirst()
  refuseMissing(before, id)
  const edit = { request, community, collection: 'vendor_zones' as const, id }
  await changeWithin(trx, edit, before, 'update', { status }, null)
}
