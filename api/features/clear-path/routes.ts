import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Temporal } from 'temporal-polyfill'
import type { RulePacks } from '../../db/rule-packs.ts'
import { localParts, parseInstant } from '../../domain/schedule/instant.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { ClearPathParams, ClearPathQuery, ClearPathReply } from './contract.ts'
import { describeSide, type Moment } from './profile.ts'

/** How wide the way is that walkers have, at a moment and through the week. */
export function clearPathRoutes(parts: {
  models: StreetModels
  scenes: Scenes
  rulePacks: RulePacks
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/street_segments/:id/clear_path',
      {
        schema: {
          tags: ['checks'],
          summary: 'The clear walking path along a side of a street',
          params: ClearPathParams,
          querystring: ClearPathQuery,
          response: { 200: ClearPathReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { side, at, hours } = request.query
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const segment = scene.layers
          .get('street_segments')
          ?.features.find(({ id }) => id === request.params.id)
        if (!segment)
          throw new ApiProblem('inventory/not-found', `no street segment ${request.params.id}`)
        const { pack } = await parts.rulePacks.inForce(community.id)
        const moment = momentOf(at ?? new Date().toISOString(), community.time_zone)
        return describeSide(scene, pack, segment, side, moment, hours === 'week')
      },
    )
  }
}

function momentOf(at: string, timeZone: string): Moment {
  const instant = parseInstant(at)
  if (instant === null)
    throw new ApiProblem('request/invalid-parameter', 'at: not an instant', [
      { path: 'at', message: 'RFC 3339 with offset, for example 2026-09-14T12:00:00+08:00' },
    ])
  const { date, weekday, minute_of_week } = localParts(instant, timeZone)
  return {
    at,
    monday: Temporal.PlainDate.from(date).subtract({ days: weekday }).toString(),
    minute_of_week,
  }
}
