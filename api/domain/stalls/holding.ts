import { Temporal } from 'temporal-polyfill'
import {
  lengthOf,
  MINUTES_PER_DAY,
  minutesOfClock,
  sharedMinutes,
  WEEKDAYS,
  weekIntervals,
  type WeeklyWindow,
} from '../schedule/windows.ts'

/** When a stall is held: weekly windows between two dates, as rows that a database can hold apart from each other. */

/** Minutes of one weekday (0 Monday), from a date of that weekday to a last one; the end of `minutes` is open. */
export interface Hold {
  weekday: number
  minutes: readonly [from: number, to: number]
  first_date: string
  last_date: string
}

/** One time somebody has a stall: local date of its start; `to` ≤ `from` ends on the day after. */
export interface Occurrence {
  date: string
  from: string
  to: string
}

/** How long somebody may be given a stall at once. */
export const MOST_YEARS = 3

/**
 * The holds of weekly windows from `first_date` to `last_date`, local and both included. What runs on after midnight
 * belongs to the next day, also after the last. The dates of a hold begin and end on its weekday: two holds overlap in
 * dates and minutes exactly if there is a day on which both have the stall.
 */
export function holdsOf(
  windows: readonly WeeklyWindow[],
  first_date: string,
  last_date: string,
): Hold[] {
  return windows.flatMap((window) =>
    window.days.flatMap((day) => {
      const weekday = WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number])
      const [first, last] = weekday < 0 ? [null, null] : aligned(first_date, last_date, weekday)
      if (first === null || last === null) return []
      const from = minutesOfClock(window.from)
      const end = from + lengthOf(window)
      const hold = (days: number, minutes: Hold['minutes']): Hold => ({
        weekday: (weekday + days) % 7,
        minutes,
        first_date: first.add({ days }).toString(),
        last_date: last.add({ days }).toString(),
      })
      return end > MINUTES_PER_DAY
        ? [hold(0, [from, MINUTES_PER_DAY]), hold(1, [0, end - MINUTES_PER_DAY])]
        : [hold(0, [from, end])]
    }),
  )
}

/** The first and last date of a weekday between two dates; nulls where it does not come. */
function aligned(first_date: string, last_date: string, weekday: number) {
  const first = Temporal.PlainDate.from(first_date)
  const last = Temporal.PlainDate.from(last_date)
  const start = first.add({ days: (weekday - (first.dayOfWeek - 1) + 7) % 7 })
  if (Temporal.PlainDate.compare(start, last) > 0) return [null, null] as const
  return [start, last.subtract({ days: (last.dayOfWeek - 1 - weekday + 7) % 7 })] as const
}

export type HoldingFault =
  | 'no_day'
  | 'overlapping'
  | 'holiday'
  | 'outside_hours'
  | 'outside_dates'
  | 'too_long'
  | 'backwards'

/** Why windows and dates cannot be given within a zone's own; null where they can. `ph` is no day of a week. */
export function holdingFault(
  wanted: { windows: readonly WeeklyWindow[]; first_date: string; last_date: string },
  zone: {
    windows: readonly WeeklyWindow[]
    first_date: string | null
    last_date: string | null
  },
): HoldingFault | null {
  const { windows, first_date, last_date } = wanted
  if (last_date < first_date) return 'backwards'
  if (Temporal.PlainDate.from(first_date).add({ years: MOST_YEARS }).toString() < last_date)
    return 'too_long'
  if (windows.some(({ days }) => days.includes('ph'))) return 'holiday'
  const intervals = weekIntervals(windows)
  const minutes = intervals.reduce((sum, [from, to]) => sum + to - from, 0)
  const said = windows.reduce((sum, window) => sum + lengthOf(window) * window.days.length, 0)
  if (said !== minutes) return 'overlapping'
  if (sharedMinutes(intervals, weekIntervals(zone.windows)) !== minutes) return 'outside_hours'
  if (
    (zone.first_date !== null && first_date < zone.first_date) ||
    (zone.last_date !== null && last_date > zone.last_date)
  )
    return 'outside_dates'
  return holdsOf(windows, first_date, last_date).length === 0 ? 'no_day' : null
}

/** When somebody has a stall between two dates, both included, in order. */
export function occurrencesOf(
  held: { windows: readonly WeeklyWindow[]; first_date: string; last_date: string },
  from_date: string,
  to_date: string,
): Occurrence[] {
  const from = held.first_date > from_date ? held.first_date : from_date
  const to = held.last_date < to_date ? held.last_date : to_date
  const found: Occurrence[] = []
  for (
    let date = Temporal.PlainDate.from(from);
    date.toString() <= to;
    date = date.add({ days: 1 })
  ) {
    const day = WEEKDAYS[date.dayOfWeek - 1]!
    for (const window of held.windows)
      if (window.days.includes(day))
        found.push({ date: date.toString(), from: window.from, to: window.to })
  }
  return found.sort((a, b) => (a.date + a.from < b.date + b.from ? -1 : 1))
}

export type PermitState = 'valid' | 'not_yet' | 'suspended' | 'ended'

/** What whoever checks a permit on a local date is told. */
export function permitState(
  held: { status: string; first_date: string; last_date: string },
  zone_status: string,
  today: string,
): PermitState {
  if (held.status === 'ended' || held.last_date < today || zone_status === 'ended') return 'ended'
  if (held.status === 'suspended' || zone_status === 'suspended') return 'suspended'
  return held.first_date > today ? 'not_yet' : 'valid'
}
