import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { parseInstant } from '../../domain/schedule/instant.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CommunityRef, Uuid } from '../../http/shapes.ts'
import { answerAt, answerRange } from './answer.ts'
import {
  MOST_STEPS,
  OccupancyAt,
  OccupancyQuery,
  OccupancyRange,
  STALE_AFTER_MINUTES,
  SurveyList,
  SurveyMetrics,
} from './contract.ts'
import { findSurveys, readLatest, readSpan, readSurveyCounts } from './store.ts'
import { metricsOfSurvey } from './survey-metrics.ts'

const MINUTE_MS = 60_000
const TAGS = ['occupancy']

/** How full bays, lots, streets and grids are and were, and what surveys say. */
export function occupancyRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/occupancy',
      {
        schema: {
          tags: TAGS,
          summary: 'Occupancy at an instant (at), or step by step (from, to, interval)',
          querystring: OccupancyQuery,
          response: { 200: Type.Union([OccupancyAt, OccupancyRange]) },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { query } = request
        const of = query.of ?? 'bays'
        const stale_after_minutes = query.stale_after_minutes ?? STALE_AFTER_MINUTES
        const span = spanOf(query)
        if (span) {
          const from = new Date(span.from - stale_after_minutes * MINUTE_MS)
          const rows = await asCommunities(parts.engine.db, [community.id], (trx) =>
            readSpan(trx, community.id, of, from, new Date(span.to)),
          )
          return answerRange(rows, of, { ...span, stale_after_minutes })
        }
        const at =
          query.at === undefined || query.at === 'now' ? Date.now() : instantOf(query.at, 'at')
        const rows = await asCommunities(parts.engine.db, [community.id], (trx) =>
          readLatest(trx, community.id, of, new Date(at)),
        )
        return answerAt(rows, of, at, stale_after_minutes)
      },
    )

    app.get(
      '/surveys',
      {
        schema: {
          tags: TAGS,
          summary: 'The surveys of a community, the latest first',
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          response: { 200: SurveyList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const surveys = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findSurveys(trx, community.id).execute(),
        )
        return { surveys: surveys.map(surveyJson) }
      },
    )

    app.get(
      '/surveys/:id/metrics',
      {
        schema: {
          tags: TAGS,
          summary: 'Peak, mean by hour and by place, share above 85 %, parking index',
          params: Type.Object({ id: Uuid }),
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          response: { 200: SurveyMetrics },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { id } = request.params
        const { survey, rows } = await asCommunities(
          parts.engine.db,
          [community.id],
          async (trx) => {
            const survey = await findSurveys(trx, community.id)
              .where('id', '=', id)
              .executeTakeFirst()
            if (!survey)
              throw new ApiProblem('occupancy/survey-not-found', `there is no survey ${id} here`)
            const ended_at = survey.ended_at === null ? null : new Date(survey.ended_at)
            return {
              survey,
              rows: await readSurveyCounts(trx, community.id, { ...survey, ended_at }),
            }
          },
        )
        return { survey: surveyJson(survey), ...metricsOfSurvey(rows, community.time_zone) }
      },
    )
  }
}

function surveyJson<S extends { started_at: Date; ended_at: Date | string | null }>(survey: S) {
  return {
    ...survey,
    started_at: survey.started_at.toISOString(),
    ended_at: survey.ended_at === null ? null : new Date(survey.ended_at).toISOString(),
  }
}

/** The range form's span; null for the instant form. */
function spanOf(
  query: Static<typeof OccupancyQuery>,
): { from: number; to: number; interval_minutes: number } | null {
  const { from, to, interval, at } = query
  if (from === undefined && to === undefined && interval === undefined) return null
  const missing = from === undefined ? 'from' : to === undefined ? 'to' : null
  if (missing) throw invalid(missing, 'is needed: a range has from, to and interval')
  if (at !== undefined) throw invalid('at', 'must not come together with from and to')
  const span = {
    from: instantOf(from!, 'from'),
    to: instantOf(to!, 'to'),
    interval_minutes: minutesOf(interval ?? 'PT1H'),
  }
  if (span.to < span.from) throw invalid('to', 'must not lie before from')
  const steps = Math.floor((span.to - span.from) / (span.interval_minutes * MINUTE_MS)) + 1
  if (steps > MOST_STEPS)
    throw invalid('interval', `gives ${steps} steps, at most ${MOST_STEPS} can be answered`)
  return span
}

function minutesOf(duration: string): number {
  const value = Number(duration.slice(2, -1))
  return duration.endsWith('H') ? value * 60 : value
}

function instantOf(text: string, path: string): number {
  const instant = parseInstant(text)
  if (instant !== null) return instant
  throw invalid(
    path,
    'must be a date and time with offset, for example 2026-09-14T11:00:00+08:00; write + as %2B',
  )
}

const invalid = (path: string, message: string) =>
  new ApiProblem('request/invalid-parameter', `${path} ${message}`, [{ path, message }])
