import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type SqlBool, sql, type Transaction } from 'kysely'
import { Type } from 'typebox'
import type { ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { recordChange } from '../../http/audit-record.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { packCursor, unpackCursor } from '../../http/cursor.ts'
import { etagOf } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { gridsInReach, mayDo, requireRight } from '../../http/rights.ts'
import { CommunityRef, Uuid } from '../../http/shapes.ts'
import {
  Coverage,
  CoverageQuery,
  FieldPackage,
  MOST_PASSES,
  NewPass,
  NewPatrol,
  PassReport,
  PatrolChange,
  PatrolDetails,
  PatrolList,
  PatrolQuery,
  PatrolView,
} from './contract.ts'
import { readCoverage } from './coverage.ts'
import { readFieldPackage } from './field-package.ts'
import { storePasses } from './passes.ts'
import { changePatrol, type Patrolling, startPatrol } from './patrolling.ts'
import { planRoutes } from './plan-routes.ts'
import { namesOf, readWalk, selectPatrols, type StoredPatrol, viewOf } from './store.ts'

const TAGS = ['patrols']
const MOST_LISTED = 200
const CURSOR_PART = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|[0-9a-f-]{36})$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** A track of a long day. */
const TRACK_BYTES = 4 * 1024 * 1024
/** Longer spans would add up years of passes for one answer. */
const MOST_DAYS = 400

const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })

/** Patrols, the sides walked on them, and how much of each grid that covers. */
export function patrolRoutes(parts: {
  engine: Engine
  feed: ChangeFeed
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(planRoutes(parts))

    app.post(
      '/patrols',
      {
        schema: {
          tags: TAGS,
          summary: 'Start a patrol; the same id with the same content starts one',
          querystring: CommunityQuery,
          body: NewPatrol,
          response: { 200: PatrolView, 201: PatrolView },
        },
      },
      async (request, reply) => {
        const community = await logging(request)
        const { patrol, is_new } = await write(request, community, (by) =>
          startPatrol(by, request.body),
        )
        return reply
          .code(is_new ? 201 : 200)
          .header('etag', etagOf(patrol))
          .send(viewOf(patrol, request.person!))
      },
    )

    app.patch(
      '/patrols/:id',
      {
        bodyLimit: TRACK_BYTES,
        schema: {
          tags: TAGS,
          summary: 'Send the track so far, or the end: then walked sides become passes',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          body: PatrolChange,
          response: { 200: PatrolView },
        },
      },
      async (request, reply) => {
        const community = await logging(request)
        const patrol = await write(request, community, (by) =>
          changePatrol(by, request.params.id, request.body),
        )
        return reply.header('etag', etagOf(patrol)).send(viewOf(patrol, request.person!))
      },
    )

    app.get(
      '/patrols',
      {
        schema: {
          tags: TAGS,
          summary: 'Patrols, newest first',
          querystring: PatrolQuery,
          response: { 200: PatrolList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_patrols')
        const { query } = request
        const limit = Math.min(query.limit ?? 50, MOST_LISTED)
        const me = request.person!.account_id
        const conditions = [sql`true`]
        if (query.from) conditions.push(sql`p.started_at >= ${query.from}::timestamptz`)
        if (query.to) conditions.push(sql`p.started_at < ${query.to}::timestamptz`)
        if (query.grid_id) conditions.push(sql`p.grid_id = ${query.grid_id}`)
        if (query.mine) conditions.push(sql`p.account_id = ${me}`)
        if (query.cursor !== undefined) {
          const [at, id] = unpackCursor(query.cursor, 2, CURSOR_PART) as [string, string]
          if (!UUID.test(id) || Number.isNaN(Date.parse(at)))
            throw new ApiProblem('request/invalid-parameter', 'the cursor is not one of ours', [
              { path: 'cursor', message: 'take it unchanged from next_cursor' },
            ])
          conditions.push(sql`(p.started_at, p.id) < (${at}::timestamptz, ${id}::uuid)`)
        }
        const found = await asCommunities(parts.engine.db, [community.id], (trx) =>
          selectPatrols(
            trx,
            community.id,
            sql<SqlBool>`${sql.join(conditions, sql` and `)}`,
            limit + 1,
          ),
        )
        const page = found.slice(0, limit)
        const last = page.at(-1)
        const names = await namesFor(request, community, page)
        return {
          patrols: page.map((patrol) => viewOf(patrol, request.person!, names)),
          next_cursor:
            found.length > limit && last
              ? packCursor([last.started_at.toISOString(), last.id])
              : null,
        }
      },
    )

    app.get(
      '/patrols/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'A patrol with the sides it walked; where somebody went is for few',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          response: { 200: PatrolDetails },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_patrols')
        const { id } = request.params
        const me = request.person!
        const { patrol, sides, track, isShown } = await asCommunities(
          parts.engine.db,
          [community.id],
          async (trx) => {
            const [patrol] = await selectPatrols(trx, community.id, sql`p.id = ${id}`, 1)
            if (!patrol) throw new ApiProblem('patrols/not-found', `there is no patrol ${id} here`)
            const walk = await readWalk(trx, community.id, id)
            const isMine = patrol.account_id === me.account_id
            const isShown = isMine || mayDo(me, community.id, 'plan_patrols')
            // Where a worker went all day is personal: whoever looks at another's way is on record.
            if (walk.track && isShown && !isMine)
              await recordChange(trx, {
                community_id: community.id,
                actor_id: me.account_id,
                action: 'read_personal',
                collection: 'patrols',
                record_id: id,
                before: null,
                after: null,
                reason: null,
                request_id: request.id,
              })
            return { patrol, ...walk, isShown }
          },
        )
        return {
          ...viewOf(patrol, me, await namesFor(request, community, [patrol])),
          sides,
          track: isShown ? track : null,
          is_track_withheld: track !== null && !isShown,
        }
      },
    )

    app.post(
      '/passes',
      {
        schema: {
          tags: TAGS,
          summary: `Store up to ${MOST_PASSES} walked sides; bad ones are refused by index`,
          querystring: CommunityQuery,
          body: Type.Array(NewPass, { maxItems: MOST_PASSES }),
          response: { 200: PassReport },
        },
      },
      async (request) => {
        const community = await logging(request)
        return write(request, community, (by) => storePasses(by, request.body))
      },
    )

    app.get(
      '/patrols/coverage',
      {
        schema: {
          tags: TAGS,
          summary: 'Which sides were walked, by grid and against the plan, and findings per pass',
          querystring: CoverageQuery,
          response: { 200: Coverage },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_patrols')
        const days = (Date.parse(request.query.to) - Date.parse(request.query.from)) / 86_400_000
        if (!(days > 0 && days <= MOST_DAYS))
          throw new ApiProblem('request/invalid-parameter', 'from must lie before to', [
            { path: 'to', message: `after from, at most ${MOST_DAYS} days` },
          ])
        return asCommunities(parts.engine.db, [community.id], (trx) =>
          readCoverage(trx, community, request.query),
        )
      },
    )

    app.get(
      '/field_package',
      {
        schema: {
          tags: TAGS,
          summary: 'What a phone takes along for a day without network',
          querystring: CommunityQuery,
          response: { 200: FieldPackage, 304: Type.Null() },
        },
      },
      async (request, reply) => {
        const community = await logging(request)
        const grids = gridsInReach(request.person, community.id, 'log_patrol')
        const content = await asCommunities(parts.engine.db, [community.id], (trx) =>
          readFieldPackage(trx, community, grids, Date.now()),
        )
        // By its content and not by versions: what is due changes at midnight, and nothing is written then.
        const etag = `"${hashOfContent({ ...content, made_at: null }).slice(0, 32)}"`
        reply.headers({ etag, 'cache-control': 'private, no-cache' })
        if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send(null)
        return content
      },
    )

    /** Who walked, for whoever plans; others are told of themselves only. */
    async function namesFor(
      request: FastifyRequest,
      community: Community,
      patrols: readonly StoredPatrol[],
    ): Promise<ReadonlyMap<string, string>> {
      if (!mayDo(request.person, community.id, 'plan_patrols')) return new Map()
      return namesOf(
        parts.engine.db,
        patrols.map((patrol) => patrol.account_id),
      )
    }

    async function logging(request: FastifyRequest): Promise<Community> {
      const community = await communityOf(request)
      requireRight(request, community.id, 'log_patrol')
      return community
    }

    async function write<T>(
      request: FastifyRequest,
      community: Community,
      work: (by: Patrolling) => Promise<T>,
    ): Promise<T> {
      const result = await asCommunities(
        parts.engine.db,
        [community.id],
        (trx: Transaction<Database>) =>
          work({
            trx,
            community_id: community.id,
            account_id: request.person!.account_id,
            grid_ids: gridsInReach(request.person, community.id, 'log_patrol'),
            now: Date.now(),
          }),
      )
      await parts.feed.refresh()
      return result
    }
  }
}
