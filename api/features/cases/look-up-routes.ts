import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { asCommunities } from '../../db/tenant.ts'
import { recordChange } from '../../http/audit-record.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { mayDo, requireRight } from '../../http/rights.ts'
import { readKind } from './case-state.ts'
import {
  CommunityQuery,
  NearQuery,
  NearReply,
  type OUTCOMES,
  SubjectHistory,
  SubjectLookup,
  UnitList,
} from './contract.ts'
import { findNear } from './near.ts'
import type { CaseParts } from './parts.ts'
import { historyOf, knownPlate, suggestOutcomes } from './subjects.ts'

/** What is asked before something is reported or dispatched: is it known, who was it, whom could one send. */
export function lookUpRoutes(parts: CaseParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/cases/near',
      {
        schema: {
          tags: ['cases'],
          summary: 'Open cases of a kind close to a place',
          querystring: NearQuery,
          response: { 200: NearReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) => ({
          near: await findNear(
            trx,
            community.id,
            request.query,
            mayDo(request.person, community.id, 'read_cases'),
          ),
        }))
      },
    )

    app.post(
      '/subjects/lookup',
      {
        config: { rateLimit: { max: 120, timeWindow: '1 minute' } },
        schema: {
          tags: ['cases'],
          summary: 'How often a vehicle or a shop was met before, and what to offer it',
          querystring: CommunityQuery,
          body: SubjectLookup,
          response: { 200: SubjectHistory },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'log_case')
        const { kind_id, plate, merchant_id } = request.body
        if ((plate === undefined) === (merchant_id === undefined))
          throw new ApiProblem('request/invalid-body', 'name a plate or a shop', [
            { path: 'plate', message: 'either plate or merchant_id' },
          ])
        const known =
          plate === undefined ? null : knownPlate(parts.settings.plateKey, community.id, plate)
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          const kind = await readKind(trx, community.id, kind_id)
          const history = await historyOf(
            trx,
            community.id,
            known ? { plate_hash: known.hash } : { merchant_id: merchant_id! },
          )
          await recordChange(trx, {
            community_id: community.id,
            actor_id: request.person!.account_id,
            action: 'read_personal',
            collection: 'subjects',
            record_id: history.subject_id,
            before: null,
            after: null,
            reason: null,
            request_id: request.id,
          })
          return {
            ...history,
            mask: known?.mask ?? null,
            suggested: suggestOutcomes(kind.outcomes as (typeof OUTCOMES)[number][], history),
          }
        })
      },
    )

    app.get(
      '/units',
      {
        schema: {
          tags: ['cases'],
          summary: 'Units that can be sent',
          querystring: CommunityQuery,
          response: { 200: UnitList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) => ({
          units: await trx
            .selectFrom('partner_unit')
            .select(['id', 'external_id', 'name_zh', 'name_en'])
            .where('community_id', '=', community.id)
            .orderBy('external_id')
            .orderBy('name_zh')
            .execute(),
        }))
      },
    )
  }
}
