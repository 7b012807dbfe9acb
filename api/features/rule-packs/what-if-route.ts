import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Engine } from '../../db/connect.ts'
import type { RulePacks } from '../../db/rule-packs.ts'
import { toDegrees } from '../../domain/geometry/metric-frame.ts'
import type { PlacedFeature, Scene } from '../../domain/rules/scene.ts'
import { type Outcome, type RuleEffect, whatIf } from '../../domain/rules/what-if.ts'
import { communityOf } from '../../http/community.ts'
import { requireRight } from '../../http/rights.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { CommunityQuery, PackParams, WhatIfBody, WhatIfReply } from './contract.ts'
import { changedPack, readPack } from './packs.ts'

/** More than anybody reads; the counts are of all. */
const MOST_OUTCOMES = 2_000

/** What would become of the stored bays and zones if other rules were in force; nothing is stored. */
export function whatIfRoute(parts: {
  engine: Engine
  models: StreetModels
  scenes: Scenes
  rulePacks: RulePacks
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/rule_packs/:id/what_if',
      {
        schema: {
          tags: ['rules'],
          summary: 'Which bays and zones would fail or pass if this pack were in force',
          params: PackParams,
          querystring: CommunityQuery,
          body: WhatIfBody,
          response: { 200: WhatIfReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        // Judging a whole city takes a second of the service's time: for those who decide on rules.
        requireRight(request, community.id, 'manage_rules')
        const { version, changes, rules } = request.body
        const { pack: now } = await parts.rulePacks.inForce(community.id)
        const { pack } = await readPack(parts.engine.db, community.id, request.params.id, version)
        const then = changedPack(pack, {
          ...(changes && { changes }),
          ...(rules && { rules }),
        })
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const effects = whatIf(scene, now, then)
        const ids = (holds: (outcome: Outcome) => boolean) =>
          new Set(effects.flatMap((e) => e.outcomes.filter(holds).map((outcome) => outcome.id)))
            .size
        return {
          compared_with: { id: now.id, version: now.version },
          fails: ids((outcome) => outcome.after === 'hard'),
          passes: ids((outcome) => outcome.before === 'hard'),
          effects: namedEffects(scene, effects),
        }
      },
    )
  }
}

function namedEffects(scene: Scene, effects: readonly RuleEffect[]) {
  const wanted = new Map<string, PlacedFeature>()
  for (const collection of new Set(effects.map((effect) => effect.collection)))
    for (const feature of scene.layers.get(collection)?.features ?? [])
      wanted.set(feature.id, feature)
  return effects.map((effect) => ({
    ...effect,
    outcomes: effect.outcomes
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, MOST_OUTCOMES)
      .map((outcome) => ({ ...outcome, ...placeOf(scene, wanted.get(outcome.id)!) })),
  }))
}

/** Those that would fail first, then those that would no longer, then the warnings. */
const rank = ({ before, after }: Outcome): number =>
  after === 'hard' ? 0 : before === 'hard' ? 1 : 2

function placeOf(scene: Scene, { properties, shape }: PlacedFeature) {
  const [minx, miny, maxx, maxy] = shape.bounds
  const [lon, lat] = toDegrees(scene.frame, (minx + maxx) / 2, (miny + maxy) / 2)
  const text = (member: string) => (properties[member] as string | null | undefined) ?? null
  return {
    external_id: text('external_id'),
    name_zh: text('name_zh'),
    name_en: text('name_en'),
    lon: Number(lon.toFixed(7)),
    lat: Number(lat.toFixed(7)),
  }
}
