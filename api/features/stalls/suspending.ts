import type { FastifyRequest } from 'fastify'
import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import type { Community } from '../../http/community.ts'
import { notify } from '../../http/notices.ts'
import { ApiProblem } from '../../http/problem.ts'
import { noticeOf } from './allocating.ts'
import { localNow } from './local-now.ts'
import { type StallParts, STALLS_LAYER } from './parts.ts'
import { selectAllocations, type StoredZone } from './store.ts'

type Trx = Transaction<Database>

/** Suspends an approved zone; the reason stands until it is lifted. */
export async function suspendZone(
  parts: StallParts,
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  zone: StoredZone,
  reason: string,
): Promise<void> {
  if (zone.status !== 'approved')
    throw new ApiProblem(
      'stalls/step-not-allowed',
      `the zone is ${zone.status}; an approved one can be suspended`,
    )
  await parts.setZoneStatus(trx, request, community, zone.id, 'suspended')
  await closeSuspension(trx, community.id, zone.id)
  await trx
    .insertInto('zone_suspension')
    .values({
      community_id: community.id,
      id: uuidv7(),
      zone_id: zone.id,
      reason,
      made_by: request.person!.account_id,
    })
    .execute()
  await tellHolders(trx, request, community, zone, 'stall_zone_suspended', reason)
}

/** Ends a suspension: the zone is approved again. */
export async function liftSuspension(
  parts: StallParts,
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  zone: StoredZone,
): Promise<void> {
  if (zone.status !== 'suspended')
    throw new ApiProblem('stalls/step-not-allowed', `the zone is ${zone.status}, not suspended`)
  await parts.setZoneStatus(trx, request, community, zone.id, 'approved')
  await closeSuspension(trx, community.id, zone.id)
  await tellHolders(trx, request, community, zone, 'stall_zone_resumed', null)
}

const closeSuspension = (trx: Trx, communityId: string, zoneId: string) =>
  trx
    .updateTable('zone_suspension')
    .set({ lifted_at: sql`now()` })
    .where('community_id', '=', communityId)
    .where('zone_id', '=', zoneId)
    .where('lifted_at', 'is', null)
    .execute()

/** Each merchant with a stall there from today on is told once. */
async function tellHolders(
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  zone: StoredZone,
  key: string,
  reason: string | null,
): Promise<void> {
  const { date } = localNow(community.time_zone)
  const held = await selectAllocations(trx, community.id, {
    zone_id: zone.id,
    holding: { from: date, to: '9999-12-31' },
  })
  const told = new Set<string>()
  for (const one of held) {
    if (one.status === 'ended' || told.has(one.merchant_id)) continue
    told.add(one.merchant_id)
    await notify(
      trx,
      noticeOf(community, key, one, reason),
      { role: 'merchant', merchant_id: one.merchant_id },
      request.person!.account_id,
    )
  }
  await bumpVersion(trx, community.id, STALLS_LAYER)
}
