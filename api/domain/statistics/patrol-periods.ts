import { Temporal } from 'temporal-polyfill'

/** How often a side is to be walked: so many times a day, a week (from Monday) or a month. */
export interface WalkingPlan {
  frequency: 'daily' | 'weekly' | 'monthly'
  passes: number
  /** Local dates, YYYY-MM-DD; the last one counts. */
  first_date: string
  last_date: string | null
}

/**
 * Passes of one side that a plan asks for from one local date to another, both counted. A week or month that is only
 * partly within asks for its share, because a report for ten days shall not ask for two whole months.
 */
export function plannedPasses(plan: WalkingPlan, from: string, to: string): number {
  const start = later(from, plan.first_date)
  const end = plan.last_date === null ? to : earlier(to, plan.last_date)
  if (end < start) return 0
  const first = Temporal.PlainDate.from(start)
  const days = first.until(end, { largestUnit: 'days' }).days + 1
  if (plan.frequency === 'daily') return days * plan.passes
  if (plan.frequency === 'weekly') return (days / 7) * plan.passes
  let months = 0
  for (let date = first; Temporal.PlainDate.compare(date, end) <= 0; date = date.add({ days: 1 }))
    months += 1 / date.daysInMonth
  return months * plan.passes
}

const later = (a: string, b: string) => (a > b ? a : b)
const earlier = (a: string, b: string) => (a < b ? a : b)
