import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { sql, type Transaction } from 'kysely'
import { Type } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import { bumpVersion, type ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { recordChange } from '../../http/audit-record.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { etagOf, refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { CommunityRef, Uuid } from '../../http/shapes.ts'
import {
  DueQuery,
  DutyList,
  NewPatrolPlan,
  PatrolPlan,
  PatrolPlanChange,
  PatrolPlanList,
} from './contract.ts'
import { localDate } from './coverage.ts'
import { readDue } from './due.ts'
import { namesOf } from './store.ts'

const TAGS = ['patrols']
const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })
const Params = Type.Object({ id: Uuid })
const MEMBERS = [
  'id',
  'grid_id',
  'frequency',
  'passes',
  'account_id',
  'first_date',
  'last_date',
  'version',
] as const

/** How often each grid is to be walked, and by whom. */
export function planRoutes(parts: { engine: Engine; feed: ChangeFeed }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/patrol_plans',
      {
        schema: {
          tags: TAGS,
          summary: 'Plans of patrols',
          querystring: CommunityQuery,
          response: { 200: PatrolPlanList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_patrols')
        const plans = await asCommunities(parts.engine.db, [community.id], (trx) =>
          trx
            .selectFrom('patrol_plan')
            .select(MEMBERS)
            .where('community_id', '=', community.id)
            .orderBy('grid_id')
            .orderBy('frequency')
            .orderBy('id')
            .execute(),
        )
        return { patrol_plans: await withWorkers(plans) }
      },
    )

    app.get(
      '/patrols/due',
      {
        schema: {
          tags: TAGS,
          summary: 'What the plans ask of the day, the week and the month, and how much is done',
          querystring: DueQuery,
          response: { 200: DutyList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_patrols')
        const date = request.query.date ?? localDate(new Date(), community.time_zone)
        return asCommunities(parts.engine.db, [community.id], (trx) =>
          readDue(trx, community, date),
        )
      },
    )

    app.post(
      '/patrol_plans',
      {
        schema: {
          tags: TAGS,
          summary: 'Add a plan',
          querystring: CommunityQuery,
          body: NewPatrolPlan,
          response: { 201: PatrolPlan },
        },
      },
      async (request, reply) => {
        const { id = uuidv7(), ...said } = request.body
        const plan = await change(request, id, async (trx, community) => {
          await refuseUnknown(trx, community.id, said)
          const inserted = await trx
            .insertInto('patrol_plan')
            .values({
              community_id: community.id,
              id,
              account_id: null,
              last_date: null,
              ...said,
            })
            .onConflict((conflict) => conflict.doNothing())
            .returning('id')
            .executeTakeFirst()
          if (!inserted)
            throw new ApiProblem('patrols/id-taken', `${id} is another plan`, [
              { path: 'id', message: 'make a new UUID, or leave it out' },
            ])
          return null
        })
        return reply.code(201).header('etag', etagOf(plan!)).send(plan!)
      },
    )

    app.patch(
      '/patrol_plans/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'Change a plan',
          params: Params,
          querystring: CommunityQuery,
          body: PatrolPlanChange,
          response: { 200: PatrolPlan },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const plan = await change(request, id, async (trx, community) => {
          const before = await lockMatching(trx, request, community.id, id)
          await refuseUnknown(trx, community.id, { ...before, ...request.body })
          await trx
            .updateTable('patrol_plan')
            .set({ ...request.body, version: sql`version + 1`, updated_at: sql`now()` })
            .where('community_id', '=', community.id)
            .where('id', '=', id)
            .execute()
          return before
        })
        return reply.header('etag', etagOf(plan!)).send(plan!)
      },
    )

    app.delete(
      '/patrol_plans/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'End a plan',
          params: Params,
          querystring: CommunityQuery,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        await change(request, id, async (trx, community) => {
          const before = await lockMatching(trx, request, community.id, id)
          await trx
            .deleteFrom('patrol_plan')
            .where('community_id', '=', community.id)
            .where('id', '=', id)
            .execute()
          return before
        })
        return reply.code(204).send(null)
      },
    )

    /** One change with its version and audit; the plan as it stands afterwards, undefined when it is gone. */
    async function change(
      request: FastifyRequest,
      id: string,
      work: (trx: Transaction<Database>, community: Community) => Promise<StoredPlan | null>,
    ): Promise<PatrolPlan | undefined> {
      const community = await communityOf(request)
      requireRight(request, community.id, 'plan_patrols')
      const plan = await asCommunities(parts.engine.db, [community.id], async (trx) => {
        const before = await work(trx, community)
        const after = await findPlan(trx, community.id, id)
        await bumpVersion(trx, community.id, 'passes')
        await recordChange(trx, {
          community_id: community.id,
          actor_id: request.person!.account_id,
          action: before ? (after ? 'update' : 'delete') : 'create',
          collection: 'patrol_plans',
          record_id: id,
          before,
          after: after ?? null,
          reason: null,
          request_id: request.id,
        })
        return after
      })
      await parts.feed.refresh()
      return plan && (await withWorkers([plan]))[0]
    }

    async function withWorkers(plans: readonly StoredPlan[]): Promise<PatrolPlan[]> {
      const names = await namesOf(
        parts.engine.db,
        plans.map((plan) => plan.account_id),
      )
      return plans.map((plan) => ({ ...plan, worker: names.get(plan.account_id ?? '') ?? null }))
    }
  }
}

type StoredPlan = Omit<PatrolPlan, 'worker'>

const findPlan = (trx: Transaction<Database>, communityId: string, id: string) =>
  trx
    .selectFrom('patrol_plan')
    .select(MEMBERS)
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirst()

async function lockMatching(
  trx: Transaction<Database>,
  request: FastifyRequest,
  communityId: string,
  id: string,
): Promise<StoredPlan> {
  const before = await trx
    .selectFrom('patrol_plan')
    .select(MEMBERS)
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new ApiProblem('patrols/not-found', `there is no plan ${id} here`)
  refuseStale(request, before.version)
  return before
}

/** @throws ApiProblem 422 for a grid or person that is not of the community, or an end before the beginning. */
async function refuseUnknown(
  trx: Transaction<Database>,
  communityId: string,
  plan: {
    grid_id: string
    account_id?: string | null
    first_date: string
    last_date?: string | null
  },
): Promise<void> {
  const errors: { path: string; message: string }[] = []
  const grid = await trx
    .selectFrom('grid')
    .select('id')
    .where('community_id', '=', communityId)
    .where('id', '=', plan.grid_id)
    .where('valid_to', 'is', null)
    .executeTakeFirst()
  if (!grid) errors.push({ path: 'grid_id', message: 'take one of the collection grids' })
  if (plan.last_date && plan.last_date < plan.first_date)
    errors.push({ path: 'last_date', message: 'not before first_date' })
  if (plan.account_id && !(await isInspector(trx, communityId, plan.account_id)))
    errors.push({ path: 'account_id', message: 'take an inspector of this community' })
  if (errors.length > 0)
    throw new ApiProblem('request/invalid-body', 'the plan does not fit the community', errors)
}

async function isInspector(
  trx: Transaction<Database>,
  communityId: string,
  accountId: string,
): Promise<boolean> {
  // Memberships are not for the application role to read: the server asks as itself.
  await sql`set local role none`.execute(trx)
  const found = await trx
    .selectFrom('membership')
    .select('account_id')
    .where('community_id', '=', communityId)
    .where('account_id', '=', accountId)
    .where('role', 'in', ['inspector', 'leader'])
    .executeTakeFirst()
  await sql`set local role jiexu_app`.execute(trx)
  return found !== undefined
}
