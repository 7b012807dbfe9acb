import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { MultiPolygon, Polygon } from 'geojson'
import { type Transaction } from 'kysely'
import { Type } from 'typebox'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { stallGrid, USUAL_STALL } from '../../domain/stalls/stall-grid.ts'
import { recordChange } from '../../http/audit-record.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { Uuid } from '../../http/shapes.ts'
import {
  CommunityQuery,
  NewSuspension,
  StallGridWish,
  StallList,
  TradingZone,
  TradingZoneList,
} from './contract.ts'
import { localNow } from './local-now.ts'
import { type StallParts, STALLS_LAYER } from './parts.ts'
import {
  isBookedFrom,
  isRunning,
  lockZone,
  replaceStalls,
  selectAllocations,
  selectStalls,
  selectZones,
  type StoredAllocation,
  type StoredZone,
} from './store.ts'
import { liftSuspension, suspendZone } from './suspending.ts'

const TAGS = ['stalls']
const Params = Type.Object({ id: Uuid })

/** Trading zones with their stalls, laid out and suspended. */
export function zoneRoutes(parts: StallParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/vendor_zones',
      {
        schema: {
          tags: TAGS,
          summary: 'Trading zones with their stalls and how many are held now',
          querystring: CommunityQuery,
          response: { 200: TradingZoneList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          const zones = await selectZones(trx, community.id)
          const held = await heldNow(trx, community)
          return { zones: zones.map((zone) => zoneView(zone, held)) }
        })
      },
    )

    app.get(
      '/vendor_zones/:id/stalls',
      {
        schema: {
          tags: TAGS,
          summary: 'Stalls of a zone: free, held or suspended now',
          params: Params,
          querystring: CommunityQuery,
          response: { 200: StallList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) =>
          readStalls(trx, community, await findZone(trx, community, request.params.id)),
        )
      },
    )

    app.put(
      '/vendor_zones/:id/stalls',
      {
        schema: {
          tags: TAGS,
          summary: 'Lay the stalls of a zone out anew, while nobody has or asks for one',
          params: Params,
          querystring: CommunityQuery,
          body: StallGridWish,
          response: { 200: StallList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_stalls')
        const { id } = request.params
        const wish = { ...USUAL_STALL, ...request.body }
        const stalls = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          await lockZone(trx, community.id, id, 'update')
          const zone = await findZone(trx, community, id)
          const { date } = localNow(community.time_zone)
          if (await isBookedFrom(trx, community.id, id, date))
            throw new ApiProblem(
              'stalls/booked',
              'stalls are given away or asked for from today on; end those first',
            )
          const laid = polygonsOf(zone)
            .flatMap((polygon) => stallGrid(polygon, wish))
            .slice(0, wish.most ?? Infinity)
            .map((stall, i) => ({ ...stall, number: i + 1 }))
          if (laid.length === 0)
            throw new ApiProblem('request/invalid-body', 'no stall of this size fits the zone', [
              { path: 'length_m', message: 'smaller stalls, or a larger zone' },
            ])
          await replaceStalls(trx, community.id, id, laid, wish)
          await bumpVersion(trx, community.id, STALLS_LAYER)
          await recordChange(trx, {
            community_id: community.id,
            actor_id: request.person!.account_id,
            action: 'replace',
            collection: 'stalls',
            record_id: id,
            before: { stalls: zone.stalls },
            after: { ...wish, stalls: laid.length },
            reason: null,
            request_id: request.id,
          })
          return readStalls(trx, community, zone)
        })
        await parts.feed.refresh()
        return stalls
      },
    )

    app.post(
      '/vendor_zones/:id/suspension',
      {
        schema: {
          tags: TAGS,
          summary: 'Suspend a zone with a reason; whoever has a stall there is told',
          params: Params,
          querystring: CommunityQuery,
          body: NewSuspension,
          response: { 200: TradingZone },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_stalls')
        const { id } = request.params
        const zone = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          await lockZone(trx, community.id, id, 'update')
          const before = await findZone(trx, community, id)
          await suspendZone(parts, trx, request, community, before, request.body.reason)
          return zoneView(await findZone(trx, community, id), await heldNow(trx, community))
        })
        await parts.feed.refresh()
        return zone
      },
    )

    app.delete(
      '/vendor_zones/:id/suspension',
      {
        schema: {
          tags: TAGS,
          summary: 'Let a suspended zone trade again',
          params: Params,
          querystring: CommunityQuery,
          response: { 200: TradingZone },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_stalls')
        const { id } = request.params
        const zone = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          await lockZone(trx, community.id, id, 'update')
          const before = await findZone(trx, community, id)
          await liftSuspension(parts, trx, request, community, before)
          return zoneView(await findZone(trx, community, id), await heldNow(trx, community))
        })
        await parts.feed.refresh()
        return zone
      },
    )
  }
}

/** @throws ApiProblem 404. */
export async function findZone(
  trx: Transaction<Database>,
  community: Community,
  id: string,
): Promise<StoredZone> {
  const [zone] = await selectZones(trx, community.id, id)
  if (!zone) throw new ApiProblem('stalls/not-found', `there is no trading zone ${id} here`)
  return zone
}

/** Whoever has a stall at this minute. */
async function heldNow(
  trx: Transaction<Database>,
  community: Community,
  zone_id?: string,
): Promise<StoredAllocation[]> {
  const now = localNow(community.time_zone)
  const near = await selectAllocations(trx, community.id, {
    zone_id,
    holding: { from: now.yesterday, to: now.date },
  })
  return near.filter((held) => isRunning(held, now))
}

async function readStalls(trx: Transaction<Database>, community: Community, zone: StoredZone) {
  const stalls = await selectStalls(trx, community.id, zone.id)
  const held = new Map(
    (await heldNow(trx, community, zone.id)).map((one) => [one.stall_id, one.status]),
  )
  const stateOf = (id: string) => {
    if (zone.status === 'suspended') return 'suspended' as const
    const status = held.get(id)
    if (status === undefined) return 'free' as const
    return status === 'suspended' ? ('suspended' as const) : ('held' as const)
  }
  return { stalls: stalls.map((stall) => ({ ...stall, state: stateOf(stall.id) })) }
}

function zoneView(zone: StoredZone, held: readonly StoredAllocation[]): TradingZone {
  const { geometry_text: _, suspension_reason, suspended_at, ...rest } = zone
  return {
    ...rest,
    held_now: held.filter(({ zone_id, status }) => zone_id === zone.id && status === 'active')
      .length,
    suspension:
      suspension_reason === null || suspended_at === null
        ? null
        : { reason: suspension_reason, from_at: suspended_at.toISOString() },
  }
}

function polygonsOf(zone: StoredZone): Polygon[] {
  const geometry = JSON.parse(zone.geometry_text) as Polygon | MultiPolygon
  if (geometry.type === 'Polygon') return [geometry]
  return geometry.coordinates.map((coordinates) => ({ type: 'Polygon', coordinates }))
}
