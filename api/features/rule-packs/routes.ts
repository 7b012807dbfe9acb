import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { bumpVersion, type ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import { RULE_PACKS_LAYER, type RulePacks } from '../../db/rule-packs.ts'
import { SHIPPED_PACKS } from '../../db/shipped-rule-packs.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { recordChange } from '../../http/audit-record.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { mayDo, requireRight } from '../../http/rights.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { activeRoutes, changeBy } from './active-routes.ts'
import {
  CommunityQuery,
  NewRulePack,
  PackParams,
  PackQuery,
  PackVersions,
  RulePackSave,
  RulePackShape,
  RulePacksReply,
} from './contract.ts'
import {
  asKnown,
  changedPack,
  type KnownPack,
  readPack,
  readPackWithin,
  remarksOn,
  shippedPack,
  viewOf,
} from './packs.ts'
import { insertPack, lockPack, newestPacks, saveVersion, versionsOf } from './store.ts'
import { whatIfRoute } from './what-if-route.ts'

const TAGS = ['rules']

/** Rule packs: read by everybody, copied, changed and put in force by those who plan and lead. */
export function rulePackRoutes(parts: {
  engine: Engine
  feed: ChangeFeed
  models: StreetModels
  scenes: Scenes
  rulePacks: RulePacks
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    const { db } = parts.engine

    app.get(
      '/rule_packs',
      {
        schema: {
          tags: TAGS,
          summary: 'Rule packs: those that ship, the community’s own in their newest version',
          querystring: CommunityQuery,
          response: { 200: RulePacksReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { pack: active, serial } = await parts.rulePacks.inForce(community.id)
        const own = await asCommunities(db, [community.id], (trx) => newestPacks(trx, community.id))
        const known = [...SHIPPED_PACKS.keys()].map((id) => shippedPack(id)!)
        return {
          rule_packs: [...known, ...own.map(asKnown)].map(headOf),
          active: { id: active.id, version: active.version, serial },
        }
      },
    )

    app.post(
      '/rule_packs',
      {
        schema: {
          tags: TAGS,
          summary: 'Copy a pack: the copy is the community’s own, to be changed and put in force',
          querystring: CommunityQuery,
          body: NewRulePack,
          response: { 201: RulePackShape },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_rules')
        const { id = uuidv7(), copy_of: copyOf, version, name_zh, name_en, reason } = request.body
        const known = await write(request, community, 'create', id, reason, async (trx) => {
          const { pack } = await readPackWithin(trx, community.id, copyOf, version)
          const isNew = await insertPack(trx, community.id, id, pack, {
            name_zh,
            name_en,
            region: pack.region,
            effective: pack.effective,
            rules: pack.rules,
            reason: reason ?? null,
            saved_by: request.person?.account_id ?? null,
          })
          if (!isNew) throw new ApiProblem('rules/id-taken', `the id ${id} is taken`)
          return null
        })
        return reply
          .code(201)
          .header('etag', etagOf({ version: known.newest }))
          .send(viewOf(known))
      },
    )

    app.get(
      '/rule_packs/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'One rule pack with every rule, its values and sources, and remarks on it',
          params: PackParams,
          querystring: PackQuery,
          response: { 200: RulePackShape },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const { version } = request.query
        // What ships is the same everywhere: no community need be named for it.
        const known =
          shippedPack(id, version) ??
          (await readPack(db, (await communityOf(request)).id, id, version))
        return reply.header('etag', etagOf({ version: known.newest })).send(viewOf(known))
      },
    )

    app.patch(
      '/rule_packs/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'Save a new version of a community’s own pack; earlier ones are kept',
          params: PackParams,
          querystring: CommunityQuery,
          body: RulePackSave,
          response: { 200: RulePackShape },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_rules')
        const { id } = request.params
        const { changes, rules, reason, ...head } = request.body
        if (shippedPack(id))
          throw new ApiProblem('rules/read-only', `"${id}" ships with the service: copy it first`)
        // Told before the database is asked: PostgreSQL knows no such id at all.
        const known = await write(request, community, 'update', id, reason, async (trx) => {
          await readPackWithin(trx, community.id, id)
          const before = (await lockPack(trx, community.id, id))!
          refuseStale(request, before.version)
          const { pack } = asKnown(before)
          const next = changedPack({ ...pack, ...head }, { changes, rules } as RulePackSave)
          await saveVersion(trx, community.id, id, before.version + 1, {
            name_zh: next.name_zh,
            name_en: next.name_en,
            region: next.region,
            effective: next.effective,
            rules: next.rules,
            reason: reason ?? null,
            saved_by: request.person?.account_id ?? null,
          })
          return pack
        })
        return reply.header('etag', etagOf({ version: known.newest })).send(viewOf(known))
      },
    )

    app.get(
      '/rule_packs/:id/versions',
      {
        schema: {
          tags: TAGS,
          summary: 'Every saved version of a community’s own pack, newest first',
          params: PackParams,
          querystring: CommunityQuery,
          response: { 200: PackVersions },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { id } = request.params
        if (shippedPack(id)) return { versions: [] }
        await readPack(db, community.id, id)
        const rows = await asCommunities(db, [community.id], (trx) =>
          versionsOf(trx, community.id, id),
        )
        const names = mayDo(request.person, community.id, 'read_audit')
          ? await namesOf(rows.flatMap((row) => row.saved_by ?? []))
          : new Map<string, string>()
        return {
          versions: rows.map((row) => ({
            ...row,
            saved_at: row.saved_at.toISOString(),
            saved_by: names.get(row.saved_by ?? '') ?? null,
            activated_at: row.activated_at?.toISOString() ?? null,
          })),
        }
      },
    )

    await app.register(activeRoutes(parts))
    await app.register(whatIfRoute(parts))

    async function namesOf(ids: readonly string[]): Promise<Map<string, string>> {
      if (ids.length === 0) return new Map()
      const rows = await db
        .selectFrom('account')
        .select(['id', 'display_name'])
        .where('id', 'in', [...ids])
        .execute()
      return new Map(rows.map((row) => [row.id, row.display_name]))
    }

    /** One new version with its audit; `work` answers what was there before. */
    async function write(
      request: FastifyRequest,
      community: Community,
      action: 'create' | 'update',
      id: string,
      reason: string | undefined,
      work: (trx: Transaction<Database>) => Promise<unknown>,
    ): Promise<KnownPack> {
      const known = await asCommunities(db, [community.id], async (trx) => {
        const before = await work(trx)
        const after = await readPackWithin(trx, community.id, id)
        await bumpVersion(trx, community.id, RULE_PACKS_LAYER)
        await recordChange(trx, {
          ...changeBy(request, community),
          action,
          record_id: id,
          before,
          after: after.pack,
          reason: reason ?? null,
        })
        return after
      })
      await parts.feed.refresh()
      return known
    }
  }
}

function headOf(known: KnownPack) {
  const { pack } = known
  const remarks = { error: 0, warning: 0, notice: 0 }
  for (const { level } of remarksOn(pack)) remarks[level]++
  return {
    id: pack.id,
    version: pack.version,
    name_zh: pack.name_zh,
    name_en: pack.name_en,
    region: pack.region,
    effective: pack.effective,
    is_shipped: known.is_shipped,
    based_on: known.based_on,
    rules: pack.rules.length,
    remarks,
  }
}
