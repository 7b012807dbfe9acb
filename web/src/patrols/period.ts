import { localParts } from '../../../api/domain/schedule/instant.ts'
import { periodOf, spanOf } from '../../../api/domain/statistics/patrol-periods.ts'

/** The spans of time that the page offers, on the community's clock. Pure. */

export const PERIODS = ['today', 'week', 'month', 'last_month'] as const
export type Period = (typeof PERIODS)[number]

const DAY_MS = 86_400_000

/** The calendar date `days` later, or earlier. */
export const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** The local date of an instant. */
export const dateOf = (at: number, timeZone: string): string => localParts(at, timeZone).date

/** From midnight to midnight around a local date, epoch milliseconds. */
export const spanOfDay = (date: string, timeZone: string) =>
  spanOf({ first_date: date, last_date: date }, timeZone)

/** From the first midnight of a period to the one after it, epoch milliseconds. */
export function spanOfPeriod(
  period: Period,
  now: number,
  timeZone: string,
): { from: number; to: number } {
  const today = dateOf(now, timeZone)
  switch (period) {
    case 'today':
      return spanOfDay(today, timeZone)
    case 'week':
      return spanOf(periodOf('weekly', today), timeZone)
    case 'month':
      return spanOf(periodOf('monthly', today), timeZone)
    case 'last_month': {
      const { first_date } = periodOf('monthly', today)
      return spanOf(periodOf('monthly', dateAfter(first_date, -1)), timeZone)
    }
  }
}
