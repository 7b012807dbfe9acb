import { Temporal } from 'temporal-polyfill'

export type Frequency = 'daily' | 'weekly' | 'monthly'

/** From the round that looks least closely to the one that looks most closely: 每日巡查, 每周排查, 每月整治. */
const BY_THOROUGHNESS: readonly Frequency[] = ['daily', 'weekly', 'monthly']

/** How often a side is to be walked: so many times a day, a week (from Monday) or a month. */
export interface WalkingPlan {
  frequency: Frequency
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

/**
 * Passes of one side that several plans of a grid ask for together. Plans of the same frequency add up; of different
 * ones the most demanding counts, because a round that looks closely is a lesser one as well.
 */
export function plannedTogether(plans: readonly WalkingPlan[], from: string, to: string): number {
  const asked = BY_THOROUGHNESS.map((frequency) =>
    plans
      .filter((plan) => plan.frequency === frequency)
      .reduce((sum, plan) => sum + plannedPasses(plan, from, to), 0),
  )
  return Math.max(...asked)
}

/** The rounds that meet a duty: its own, and those that look more closely. */
export const roundsThatMeet = (duty: Frequency): readonly Frequency[] =>
  BY_THOROUGHNESS.slice(BY_THOROUGHNESS.indexOf(duty))

/** The day, the week from Monday or the month that holds a local date; both dates counted. */
export function periodOf(
  frequency: Frequency,
  date: string,
): { first_date: string; last_date: string } {
  const day = Temporal.PlainDate.from(date)
  const first =
    frequency === 'daily'
      ? day
      : frequency === 'weekly'
        ? day.subtract({ days: day.dayOfWeek - 1 })
        : day.with({ day: 1 })
  const days = { daily: 1, weekly: 7, monthly: day.daysInMonth }[frequency]
  return { first_date: first.toString(), last_date: first.add({ days: days - 1 }).toString() }
}

/** From the midnight before the first local date to the one after the last, as epoch milliseconds. */
export function spanOf(
  { first_date, last_date }: { first_date: string; last_date: string },
  timeZone: string,
): { from: number; to: number } {
  const midnight = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds
  return {
    from: midnight(Temporal.PlainDate.from(first_date)),
    to: midnight(Temporal.PlainDate.from(last_date).add({ days: 1 })),
  }
}

const later = (a: string, b: string) => (a > b ? a : b)
const earlier = (a: string, b: string) => (a < b ? a : b)
