import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Temporal } from 'temporal-polyfill'
import { Type } from 'typebox'
import { asCommunities } from '../../db/tenant.ts'
import { occurrencesOf, permitState } from '../../domain/stalls/holding.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { mayDo } from '../../http/rights.ts'
import { Uuid } from '../../http/shapes.ts'
import { ownShops } from './allocating.ts'
import { zoneCalendar } from './calendar-file.ts'
import { CalendarQuery, CommunityQuery, MOST_DAYS, StallCalendar, StallPermit } from './contract.ts'
import { localNow } from './local-now.ts'
import type { StallParts } from './parts.ts'
import { permitText, selectAllocations } from './store.ts'
import { findZone } from './zone-routes.ts'

const TAGS = ['stalls']
const Params = Type.Object({ id: Uuid })
const WEEK_DAYS = 6

/** Who has which stall when, as a calendar, as an iCalendar file and as a permit that anybody may check. */
export function calendarRoutes(parts: StallParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/vendor_zones/:id/calendar',
      {
        schema: {
          tags: TAGS,
          summary: `Which stall of a zone somebody has when, a week or up to ${MOST_DAYS} days`,
          params: Params,
          querystring: CalendarQuery,
          response: { 200: StallCalendar },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { from, to = Temporal.PlainDate.from(from).add({ days: WEEK_DAYS }).toString() } =
          request.query
        const days = Temporal.PlainDate.from(from).until(to).days
        if (days < 0 || days >= MOST_DAYS)
          throw new ApiProblem('request/invalid-parameter', 'to must not lie before from', [
            { path: 'to', message: `not before from, at most ${MOST_DAYS} days` },
          ])
        const isStaff = mayDo(request.person, community.id, 'read_stalls')
        const own = ownShops(request, community.id)
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          const zone = await findZone(trx, community, request.params.id)
          const held = await selectAllocations(trx, community.id, {
            zone_id: zone.id,
            holding: { from, to },
          })
          const occurrences = held.flatMap((one) => {
            const isNamed = isStaff || own.includes(one.merchant_id)
            const last_date = one.ended_on ?? one.last_date
            return occurrencesOf({ ...one, last_date }, from, to).map((at) => ({
              ...at,
              stall_id: one.stall_id,
              stall_number: one.stall_number,
              is_suspended: one.status === 'suspended' || zone.status === 'suspended',
              allocation_id: isNamed ? one.id : null,
              merchant_name: isNamed ? one.merchant_name : null,
            }))
          })
          return { from, to, occurrences }
        })
      },
    )

    app.get(
      '/vendor_zones/:id/calendar.ics',
      {
        schema: {
          tags: TAGS,
          summary: 'A zone as an iCalendar feed (RFC 5545); no shop and no person is named',
          params: Params,
          querystring: CommunityQuery,
          produces: ['text/calendar'],
          response: { 200: Type.String() },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { date } = localNow(community.time_zone)
        const text = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const zone = await findZone(trx, community, request.params.id)
          const held = await selectAllocations(trx, community.id, {
            zone_id: zone.id,
            holding: { from: date, to: '9999-12-31' },
          })
          const standing = held.filter(({ status }) => status !== 'ended')
          return zoneCalendar(community, zone, standing)
        })
        return reply
          .type('text/calendar; charset=utf-8')
          .header('cache-control', 'public, max-age=300')
          .serializer(String)
          .send(text)
      },
    )

    app.get(
      '/stall_permits/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'A permit and whether it is valid today, for whoever scans it',
          params: Params,
          querystring: CommunityQuery,
          response: { 200: StallPermit },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { id } = request.params
        const { held, zone } = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const [held] = await selectAllocations(trx, community.id, { id })
          if (!held || held.permit_serial === null)
            throw new ApiProblem('stalls/not-found', `there is no permit ${id} here`)
          return { held, zone: await findZone(trx, community, held.zone_id) }
        })
        return {
          id,
          number: permitText(held.permit_year, held.permit_serial)!,
          state: permitState(held, zone.status, localNow(community.time_zone).date),
          merchant_name: held.merchant_name,
          community_name_zh: community.name_zh,
          community_name_en: community.name_en,
          zone_id: zone.id,
          zone_name_zh: zone.name_zh,
          zone_name_en: zone.name_en,
          stall_number: held.stall_number,
          category: held.category ?? zone.category,
          duties: zone.duties,
          windows: held.windows,
          first_date: held.first_date,
          last_date: held.last_date,
          checked_at: new Date().toISOString(),
        }
      },
    )
  }
}
