import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { Community } from '../../http/community.ts'
import { ApiProblem, type FieldError } from '../../http/problem.ts'
import { writableProperties } from './contract.ts'
import { changeWithin, createWithin, type Edit, endWithin, refuseMissing } from './editing.ts'
import { admitFeature, admitPlace } from './feature.ts'
import { emptyMembers, ownMembers, refuseContradictions } from './members.ts'
import { type InventoryRow, lockItem } from './store.ts'

/** The closed shape of each collection's properties, made once: Fastify keeps compiled checks by identity. */
const PROPERTIES = {
  bays: writableProperties('bays', false),
  vendor_zones: writableProperties('vendor_zones', false),
}
type Planned = keyof typeof PROPERTIES

/**
 * Lets a planned feature in as the inventory would take it.
 * @throws ApiProblem 422 naming the faulty member below `path`.
 */
export function admitPlanned(
  request: FastifyRequest,
  community: Community,
  collection: Planned,
  feature: { geometry: unknown; properties: Record<string, unknown> },
  path: string,
): { geometry: object; properties: Record<string, unknown> } {
  const schema = PROPERTIES[collection]
  const validate =
    request.getValidationFunction(schema) ?? request.compileValidationSchema(schema, 'body')
  if (!validate(feature.properties)) {
    const errors = (validate.errors ?? []).map((fault): FieldError => ({
      path: `${path}/properties${fault.instancePath}`,
      message: fault.message ?? 'not valid',
    }))
    throw new ApiProblem('request/invalid-body', 'not as the collection takes it', errors)
  }
  try {
    const { geometry, properties } = admitFeature(collection, feature)
    admitPlace(geometry, community.bbox)
    const members = ownMembers(properties)
    refuseContradictions(members)
    return { geometry, properties: members }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    throw new ApiProblem(
      error.code,
      error.message,
      (error.errors ?? []).map((fault) => ({ ...fault, path: `${path}/${fault.path}` })),
    )
  }
}

/**
 * Writes what a plan decided into the inventory, within the caller's transaction. A new bay or zone is approved by it;
 * a painted one that is given up is retired, one still on paper is removed.
 * @returns the record's version.
 * @throws ApiProblem 409 `plans/base-changed` when the record changed since the plan saw it.
 */
export async function publishPlanned(
  trx: Transaction<Database>,
  request: FastifyRequest,
  community: Community,
  planned: {
    action: 'create' | 'replace' | 'retire'
    collection: Planned
    id: string
    base_version: number | null
    geometry: object | null
    properties: Record<string, unknown> | null
  },
): Promise<number> {
  const { collection, id } = planned
  const edit: Edit = { request, community, collection, id }
  if (planned.action === 'create') {
    const members = { ...planned.properties, status: 'approved' }
    return (await createWithin(trx, edit, members, planned.geometry!)).row.version
  }
  const before = await lockUnchanged(trx, edit, planned.base_version)
  if (planned.action === 'replace') {
    const isOnPaper = ['draft', 'proposed'].includes(before['status'] as string)
    const members = {
      ...emptyMembers(collection),
      ...planned.properties,
      status: isOnPaper ? 'approved' : before['status'],
    }
    return (await changeWithin(trx, edit, before, 'replace', members, planned.geometry)).version
  }
  const over = collection === 'bays' ? 'retired' : 'ended'
  const isOnStreet = ['painted', 'suspended'].includes(before['status'] as string)
  if (isOnStreet || (collection === 'vendor_zones' && before['status'] === 'approved'))
    return (await changeWithin(trx, edit, before, 'update', { status: over }, null)).version
  await endWithin(trx, edit, before)
  return before.version + 1
}

async function lockUnchanged(
  trx: Transaction<Database>,
  { community, collection, id }: Edit,
  version: number | null,
): Promise<InventoryRow> {
  const before = await lockItem(trx, community.id, collection, id).executeTakeFirst()
  refuseMissing(before, id)
  if (before.version !== version)
    throw new ApiProblem(
      'plans/base-changed',
      `${id} was changed since the plan took it up: it is at version ${before.version} now`,
      [{ path: id, message: `planned on version ${version}` }],
    )
  return before
}
