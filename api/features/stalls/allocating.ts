import type { FastifyRequest } from 'fastify'
import { sql, type Transaction } from 'kysely'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import {
  type HoldingFault,
  holdingFault,
  holdsOf,
  MOST_YEARS,
} from '../../domain/stalls/holding.ts'
import { recordChange } from '../../http/audit-record.ts'
import type { Community } from '../../http/community.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { refuseStale } from '../../http/if-match.ts'
import { notify } from '../../http/notices.ts'
import { ApiProblem } from '../../http/problem.ts'
import { mayDo, requireRight } from '../../http/rights.ts'
import type { Allocation, AllocationChange, NewAllocation } from './contract.ts'
import { localNow } from './local-now.ts'
import { type StallParts, STALLS_LAYER } from './parts.ts'
import {
  allocationView,
  findStall,
  hold,
  holdersOf,
  lockZone,
  nextPermit,
  permitText,
  releaseHolds,
  selectAllocations,
  selectZones,
  type StoredAllocation,
  windowsText,
} from './store.ts'

type Trx = Transaction<Database>

/** Which status may follow which. */
const NEXT: Readonly<Record<Allocation['status'], readonly Allocation['status'][]>> = {
  requested: ['active', 'refused'],
  active: ['suspended', 'ended'],
  suspended: ['active', 'ended'],
  refused: [],
  ended: [],
}

const FAULTS: Readonly<Record<HoldingFault, readonly [path: string, message: string]>> = {
  backwards: ['last_date', 'not before first_date'],
  too_long: ['last_date', `at most ${MOST_YEARS} years after first_date`],
  holiday: ['windows', 'weekdays only; stalls are not given for holidays alone'],
  overlapping: ['windows', 'they overlap one another: say each hour once'],
  outside_hours: ['windows', 'not outside the hours of the zone'],
  outside_dates: ['first_date', 'not outside the dates of the zone'],
  no_day: ['windows', 'none of these days comes between first_date and last_date'],
}

/** The shops for which the caller acts as a merchant. */
export const ownShops = (request: FastifyRequest, communityId: string): string[] =>
  (request.person?.memberships ?? [])
    .filter((one) => one.community_id === communityId && one.role === 'merchant')
    .flatMap(({ merchant_id }) => merchant_id ?? [])

/** Gives a stall (planners and leaders), or asks for one (a merchant for the own shop). Sent twice it stands once. */
export async function allocate(
  parts: StallParts,
  request: FastifyRequest,
  community: Community,
  said: NewAllocation,
): Promise<{ allocation: Allocation; is_new: boolean }> {
  const mayGive = mayDo(request.person, community.id, 'manage_stalls')
  if (!mayGive) {
    requireRight(request, community.id, 'request_stall')
    if (!ownShops(request, community.id).includes(said.merchant_id))
      throw new ApiProblem('rights/missing', 'a merchant asks for stalls of the own shop')
  }
  const content_hash = hashOfContent(said)
  const { stored, is_new } = await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const [known] = await selectAllocations(trx, community.id, { id: said.id })
    if (known) return { stored: sameOrRefused(known, content_hash), is_new: false }
    const zone_id = await refuseUnfit(trx, community, said)
    const inserted = await trx
      .insertInto('stall_allocation')
      .values({
        community_id: community.id,
        id: said.id,
        zone_id,
        stall_id: said.stall_id,
        merchant_id: said.merchant_id,
        status: 'requested',
        category: said.category ?? null,
        windows: JSON.stringify(said.windows),
        first_date: said.first_date,
        last_date: said.last_date,
        duties_at: said.are_duties_accepted ? sql`now()` : null,
        requested_by: request.person!.account_id,
        content_hash,
      } as never)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    const find = async () => (await selectAllocations(trx, community.id, { id: said.id }))[0]!
    // Sent twice at the same moment: the other one stands.
    if (!inserted) return { stored: sameOrRefused(await find(), content_hash), is_new: false }
    if (mayGive) await grant(trx, request, community, await find())
    else
      for (const role of ['planner', 'leader'] as const)
        await notify(
          trx,
          noticeOf(community, 'stall_requested', await find()),
          { role },
          request.person!.account_id,
        )
    const stored = await find()
    await record(trx, request, community, null, stored)
    return { stored, is_new: true }
  })
  await parts.feed.refresh()
  return { allocation: allocationView(stored), is_new }
}

/** Approves, refuses, suspends, resumes or ends; the merchant is told. A merchant may accept the duties and give back. */
export async function changeAllocation(
  parts: StallParts,
  request: FastifyRequest,
  community: Community,
  id: string,
  said: AllocationChange,
): Promise<Allocation> {
  const mayGive = mayDo(request.person, community.id, 'manage_stalls')
  if (!mayGive) requireRight(request, community.id, 'request_stall')
  const stored = await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const [before] = await selectAllocations(trx, community.id, { id }, true)
    const isOwn = before && ownShops(request, community.id).includes(before.merchant_id)
    if (!before || !(mayGive || isOwn))
      throw new ApiProblem('stalls/not-found', `there is no allocation ${id} here`)
    refuseStale(request, before.version)
    if (!mayGive && said.status !== undefined && said.status !== 'ended')
      throw new ApiProblem('rights/missing', 'a merchant may only accept duties or give back')
    if (said.are_duties_accepted) await set(trx, community.id, id, { duties_at: sql`now()` })
    if (said.status) await move(trx, request, community, before, said)
    await set(trx, community.id, id, { version: sql`version + 1`, updated_at: sql`now()` })
    const [after] = await selectAllocations(trx, community.id, { id })
    await record(trx, request, community, before, after!, said.reason)
    return after!
  })
  await parts.feed.refresh()
  return allocationView(stored)
}

async function move(
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  before: StoredAllocation,
  { status, reason: said }: AllocationChange,
): Promise<void> {
  const { id } = before
  const reason = said ?? null
  if (!status || !NEXT[before.status].includes(status))
    throw new ApiProblem(
      'stalls/step-not-allowed',
      `it is ${before.status}; possible: ${NEXT[before.status].join(', ') || 'nothing'}`,
    )
  if (status !== 'active' && reason === null)
    throw new ApiProblem('request/invalid-body', 'say why', [
      { path: 'reason', message: `needed when it becomes ${status}` },
    ])
  if (status === 'active' && before.status === 'requested') {
    await refuseUnfit(trx, community, before)
    await grant(trx, request, community, before)
    return
  }
  await set(trx, community.id, id, {
    status,
    reason,
    decided_by: request.person!.account_id,
    decided_at: sql`now()`,
    ...(status === 'ended' && { ended_on: localNow(community.time_zone).date }),
  })
  if (status === 'ended') await releaseHolds(trx, community.id, id)
  await tellMerchant(trx, request, community, before, TOLD[status], reason)
}

const TOLD = {
  active: 'stall_resumed',
  refused: 'stall_refused',
  suspended: 'stall_suspended',
  ended: 'stall_ended',
} as const

/** Takes the stall's hours and gives the permit its number. @throws ApiProblem 409 that says who has the stall. */
async function grant(
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  wanted: StoredAllocation,
): Promise<void> {
  const holds = holdsOf(wanted.windows, wanted.first_date, wanted.last_date)
  if (!(await hold(trx, community.id, wanted, holds))) {
    const holders = await holdersOf(trx, community.id, wanted.stall_id, holds)
    throw new ApiProblem(
      'stalls/taken',
      `stall ${wanted.stall_number} is taken: ${holders.map(holderText).join('; ') || 'just now'}`,
      [{ path: 'stall_id', message: 'take another stall, other hours or other dates' }],
    )
  }
  const { year } = localNow(community.time_zone)
  await set(trx, community.id, wanted.id, {
    status: 'active',
    reason: null,
    decided_by: request.person!.account_id,
    decided_at: sql`now()`,
    permit_year: year,
    permit_serial: await nextPermit(trx, community.id, year),
  })
  await tellMerchant(trx, request, community, wanted, 'stall_granted', null)
}

/** By permit, hours and dates: whose it is, is told to nobody here. */
const holderText = (held: StoredAllocation): string =>
  `permit ${permitText(held.permit_year, held.permit_serial)}, ${windowsText(held.windows)}, ${held.first_date} to ${held.last_date}`

/** Locks the zone as it is and judges the wish. @returns the zone. @throws ApiProblem 404, 409, 422. */
async function refuseUnfit(
  trx: Trx,
  community: Community,
  said: Pick<NewAllocation, 'stall_id' | 'merchant_id' | 'windows' | 'first_date' | 'last_date'>,
): Promise<string> {
  const missing = (path: string, message: string) =>
    new ApiProblem('request/invalid-body', message, [{ path, message }])
  const known = await findStall(trx, community.id, said.stall_id)
  if (!known) throw missing('stall_id', 'there is no such stall here')
  await lockZone(trx, community.id, known.zone_id, 'share')
  // Laid out anew while this one waited for the lock.
  if (!(await findStall(trx, community.id, said.stall_id)))
    throw missing('stall_id', 'the zone was laid out anew; take one of its stalls now')
  const [zone] = await selectZones(trx, community.id, known.zone_id)
  if (!zone || !['approved', 'suspended'].includes(zone.status))
    throw new ApiProblem(
      'stalls/zone-not-open',
      'stalls are given in approved zones only; approve the zone first',
    )
  const merchant = await trx
    .selectFrom('merchant')
    .select('id')
    .where('community_id', '=', community.id)
    .where('id', '=', said.merchant_id)
    .executeTakeFirst()
  if (!merchant) throw missing('merchant_id', 'there is no such merchant here')
  const fault = holdingFault(said, zone)
  if (fault) throw missing(...FAULTS[fault])
  return zone.id
}

function sameOrRefused(known: StoredAllocation, content_hash: string): StoredAllocation {
  if (known.content_hash === content_hash) return known
  throw new ApiProblem('stalls/id-taken', `${known.id} is another allocation`, [
    { path: 'id', message: 'make a new UUID' },
  ])
}

const set = (trx: Trx, communityId: string, id: string, values: object) =>
  trx
    .updateTable('stall_allocation')
    .set(values)
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .execute()

export const noticeOf = (
  community: Community,
  key: string,
  held: StoredAllocation,
  reason: string | null = null,
) => ({
  community_id: community.id,
  message_key: `notice.${key}`,
  params: {
    kind_zh: held.zone_name_zh ?? '',
    kind_en: held.zone_name_en ?? held.zone_name_zh ?? '',
    number: `${held.stall_number}`,
    ...(reason !== null && { reason }),
  },
  case_id: null,
})

const tellMerchant = (
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  held: StoredAllocation,
  key: string,
  reason: string | null,
) =>
  notify(
    trx,
    noticeOf(community, key, held, reason),
    { role: 'merchant', merchant_id: held.merchant_id },
    request.person!.account_id,
  )

async function record(
  trx: Trx,
  request: FastifyRequest,
  community: Community,
  before: StoredAllocation | null,
  after: StoredAllocation,
  reason: string | null = null,
): Promise<void> {
  await bumpVersion(trx, community.id, STALLS_LAYER)
  await recordChange(trx, {
    community_id: community.id,
    actor_id: request.person!.account_id,
    action: before ? 'update' : 'create',
    collection: 'stall_allocations',
    record_id: after.id,
    before: before && allocationView(before),
    after: allocationView(after),
    reason,
    request_id: request.id,
  })
}
