import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toMetres } from '../../domain/geometry/metric-frame.ts'
import { checkDrafts, findConflicts } from '../../domain/rules/check.ts'
import { localParts, parseInstant } from '../../domain/schedule/instant.ts'
import { parseBbox } from '../../http/bbox.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CommunityRef } from '../../http/shapes.ts'
import type { RulePacks } from '../../db/rule-packs.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { CheckBody, CheckReply, ConflictsQuery, ConflictsReply } from './contract.ts'
import { admitDrafts, measureDrafts } from './drafts.ts'

const TAGS = ['checks']

/** Does this fit? Drafts judged before they are saved, stored uses judged against each other, and the rules. */
export function checkRoutes(parts: {
  models: StreetModels
  scenes: Scenes
  rulePacks: RulePacks
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/checks',
      {
        schema: {
          tags: TAGS,
          summary: 'Judge drafts of bays and trading zones; nothing is stored',
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          body: CheckBody,
          response: { 200: CheckReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const drafts = admitDrafts(request, request.body.features)
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const { pack } = await parts.rulePacks.inForce(community.id)
        const findings = checkDrafts(drafts, scene, pack)
        return { findings, capacity: measureDrafts(scene, drafts) } as never
      },
    )

    app.get(
      '/conflicts',
      {
        schema: {
          tags: TAGS,
          summary: 'Conflicts of stored uses in space and time',
          querystring: ConflictsQuery,
          response: { 200: ConflictsReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { of = 'vendor_zones', bbox, at } = request.query
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const { pack } = await parts.rulePacks.inForce(community.id)
        const date = at === undefined ? undefined : localDate(at, community.time_zone)
        const box = bbox === undefined ? undefined : parseBbox(bbox)
        const found = findConflicts(scene, pack, {
          collection: of,
          ...(date !== undefined && { date }),
          ...(box && {
            box: [
              ...toMetres(scene.frame, box[0], box[1]),
              ...toMetres(scene.frame, box[2], box[3]),
            ] as const,
          }),
        })
        return { ...found, rule_pack: { id: pack.id, version: pack.version } } as never
      },
    )
  }
}

function localDate(at: string, timeZone: string): string {
  const instant = parseInstant(at)
  if (instant === null)
    throw new ApiProblem('request/invalid-parameter', 'at: not an instant', [
      { path: 'at', message: 'RFC 3339 with offset, for example 2026-09-14T12:00:00+08:00' },
    ])
  return localParts(instant, timeZone).date
}
