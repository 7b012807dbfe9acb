import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { bumpVersion, type ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import { RULE_PACKS_LAYER, type RulePacks } from '../../db/rule-packs.ts'
import { asCommunities } from '../../db/tenant.ts'
import { recordChange } from '../../http/audit-record.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { Activation, CommunityQuery, RulePackShape } from './contract.ts'
import { readPack, readPackWithin, viewOf } from './packs.ts'
import { activate, activeSerial } from './store.ts'

const TAGS = ['rules']

/** Which pack a community judges by, and putting another in force. */
export function activeRoutes(parts: {
  engine: Engine
  feed: ChangeFeed
  rulePacks: RulePacks
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    const { db } = parts.engine

    app.get(
      '/rule_packs/active',
      {
        schema: {
          tags: TAGS,
          summary: 'The pack in force; its ETag counts activations',
          querystring: CommunityQuery,
          response: { 200: RulePackShape },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { pack, serial } = await parts.rulePacks.inForce(community.id)
        const known = await readPack(db, community.id, pack.id, pack.version)
        return reply.header('etag', etagOf({ version: serial })).send(viewOf(known))
      },
    )

    app.put(
      '/rule_packs/active',
      {
        schema: {
          tags: TAGS,
          summary: 'Put a version of a pack in force: findings follow at once',
          querystring: CommunityQuery,
          body: Activation,
          response: { 200: RulePackShape },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_rules')
        const { id, version, reason = null } = request.body
        const before = await parts.rulePacks.inForce(community.id)
        const known = await asCommunities(db, [community.id], async (trx) => {
          const serial = await activeSerial(trx, community.id)
          refuseStale(request, serial)
          const wanted = await readPackWithin(trx, community.id, id, version)
          const isFirst = await activate(trx, community.id, serial + 1, {
            ...(wanted.is_shipped ? { shipped_id: id } : { pack_id: id }),
            pack_version: version,
            reason,
            activated_by: request.person?.account_id ?? null,
          })
          if (!isFirst)
            throw new ApiProblem(
              'request/precondition-failed',
              'somebody else put a pack in force just now; read it again',
            )
          await bumpVersion(trx, community.id, RULE_PACKS_LAYER)
          await recordChange(trx, {
            ...changeBy(request, community),
            action: 'update',
            record_id: wanted.is_shipped ? null : id,
            before: { in_force: before.pack.id, version: before.pack.version },
            after: { in_force: id, version },
            reason,
          })
          return { ...wanted, serial: serial + 1 }
        })
        await parts.feed.refresh()
        return reply.header('etag', etagOf({ version: known.serial })).send(viewOf(known))
      },
    )
  }
}

/** Who changed packs, for the audit. */
export const changeBy = (request: FastifyRequest, community: Community) => ({
  community_id: community.id,
  actor_id: request.person?.account_id ?? null,
  collection: 'rule_packs',
  request_id: request.id,
})
