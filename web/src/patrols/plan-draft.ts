import type { PatrolPlan } from '../../../api/features/patrols/contract.ts'

/** A plan while it is written. Pure. */

export type PlanDraft = Pick<
  PatrolPlan,
  'grid_id' | 'frequency' | 'passes' | 'account_id' | 'first_date' | 'last_date'
>
const MEMBERS = [
  'grid_id',
  'frequency',
  'passes',
  'account_id',
  'first_date',
  'last_date',
] as const satisfies readonly (keyof PlanDraft)[]

export const draftOf = (plan: PlanDraft): PlanDraft => ({
  grid_id: plan.grid_id,
  frequency: plan.frequency,
  passes: plan.passes,
  account_id: plan.account_id,
  first_date: plan.first_date,
  last_date: plan.last_date,
})

/** What differs from the plan as it was read: only that is sent, so that others' changes of the rest stay. */
export function changesOf(draft: PlanDraft, plan: PlanDraft): Partial<PlanDraft> {
  return Object.fromEntries(
    MEMBERS.filter((name) => draft[name] !== plan[name]).map((name) => [name, draft[name]]),
  )
}

export type DraftFault = 'passes_range' | 'date_missing' | 'date_order'

/** What the server would refuse, said before it is sent; null where nothing is wrong. */
export function faultOf({ passes, first_date, last_date }: PlanDraft): DraftFault | null {
  if (!Number.isInteger(passes) || passes < 1 || passes > 50) return 'passes_range'
  if (first_date === '') return 'date_missing'
  return last_date !== null && last_date < first_date ? 'date_order' : null
}
