/** Where a plan stands between drawing board and street. */
export const PLAN_STATUSES = ['draft', 'review', 'approved', 'published', 'withdrawn'] as const
export type PlanStatus = (typeof PLAN_STATUSES)[number]

/** What a plan may become next. Publishing writes it into the inventory and is its end; a withdrawn one can be taken up again. */
const NEXT: Readonly<Record<PlanStatus, readonly PlanStatus[]>> = {
  draft: ['review', 'withdrawn'],
  review: ['draft', 'approved', 'withdrawn'],
  approved: ['review', 'published', 'withdrawn'],
  published: [],
  withdrawn: ['draft'],
}

/** The statuses that a plan may be given from `status`. */
export const nextPlanStatuses = (status: PlanStatus): readonly PlanStatus[] => NEXT[status]

/** Whether edits may still be made: what was approved is published as it was approved. */
export const isPlanOpen = (status: PlanStatus): boolean => status === 'draft' || status === 'review'
