import type { FastifyRequest } from 'fastify'
import { type BayStatus, nextBayStatuses } from '../../domain/bay-status.ts'
import { ApiProblem } from '../../http/problem.ts'
import { type Action, requireRight } from '../../http/rights.ts'
import type { CollectionId } from './contract.ts'

type Members = Readonly<Record<string, unknown>>

/** What is still on paper; everything else of a plan stands on the street or is about to. */
const ON_PAPER: ReadonlySet<unknown> = new Set([undefined, 'draft', 'proposed'])

/** The right that writing these members takes. Putting a bay or zone in force is a decision, drawing it is not. */
export function rightFor(collection: CollectionId, members: Members): Action {
  if (collection !== 'bays' && collection !== 'vendor_zones') return 'edit_inventory'
  return ON_PAPER.has(members['status']) ? 'draft_plan' : 'approve_bay'
}

/**
 * Judges a change against the record as it is: one in force takes the right to decide, whatever of it is changed, and
 * a bay goes from status to status in order. `members` null: it is removed.
 * @throws ApiProblem 403, or 409 naming the statuses that are allowed from here.
 */
export function permitChange(
  request: FastifyRequest,
  communityId: string,
  collection: CollectionId,
  before: Members,
  members: Members | null,
): void {
  requireRight(request, communityId, rightFor(collection, before))
  const status = members?.['status'] as BayStatus | undefined
  if (collection !== 'bays' || status === undefined) return
  const from = before['status'] as BayStatus
  const allowed = nextBayStatuses(from)
  if (allowed.includes(status)) return
  throw new ApiProblem(
    'inventory/step-not-allowed',
    `a bay does not go from ${from} to ${status}`,
    [{ path: 'properties/status', message: `allowed from ${from}: ${allowed.join(', ')}` }],
  )
}
