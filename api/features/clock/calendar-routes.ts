import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { weeklyMinutes } from '../../domain/schedule/working-calendar.ts'
import { recordChange } from '../../http/audit-record.ts'
import { communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import {
  CalendarChange,
  CalendarQuery,
  CalendarView,
  LEAST_WEEKLY_MINUTES,
} from './calendar-contract.ts'
import { readCalendar, writeCalendar } from './calendar-store.ts'

const TAGS = ['cases']

/** Office hours, holidays and days of its own: read by everybody, set by those who lead or administer a community. */
export function calendarRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/working_calendar',
      {
        schema: {
          tags: TAGS,
          summary: 'When the offices work: what the limits of cases are counted in',
          querystring: CalendarQuery,
          response: { 200: CalendarView },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const calendar = await asCommunities(parts.engine.db, [community.id], (trx) =>
          readCalendar(trx, community.id),
        )
        return reply.header('etag', etagOf(calendar)).send(calendar)
      },
    )

    app.put(
      '/working_calendar',
      {
        schema: {
          tags: TAGS,
          summary: 'Set office hours, holidays and days of its own; due times already given stay',
          querystring: CalendarQuery,
          body: CalendarChange,
          response: { 200: CalendarView },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_calendar')
        refuseUnworkable(request.body)
        const calendar = await parts.engine.db.transaction().execute(async (trx) => {
          const before = await readCalendar(trx, community.id, true)
          refuseStale(request, before.version)
          await writeCalendar(trx, community.id, request.body)
          const after = await readCalendar(trx, community.id)
          await recordChange(trx, {
            community_id: community.id,
            actor_id: request.person!.account_id,
            action: 'update',
            collection: 'working_calendar',
            record_id: community.id,
            before,
            after,
            reason: null,
            request_id: request.id,
          })
          return after
        })
        return reply.header('etag', etagOf(calendar)).send(calendar)
      },
    )
  }
}

/** @throws ApiProblem 422 for hours in which no limit would ever end, and for a day that is named twice. */
function refuseUnworkable({ windows, days }: CalendarChange): void {
  const minutes = weeklyMinutes(windows)
  if (minutes < LEAST_WEEKLY_MINUTES)
    throw new ApiProblem('request/invalid-body', 'too few working hours to count limits in', [
      {
        path: 'windows',
        message: `${minutes} minutes in a week without holidays, at least ${LEAST_WEEKLY_MINUTES} are needed`,
      },
    ])
  const known = new Set<string>()
  days.forEach(({ date }, i) => {
    if (known.has(date))
      throw new ApiProblem('request/invalid-body', 'a day is named twice', [
        { path: `days/${i}/date`, message: `${date} is there already` },
      ])
    known.add(date)
  })
}
