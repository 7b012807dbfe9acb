import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
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
import { mayDo, requireRight } from '../../http/rights.ts'
import { Uuid } from '../../http/shapes.ts'
import {
  CaseKind,
  CaseKindChange,
  CaseKindList,
  CommunityQuery,
  KindImportReport,
  NewCaseKind,
} from './contract.ts'
import { importKinds } from './import-kinds.ts'
import { isUnder } from './headings.ts'
import {
  findKinds,
  insertKind,
  lockKind,
  lockTree,
  missingReferences,
  PLAIN_KIND,
  updateKind,
} from './store.ts'

const TAGS = ['cases']

/** Kinds of cases: read by everybody who reports, changed by those who plan and lead. */
export function caseKindRoutes(parts: {
  engine: Engine
  feed: ChangeFeed
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addContentTypeParser(
      'text/csv',
      { parseAs: 'string' },
      async (_request: unknown, body: string) => body,
    )

    app.get(
      '/case_kinds',
      {
        schema: {
          tags: TAGS,
          summary: 'Kinds of cases; a guest sees those that are open to the public',
          querystring: CommunityQuery,
          response: { 200: CaseKindList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const kinds = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findKinds(trx, community.id),
        )
        const isStaff =
          mayDo(request.person, community.id, 'read_cases') ||
          mayDo(request.person, community.id, 'manage_case_kinds')
        return {
          // A heading is not open itself, but what is under it is read with it.
          case_kinds: isStaff ? kinds : kinds.filter((kind) => kind.is_active && kind.is_public),
        }
      },
    )

    app.post(
      '/case_kinds',
      {
        schema: {
          tags: TAGS,
          summary: 'Add a kind',
          querystring: CommunityQuery,
          body: NewCaseKind,
          response: { 201: CaseKind },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_case_kinds')
        const { id = uuidv7(), ...said } = request.body
        const values = { ...PLAIN_KIND, ...said }
        const kind = await change(request, community, async (trx) => {
          await refuseMissing(trx, community.id, values)
          await refuseTaken(trx, community.id, values.code, null)
          await insertKind(trx, community.id, id, values)
          return { id, before: null }
        })
        return reply.code(201).header('etag', etagOf(kind)).send(kind)
      },
    )

    app.patch(
      '/case_kinds/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'Change a kind; cases that run keep the due times they have',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          body: CaseKindChange,
          response: { 200: CaseKind },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_case_kinds')
        const { id } = request.params
        const kind = await change(request, community, async (trx) => {
          // Two moves at once would each see no loop and make one; and the tree is locked before its rows, by everybody.
          if (request.body.parent_id) await lockTree(trx, community.id)
          const before = await lockKind(trx, community.id, id)
          if (!before) throw new ApiProblem('case-kinds/not-found', `there is no kind ${id} here`)
          refuseStale(request, before.version)
          await refuseMissing(trx, community.id, request.body)
          if (request.body.parent_id)
            await refuseLoop(trx, community.id, id, request.body.parent_id)
          if (request.body.code !== undefined)
            await refuseTaken(trx, community.id, request.body.code, id)
          await updateKind(trx, community.id, id, request.body)
          return { id, before }
        })
        return reply.header('etag', etagOf(kind)).send(kind)
      },
    )

    app.post(
      '/case_kinds/import',
      {
        schema: {
          tags: TAGS,
          summary: 'Take in a list of codes, as JSON or CSV; known codes are changed, none removed',
          consumes: ['application/json', 'text/csv'],
          querystring: CommunityQuery,
          body: Type.Unknown({ description: 'a list of kinds; its rows are judged one by one' }),
          response: { 200: KindImportReport },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_case_kinds')
        const report = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const outcome = await importKinds(trx, community.id, request.body)
          if (outcome.added + outcome.changed > 0) {
            await bumpVersion(trx, community.id, 'case_kinds')
            await recordChange(trx, {
              ...changeBy(request, community),
              action: 'import',
              record_id: null,
              before: null,
              after: { ...outcome, refused: outcome.refused.length },
            })
          }
          return outcome
        })
        await parts.feed.refresh()
        return report
      },
    )

    /** One change with its version and audit; the kind as it stands afterwards. */
    async function change(
      request: FastifyRequest,
      community: Community,
      work: (trx: Transaction<Database>) => Promise<{ id: string; before: CaseKind | null }>,
    ): Promise<CaseKind> {
      const kind = await asCommunities(parts.engine.db, [community.id], async (trx) => {
        const { id, before } = await work(trx)
        const [after] = await findKinds(trx, community.id, [id])
        await bumpVersion(trx, community.id, 'case_kinds')
        await recordChange(trx, {
          ...changeBy(request, community),
          action: before ? 'update' : 'create',
          record_id: id,
          before,
          after,
        })
        return after!
      })
      await parts.feed.refresh()
      return kind
    }
  }
}

const changeBy = (request: FastifyRequest, community: Community) => ({
  community_id: community.id,
  actor_id: request.person?.account_id ?? null,
  collection: 'case_kinds',
  reason: null,
  request_id: request.id,
})

async function refuseMissing(
  trx: Transaction<Database>,
  communityId: string,
  references: { parent_id?: string | null; default_unit_id?: string | null },
): Promise<void> {
  const missing = await missingReferences(trx, communityId, references)
  if (missing.length > 0)
    throw new ApiProblem(
      'cases/unknown-reference',
      'not of this community',
      missing.map((path) => ({ path, message: 'there is none of this id here' })),
    )
}

/** @throws ApiProblem 422 when a kind would stand under itself. */
async function refuseLoop(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  headingId: string,
): Promise<void> {
  const above = new Map(
    (await findKinds(trx, communityId)).map((kind) => [kind.id, kind.parent_id]),
  )
  if (isUnder(above, headingId, id))
    throw new ApiProblem('cases/unknown-reference', 'a kind does not stand under itself', [
      { path: 'parent_id', message: 'name another kind, or null' },
    ])
}

async function refuseTaken(
  trx: Transaction<Database>,
  communityId: string,
  code: string,
  ownId: string | null,
): Promise<void> {
  const holder = await trx
    .selectFrom('case_kind')
    .select('id')
    .where('community_id', '=', communityId)
    .where('code', '=', code)
    .executeTakeFirst()
  if (holder && holder.id !== ownId)
    throw new ApiProblem('case-kinds/code-taken', `the code "${code}" is taken`, [
      { path: 'code', message: 'choose another, or change the kind that has it' },
    ])
}
