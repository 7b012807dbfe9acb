import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { checkFeature, sceneOfDrafts } from '../../domain/rules/check.ts'
import { communityOf } from '../../http/community.ts'
import type { RulePacks } from '../../db/rule-packs.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { answerConflicts, mended } from './conflicts.ts'
import { CheckBody, CheckQuery, CheckReply, ConflictsQuery, ConflictsReply } from './contract.ts'
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
          summary: 'Judge drafts of bays, trading zones and closures; nothing is stored',
          querystring: CheckQuery,
          body: CheckBody,
          response: { 200: CheckReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const drafts = admitDrafts(request, request.body.features)
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const { pack } = await parts.rulePacks.inForce(community.id)
        const judged = sceneOfDrafts(drafts, scene)
        const found = judged.placed.flatMap((draft) => checkFeature(draft, judged.scene, pack))
        const findings = request.query.fixes === 'true' ? mended(found, judged.scene, pack) : found
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
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const { pack } = await parts.rulePacks.inForce(community.id)
        const found = answerConflicts(request.query, community.time_zone, scene, pack)
        return { ...found, rule_pack: { id: pack.id, version: pack.version } } as never
      },
    )
  }
}
