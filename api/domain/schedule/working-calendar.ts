import chineseDays from 'chinese-days'
import { Temporal } from 'temporal-polyfill'
import {
  lengthOf,
  MINUTES_PER_DAY,
  minutesOfClock,
  WEEKDAYS,
  type WeeklyWindow,
} from './windows.ts'

/**
 * Working time 工作时: the hours in which offices work, in a community's own time zone, with public holidays and
 * make-up workdays 调休. Chinese ones come from the package chinese-days, which follows the yearly notices of the State
 * Council (国务院办公厅关于部分节假日安排的通知).
 */
export interface WorkingCalendar {
  time_zone: string
  /** Working stretches of a local day, epoch milliseconds, sorted and disjoint. */
  stretchesOf(date: Temporal.PlainDate): readonly Stretch[]
}

type Stretch = readonly [start: number, end: number]

export interface CalendarRules {
  time_zone: string
  /** Local clock; those that name `ph` hold on public holidays, on which the others rest. */
  windows: readonly WeeklyWindow[]
  holidays: 'cn' | 'none'
  /** Days of the community's own that win over the holidays. */
  exceptions?: readonly { date: string; is_working: boolean }[]
}

const MINUTE_MS = 60_000
/** No limit runs longer than this; a calendar without working time would otherwise be searched for ever. */
const MOST_DAYS = 4_000

/**
 * A calendar from its rules.
 * @throws RangeError when the windows hold no working time at all.
 */
export function makeCalendar(rules: CalendarRules): WorkingCalendar {
  if (!rules.windows.some(({ days }) => days.some((day) => WEEKDAYS.includes(day as never))))
    throw new RangeError('a working calendar needs a window on some weekday')
  const exceptions = new Map(rules.exceptions?.map((one) => [one.date, one.is_working]))
  const known = new Map<string, readonly Stretch[]>()
  const startOf = (date: Temporal.PlainDate, minutes: number) =>
    date.toPlainDateTime().add({ minutes }).toZonedDateTime(rules.time_zone).epochMilliseconds
  const stretchesOf = (date: Temporal.PlainDate): readonly Stretch[] => {
    const key = date.toString()
    let stretches = known.get(key)
    if (!stretches) {
      stretches = merged(
        windowsOn(date).map(({ from, minutes }): [number, number] => [
          startOf(date, from),
          startOf(date, from + minutes),
        ]),
      )
      if (known.size > 5_000) known.clear()
      known.set(key, stretches)
    }
    return stretches
  }
  const windowsOn = (date: Temporal.PlainDate) => {
    const day = dayKind(date)
    return rules.windows
      .filter(({ days }) => days.includes(day))
      .map((window) => ({ from: minutesOfClock(window.from), minutes: lengthOf(window) }))
  }
  /** As which day of a week the date works: a make-up workday as a Monday, a holiday as `ph`. */
  const dayKind = (date: Temporal.PlainDate): string => {
    const weekday = WEEKDAYS[date.dayOfWeek - 1]!
    const exception = exceptions.get(date.toString())
    if (exception !== undefined) return exception ? workdayOf(date) : 'ph'
    if (rules.holidays === 'none') return weekday
    const { work } = chineseDays.getDayDetail(date.toString())
    const isWeekend = date.dayOfWeek > 5
    if (work) return isWeekend ? 'mo' : weekday
    // A weekend that belongs to no holiday is an ordinary one: some offices work on it.
    return isWeekend && !isNamedHoliday(date) ? weekday : 'ph'
  }
  return { time_zone: rules.time_zone, stretchesOf }
}

/** Whether the local date (YYYY-MM-DD) has any working time. */
export const isWorkingDay = (calendar: WorkingCalendar, date: string): boolean =>
  calendar.stretchesOf(Temporal.PlainDate.from(date)).length > 0

/**
 * The instant at which `minutes` of working time have passed since `since`; both epoch milliseconds. A limit that ends
 * with an office day ends then and not on the next morning; no minutes are over at once.
 * @throws RangeError when no end is found within about ten years.
 */
export function addWorkingMinutes(
  calendar: WorkingCalendar,
  since: number,
  minutes: number,
): number {
  if (minutes <= 0) return since
  let left = minutes * MINUTE_MS
  let date = localDate(calendar, since).subtract({ days: 1 })
  for (let day = 0; day < MOST_DAYS; day++, date = date.add({ days: 1 }))
    for (const [start, end] of calendar.stretchesOf(date)) {
      const from = Math.max(start, since)
      if (end <= from) continue
      if (end - from >= left) return from + left
      left -= end - from
    }
  throw new RangeError(`no ${minutes} working minutes within ${MOST_DAYS} days`)
}

/** Working minutes between two instants (epoch milliseconds); 0 when `until` is not later. */
export function workingMinutesBetween(
  calendar: WorkingCalendar,
  since: number,
  until: number,
): number {
  let worked = 0
  const last = localDate(calendar, until)
  // A night shift that began on the day before still counts.
  let date = localDate(calendar, since).subtract({ days: 1 })
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 }))
    for (const [start, end] of calendar.stretchesOf(date))
      worked += Math.max(0, Math.min(end, until) - Math.max(start, since))
  return worked / MINUTE_MS
}

const localDate = (calendar: WorkingCalendar, at: number): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.time_zone).toPlainDate()

const workdayOf = (date: Temporal.PlainDate): string =>
  date.dayOfWeek > 5 ? 'mo' : WEEKDAYS[date.dayOfWeek - 1]!

/** The package names a holiday as "National Day,国庆节,3", an ordinary day by its weekday alone. */
const isNamedHoliday = (date: Temporal.PlainDate): boolean =>
  chineseDays.getDayDetail(date.toString()).name.includes(',')

/** Sorted, and what touches or overlaps made one. */
function merged(stretches: [number, number][]): readonly Stretch[] {
  const result: [number, number][] = []
  for (const [start, end] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else result.push([start, end])
  }
  return result
}
