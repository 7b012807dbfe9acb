/** Where a bay stands between plan and street. */
export const BAY_STATUSES = ['draft', 'approved', 'painted', 'retired'] as const
export type BayStatus = (typeof BAY_STATUSES)[number]

/** What a bay may become next. An approved one goes back to draft until it is painted; a retired one is history. */
const NEXT: Readonly<Record<BayStatus, readonly BayStatus[]>> = {
  draft: ['approved'],
  approved: ['painted', 'draft'],
  painted: ['retired'],
  retired: [],
}

/** The statuses that a bay may be given from `status`, itself among them. */
export const nextBayStatuses = (status: BayStatus): readonly BayStatus[] => [
  status,
  ...NEXT[status],
]
