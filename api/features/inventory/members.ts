import type { WeeklyWindow } from '../../domain/schedule/windows.ts'
import { ApiProblem, type FieldError } from '../../http/problem.ts'
import { COLLECTIONS, type CollectionId, Kept } from './contract.ts'

type Members = Readonly<Record<string, unknown>>

/** The client's members without those that the server keeps; `external_id` and `source` are the client's. */
export function ownMembers(properties: Members): Record<string, unknown> {
  const members = { ...properties }
  for (const kept of Object.keys(Kept.properties))
    if (kept !== 'external_id' && kept !== 'source') delete members[kept]
  delete members['shared_spaces']
  return members
}

/** A replacement leaves nothing of the old record: members not sent become null, a status its default. */
export function emptyMembers(collection: CollectionId): Record<string, unknown> {
  const { properties, required = [] } = COLLECTIONS[collection].properties as unknown as {
    properties: Record<string, unknown>
    required?: string[]
  }
  const members: Record<string, unknown> = { external_id: null, source: null }
  for (const member of Object.keys(properties))
    if (
      !required.includes(member) &&
      member !== 'status' &&
      member !== 'sides' &&
      member !== 'shared_spaces'
    )
      members[member] = null
  if (collection === 'bays' || collection === 'vendor_zones') members['status'] = 'draft'
  if (collection === 'street_segments') members['sides'] = []
  return members
}

/**
 * Refuses what each member alone may be but not together with the others; `record` is the whole of it as it would be.
 * @throws ApiProblem 422 naming the member.
 */
export function refuseContradictions(record: Members): void {
  const errors: FieldError[] = []
  const { first_date, last_date, windows, sides } = record as {
    first_date?: string | null
    last_date?: string | null
    windows?: readonly WeeklyWindow[] | null
    sides?: readonly { side: string }[]
  }
  if (first_date && last_date && last_date < first_date)
    errors.push({ path: 'properties/last_date', message: 'must not lie before first_date' })
  for (const [index, { from, to }] of (windows ?? []).entries())
    if (from === to)
      errors.push({
        path: `properties/windows/${index}/to`,
        message: 'must differ from "from"; a whole day is 00:00 to 24:00',
      })
  if (sides && new Set(sides.map(({ side }) => side)).size < sides.length)
    errors.push({ path: 'properties/sides/1/side', message: 'each side once' })
  const [first] = errors
  if (first) throw new ApiProblem('request/invalid-body', `${first.path}: ${first.message}`, errors)
}
