import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { editsBarred, editsUpon, latestEdit } from '../../domain/planning/plan-edits.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { changePlan, refuseDecided, refuseMissingPlan } from './changing.ts'
import {
  CommunityQuery,
  EditIds,
  EditList,
  type NewEdit,
  NewEdits,
  type PlanEdit,
  PlanParams,
} from './contract.ts'
import type { PlanParts } from './parts.ts'
import {
  editsElsewhere,
  findEdits,
  findPlan,
  insertEdit,
  inventoryVersion,
  markEdits,
  type StoredEdit,
} from './store.ts'

const TAGS = ['plans']

/** Edits are records of their own: two planners draw at once, and each can take back what was drawn. */
export function editRoutes(parts: PlanParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/plans/:id/edits',
      {
        schema: {
          tags: TAGS,
          summary: 'Every edit in its order, those taken back too',
          params: PlanParams,
          querystring: CommunityQuery,
          response: { 200: EditList },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_plans')
        const { id } = request.params
        const edits = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          refuseMissingPlan(await findPlan(trx, community.id, id), id)
          return findEdits(trx, community.id, id)
        })
        return { edits: edits.map((edit) => viewOfEdit(request, edit)) }
      },
    )

    app.post(
      '/plans/:id/edits',
      {
        schema: {
          tags: TAGS,
          summary: 'Add edits, all of them or none; the same id with the same content is done once',
          params: PlanParams,
          querystring: CommunityQuery,
          body: NewEdits,
          response: { 201: EditList },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'draft_plan')
        const edits = await changePlan(
          parts,
          request,
          community,
          request.params.id,
          async (trx, plan) => {
            const known = await findEdits(trx, community.id, plan.id)
            const serials = known.map(({ serial }) => serial)
            let serial = Math.max(0, ...serials)
            let isChanged = false
            await refuseTaken(trx, community, plan.id, request.body.edits)
            for (const [index, edit] of request.body.edits.entries()) {
              const admitted = admitEdit(parts, request, community, edit, `edits/${index}`)
              const same = known.find(({ id }) => id === edit.id)
              if (same) {
                refuseOther(same, admitted.content_hash, index)
                continue
              }
              refuseDecided(plan)
              refuseFork(known, edit, index)
              await refuseOldBase(trx, community, known, edit, index)
              await insertEdit(trx, community.id, plan.id, {
                ...admitted,
                serial: ++serial,
                made_by: request.person!.account_id,
              })
              known.push({ ...edit, ...admitted, serial, is_undone: false } as never)
              isChanged = true
            }
            const asked = new Set(request.body.edits.map(({ id }) => id))
            const stored = await findEdits(trx, community.id, plan.id)
            return {
              isChanged,
              audit: { added: [...asked] },
              result: stored.filter(({ id }) => asked.has(id)),
            }
          },
        )
        return reply.code(201).send({ edits: edits.map((edit) => viewOfEdit(request, edit)) })
      },
    )

    for (const [verb, summary, isUndone] of [
      ['undo', 'Take edits back; what was drawn upon them is to be taken back with them', true],
      ['redo', 'Bring edits again that were taken back', false],
    ] as const)
      app.post(
        `/plans/:id/edits/${verb}`,
        {
          schema: {
            tags: TAGS,
            summary,
            params: PlanParams,
            querystring: CommunityQuery,
            body: EditIds,
            response: { 200: EditList },
          },
        },
        async (request) => {
          const community = await communityOf(request)
          requireRight(request, community.id, 'draft_plan')
          const ids = new Set(request.body.ids)
          const edits = await changePlan(
            parts,
            request,
            community,
            request.params.id,
            async (trx, plan) => {
              refuseDecided(plan)
              const known = await findEdits(trx, community.id, plan.id)
              refuseUnknown(known, request.body.ids)
              const inTheWay = isUndone ? editsUpon(known, ids) : editsBarred(known, ids)
              if (inTheWay.length > 0)
                throw new ApiProblem(
                  'plans/edit-conflict',
                  isUndone
                    ? 'something was drawn upon these edits since; take that back first'
                    : 'these edits no longer fit what the plan holds',
                  inTheWay.map(({ id }) => ({ path: 'ids', message: id })),
                )
              const moved = known.filter((edit) => ids.has(edit.id) && edit.is_undone !== isUndone)
              if (moved.length > 0)
                await markEdits(
                  trx,
                  community.id,
                  moved.map(({ id }) => id),
                  isUndone,
                )
              const stored = await findEdits(trx, community.id, plan.id)
              return {
                isChanged: moved.length > 0,
                audit: { [verb]: [...ids] },
                result: stored.filter(({ id }) => ids.has(id)),
              }
            },
          )
          return { edits: edits.map((edit) => viewOfEdit(request, edit)) }
        },
      )
  }
}

/** @throws ApiProblem 422 when the feature is missing, too much, or not as the inventory takes it. */
function admitEdit(
  parts: PlanParts,
  request: FastifyRequest,
  community: Community,
  edit: NewEdit,
  path: string,
) {
  const { feature, ...rest } = edit
  const wantsFeature = edit.action !== 'retire'
  if (wantsFeature !== (feature !== undefined))
    throw new ApiProblem('request/invalid-body', `${path}: feature`, [
      {
        path: `${path}/feature`,
        message: wantsFeature ? 'needed to create or replace' : 'not taken to retire',
      },
    ])
  const isNew = edit.action === 'create'
  if (isNew !== (edit.base_version == null))
    throw new ApiProblem('request/invalid-body', `${path}: base_version`, [
      {
        path: `${path}/base_version`,
        message: isNew
          ? 'left out for a new feature'
          : 'the version that is replaced or retired; of a feature new in the plan, 1',
      },
    ])
  const admitted = feature
    ? parts.inventory.admit(request, community, edit.collection, feature, `${path}/feature`)
    : { geometry: null, properties: null }
  return { ...rest, ...admitted, content_hash: hashOfContent({ ...rest, ...admitted }) }
}

function refuseOther(known: StoredEdit, hash: string, index: number): void {
  if (known.content_hash !== hash)
    throw new ApiProblem('plans/id-taken', `${known.id} is another edit`, [
      { path: `edits/${index}/id`, message: 'make a new UUID' },
    ])
}

async function refuseTaken(
  trx: Transaction<Database>,
  community: Community,
  planId: string,
  edits: readonly NewEdit[],
): Promise<void> {
  const taken = await editsElsewhere(
    trx,
    community.id,
    planId,
    edits.map(({ id }) => id),
  )
  if (taken.length > 0)
    throw new ApiProblem(
      'plans/id-taken',
      'an edit of another plan has this id',
      taken.map((id) => ({
        path: `edits/${edits.findIndex((edit) => edit.id === id)}/id`,
        message: 'make a new UUID',
      })),
    )
}

/** Two planners on one feature: whoever comes second sees the first one's edit before drawing on. */
function refuseFork(known: readonly StoredEdit[], edit: NewEdit, index: number): void {
  const latest = latestEdit(known, edit.feature_id)
  if ((latest?.id ?? null) !== edit.after_id)
    throw new ApiProblem(
      'plans/edit-conflict',
      'somebody drew on this feature meanwhile; look at it again, then draw',
      [{ path: `edits/${index}/after_id`, message: latest?.id ?? 'null' }],
    )
  if (latest?.action === 'retire' || (latest && edit.action === 'create'))
    throw new ApiProblem('plans/edit-conflict', 'take the last edit of this feature back first', [
      { path: `edits/${index}/action`, message: `the plan's last edit here is ${latest.action}` },
    ])
}

async function refuseOldBase(
  trx: Transaction<Database>,
  community: Community,
  known: readonly StoredEdit[],
  edit: NewEdit,
  index: number,
): Promise<void> {
  if (latestEdit(known, edit.feature_id)) return
  const version = await inventoryVersion(trx, community.id, edit.collection, edit.feature_id)
  if (edit.action === 'create') {
    if (version === undefined) return
    throw new ApiProblem('plans/id-taken', `${edit.feature_id} is in the inventory already`, [
      { path: `edits/${index}/feature_id`, message: 'replace it, or make a new UUID' },
    ])
  }
  if (version === undefined)
    throw new ApiProblem('inventory/not-found', `there is no ${edit.feature_id} here`, [
      { path: `edits/${index}/feature_id`, message: 'no such record here' },
    ])
  if (version !== edit.base_version)
    throw new ApiProblem('plans/base-changed', `it is at version ${version} now`, [
      { path: `edits/${index}/base_version`, message: `read it again: ${version}` },
    ])
}

function refuseUnknown(known: readonly StoredEdit[], ids: readonly string[]): void {
  const missing = ids.filter((id) => !known.some((edit) => edit.id === id))
  if (missing.length > 0)
    throw new ApiProblem(
      'plans/not-found',
      'no such edit in this plan',
      missing.map((id) => ({ path: 'ids', message: id })),
    )
}

function viewOfEdit(request: FastifyRequest, edit: StoredEdit): PlanEdit {
  const { geometry_text, made_by, content_hash: _, is_undone: __, ...rest } = edit
  return {
    ...rest,
    geometry: geometry_text === null ? null : (JSON.parse(geometry_text) as never),
    is_mine: made_by === request.person?.account_id,
    made_at: edit.made_at.toISOString(),
    undone_at: edit.undone_at?.toISOString() ?? null,
  }
}
