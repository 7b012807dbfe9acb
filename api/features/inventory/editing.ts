import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { sql, type Transaction } from 'kysely'
import type { Engine } from '../../db/connect.ts'
import { bumpVersion, type ChangeFeed } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { recordChange } from '../../http/audit-record.ts'
import type { Community } from '../../http/community.ts'
import { refuseStale } from '../../http/if-match.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { StreetModels } from '../../model/street-models.ts'
import type { CollectionId } from './contract.ts'
import { featureText } from './feature.ts'
import { refuseContradictions } from './members.ts'
import { permitChange } from './permits.ts'
import {
  endItem,
  findItem,
  insertItem,
  type InventoryRow,
  lockItem,
  missingReferences,
  updateItem,
} from './store.ts'

export interface EditingParts {
  engine: Engine
  feed: ChangeFeed
  models: StreetModels
}

export interface Edit {
  request: FastifyRequest
  community: Community
  collection: CollectionId
  id: string
}

type Members = Readonly<Record<string, unknown>>

/** Creates a feature. The same id with the same content again is a no-op; with other content it is 409. */
export async function createItem(
  parts: EditingParts,
  edit: Edit,
  members: Members,
  geometry: object,
): Promise<{ row: InventoryRow; isNew: boolean }> {
  const result = await asCommunities(parts.engine.db, [edit.community.id], (trx) =>
    createWithin(trx, edit, members, geometry),
  )
  await parts.feed.refresh()
  return result
}

/** `createItem` within the caller's transaction. */
export async function createWithin(
  trx: Transaction<Database>,
  edit: Edit,
  members: Members,
  geometry: object,
): Promise<{ row: InventoryRow; isNew: boolean }> {
  const known = await readItem(trx, edit)
  if (known) {
    if (await isSame(trx, edit, known, members, geometry)) return { row: known, isNew: false }
    throw new ApiProblem('inventory/id-taken', `${edit.id} is already there with other content`, [
      { path: 'id', message: 'make a new UUID, or change the record with PUT' },
    ])
  }
  refuseContradictions(members)
  await refuseMissingReferences(trx, edit, members)
  const version = await bumpVersion(trx, edit.community.id, edit.collection)
  await refusingTakenExternalId(() => insertItem(trx, keyOf(edit), members, geometry, version))
  const row = (await readItem(trx, edit))!
  await auditEdit(trx, edit, 'create', null, row)
  return { row, isNew: true }
}

/** Replaces or updates a feature whose version the caller knows (`If-Match`); 412 when it changed meanwhile. */
export async function changeItem(
  parts: EditingParts,
  edit: Edit,
  action: 'replace' | 'update',
  members: Members,
  geometry: object | null,
): Promise<InventoryRow> {
  const row = await asCommunities(parts.engine.db, [edit.community.id], async (trx) => {
    const before = await lockMatching(trx, edit)
    return changeWithin(trx, edit, before, action, members, geometry)
  })
  await parts.feed.refresh()
  return row
}

/** `changeItem` within the caller's transaction, who has locked `before` and judged its version. */
export async function changeWithin(
  trx: Transaction<Database>,
  edit: Edit,
  before: InventoryRow,
  action: 'replace' | 'update',
  members: Members,
  geometry: object | null,
): Promise<InventoryRow> {
  permitChange(edit.request, edit.community.id, edit.collection, before, members)
  refuseContradictions({ ...before, ...members })
  await refuseMissingReferences(trx, edit, members)
  const version = await bumpVersion(trx, edit.community.id, edit.collection)
  await refusingTakenExternalId(() => updateItem(trx, keyOf(edit), members, geometry, version))
  const after = (await readItem(trx, edit))!
  await auditEdit(trx, edit, action, before, after)
  return after
}

/** Ends a feature: it leaves the map and stays in history. */
export async function removeItem(parts: EditingParts, edit: Edit): Promise<void> {
  await asCommunities(parts.engine.db, [edit.community.id], async (trx) => {
    await endWithin(trx, edit, await lockMatching(trx, edit))
  })
  await parts.feed.refresh()
}

/** `removeItem` within the caller's transaction, who has locked `before` and judged its version. */
export async function endWithin(
  trx: Transaction<Database>,
  edit: Edit,
  before: InventoryRow,
): Promise<void> {
  permitChange(edit.request, edit.community.id, edit.collection, before, null)
  const version = await bumpVersion(trx, edit.community.id, edit.collection)
  await endItem(trx, keyOf(edit), version)
  await auditEdit(trx, edit, 'delete', before, null)
}

/** @throws ApiProblem 404 when it was never there, 410 when it has ended. */
export function refuseMissing(
  row: InventoryRow | undefined,
  id: string,
): asserts row is InventoryRow {
  if (!row) throw new ApiProblem('inventory/not-found', `there is no ${id} here`)
  if (row.valid_to) throw new ApiProblem('inventory/gone', `${id} was removed`)
}

const keyOf = (edit: Edit) => ({
  communityId: edit.community.id,
  collection: edit.collection,
  id: edit.id,
})

const readItem = (trx: Transaction<Database>, edit: Edit) =>
  findItem(trx, edit.community.id, edit.collection, edit.id).executeTakeFirst()

async function lockMatching(trx: Transaction<Database>, edit: Edit): Promise<InventoryRow> {
  const before = await lockItem(trx, edit.community.id, edit.collection, edit.id).executeTakeFirst()
  refuseMissing(before, edit.id)
  refuseStale(edit.request, before.version)
  return before
}

async function refuseMissingReferences(
  trx: Transaction<Database>,
  edit: Edit,
  members: Members,
): Promise<void> {
  const missing = await missingReferences(trx, edit.community.id, members)
  if (missing.length > 0)
    throw new ApiProblem(
      'inventory/unknown-reference',
      `${missing.join(', ')}: no such record in this community`,
      missing.map((member) => ({ path: `properties/${member}`, message: 'no such record here' })),
    )
}

async function refusingTakenExternalId(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string }
    if (code !== '23505') throw error
    if (constraint === 'street_side_pkey')
      throw new ApiProblem('inventory/id-taken', 'a side has the id of another side', [
        { path: 'properties/sides', message: 'leave the ids of new sides out' },
      ])
    throw new ApiProblem(
      'inventory/external-id-taken',
      'another record of this community has this external_id',
      [{ path: 'properties/external_id', message: 'must be unique in the community' }],
    )
  }
}

/** Whether a repeated create asks for what is there already: compared as the database keeps it. */
async function isSame(
  trx: Transaction<Database>,
  edit: Edit,
  known: InventoryRow,
  members: Members,
  geometry: object,
): Promise<boolean> {
  if (known.valid_to) return false
  const same = await sql<{ same: boolean }>`
    select ST_Equals(ST_GeomFromGeoJSON(${known.geometry_text}), ST_GeomFromGeoJSON(${JSON.stringify(geometry)})) as same`.execute(
    trx,
  )
  const isEqual = ([member, value]: [string, unknown]) =>
    member === 'sides' || isDeepStrictEqual(known[member] ?? null, value ?? null)
  return (same.rows[0]?.same ?? false) && Object.entries(members).every(isEqual)
}

/** Keeps a change of the inventory in the audit, as whole features. */
export function auditEdit(
  trx: Transaction<Database>,
  edit: Edit,
  action: 'create' | 'replace' | 'update' | 'delete',
  before: InventoryRow | null,
  after: InventoryRow | null,
): Promise<void> {
  const asFeature = (row: InventoryRow | null): unknown => row && JSON.parse(featureText(row))
  const reason = edit.request.headers['change-reason']
  return recordChange(trx, {
    community_id: edit.community.id,
    actor_id: edit.request.person?.account_id ?? null,
    action,
    collection: edit.collection,
    record_id: edit.id,
    before: asFeature(before),
    after: asFeature(after),
    // Header values are Latin-1; reasons are not, so they come percent-coded.
    reason: typeof reason === 'string' ? decodeReason(reason) : null,
    request_id: edit.request.id,
  })
}

function decodeReason(text: string): string {
  try {
    return decodeURIComponent(text).slice(0, 1000)
  } catch {
    return text.slice(0, 1000)
  }
}
