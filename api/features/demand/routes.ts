import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { requireRight } from '../../http/rights.ts'
import { answerDemand, type Known } from './answer.ts'
import { DemandQuery, DemandReply } from './contract.ts'
import {
  readEffort,
  readFreePlaces,
  readGrids,
  readOccupancy,
  readSides,
  readWishes,
} from './store.ts'

const DAY_MS = 24 * 60 * 60_000
/** Long enough for a survey and half a year of patrols. */
const DAYS = 180
const MOST_SIDES = 100

/** Where places to park are missing, for those who plan. */
export function demandRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/demand',
      {
        schema: {
          tags: ['demand'],
          summary: 'Sides of streets where places are missing, ranked, each with its reasons',
          querystring: DemandQuery,
          response: { 200: DemandReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        const { vehicle_class = 'bicycle', days = DAYS, limit = MOST_SIDES } = request.query
        const to = new Date()
        const asked = {
          community_id: community.id,
          vehicle_class,
          from: new Date(to.getTime() - days * DAY_MS),
          to,
        }
        const known = await asCommunities(
          parts.engine.db,
          [community.id],
          async (trx): Promise<Known> => ({
            sides: await readSides(trx, community.id),
            occupancy: await readOccupancy(trx, asked),
            effort: await readEffort(trx, asked),
            free: await readFreePlaces(trx, asked),
            wishes: await readWishes(trx, community.id),
            grids: await readGrids(trx, community.id),
          }),
        )
        return answerDemand(known, asked, limit)
      },
    )
  }
}
