import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import { communityOf } from '../../http/community.ts'
import { gridsInReach, requireRight } from '../../http/rights.ts'
import { CommunityRef } from '../../http/shapes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { IngestReport, MOST_ITEMS, ObservationItem } from './contract.ts'
import { storeTakenIn, takeIn } from './ingest.ts'
import { limitToGrids } from './own-grids.ts'
import { placesOfModel } from './place-source.ts'

const BODY_LIMIT = 16 * 1024 * 1024

/** Taking in what was seen: counts, detections and sensor states, many at a time. */
export function observationRoutes(parts: {
  engine: Engine
  feed: ChangeFeed
  models: StreetModels
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    // One item a line; a line that is no JSON is refused by its number, not the request with it.
    app.addContentTypeParser(
      'application/x-ndjson',
      { parseAs: 'string', bodyLimit: BODY_LIMIT },
      async (_request: unknown, body: string) =>
        body
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(parsedLine),
    )

    app.post(
      '/observations',
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          tags: ['observations'],
          summary: `Store up to ${MOST_ITEMS} observations; bad ones are refused by index, the others kept`,
          consumes: ['application/json', 'application/x-ndjson'],
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          body: Type.Array(ObservationItem, { maxItems: MOST_ITEMS }),
          response: { 200: IngestReport },
        },
        // The items are checked one by one by `admitItem`: a schema would refuse the good ones with the bad.
        validatorCompiler: (route) =>
          route.httpPart === 'body' ? isList : app.validatorCompiler!(route),
        // Before the body is read: nobody without the right makes us read 16 MB.
        preParsing: async (request, _reply, payload) => {
          requireRight(request, (await communityOf(request)).id, 'log_observation')
          return payload
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const model = await parts.models.get(community.id)
        const gridIds = gridsInReach(request.person, community.id, 'log_observation')
        const takenIn = takeIn(request.body, {
          places: placesOfModel(model),
          now: Date.now(),
          bbox: community.bbox,
          limit: gridIds && limitToGrids(model, gridIds),
        })
        // While the rows wait for the database, thousands of parsed items would only be carried about by the garbage
        // collector.
        request.body = []
        const report = await storeTakenIn(parts.engine, community.id, takenIn)
        if (report.stored > 0) await parts.feed.refresh()
        return report
      },
    )
  }
}

function isList(body: unknown): boolean | { error: Error } {
  if (Array.isArray(body) && body.length <= MOST_ITEMS) return true
  const message = Array.isArray(body)
    ? `${body.length} items, at most ${MOST_ITEMS} at a time`
    : 'must be a list of observations'
  const fault = { instancePath: '', keyword: 'type', schemaPath: '', params: {}, message }
  return { error: Object.assign([fault], { name: 'Error', message }) as unknown as Error }
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
