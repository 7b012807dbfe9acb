import { Temporal } from 'temporal-polyfill'
import { holidayInChina } from './holidays.ts'
import { lengthOf, minutesOfClock, WEEKDAYS, type WeeklyWindow } from './windows.ts'

/**
 * Working time 工作时: the hours in which offices work, in a community's own time zone, with public holidays and
 * make-up workdays 调休. Days are kept as they are asked for: after that no date is reckoned again.
 */
export interface WorkingCalendar {
  time_zone: string
  /** A local day by its number, days since 1970-01-01. */
  day(number: number): WorkingDay
}

/** A local day and its working stretches: epoch milliseconds, `start` inside and `end` outside; a list of pairs. */
interface WorkingDay {
  start: number
  end: number
  stretches: readonly (readonly [start: number, end: number])[]
  worked_ms: number
}

export interface CalendarRules {
  time_zone: string
  /** Local clock; those that name `ph` hold on public holidays, on which the others rest. */
  windows: readonly WeeklyWindow[]
  holidays: 'cn' | 'none'
  /** Local dates of the community's own, such as 雪顿节, that win over the holidays. */
  exceptions?: readonly { date: string; is_working: boolean }[]
}

/** Where a community says nothing: an office day with a break, Monday to Friday. */
export const OFFICE_HOURS: readonly WeeklyWindow[] = [
  { days: ['mo', 'tu', 'we', 'th', 'fr'], from: '09:00', to: '12:00' },
  { days: ['mo', 'tu', 'we', 'th', 'fr'], from: '14:00', to: '18:00' },
]

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** No limit runs longer than these eleven years; a calendar that never works would otherwise be searched for ever. */
const MOST_DAYS = 4_000
const MOST_KEPT = 20_000

/**
 * A calendar from its rules.
 * @throws RangeError when no weekday has a window.
 */
export function makeCalendar(rules: CalendarRules): WorkingCalendar {
  if (!rules.windows.some(isOnWeekdays))
    throw new RangeError('a working calendar needs a window on some weekday')
  const exceptions = new Map(rules.exceptions?.map((one) => [one.date, one.is_working]))
  const kept = new Map<number, WorkingDay>()
  const day = (number: number): WorkingDay => {
    const known = kept.get(number)
    if (known) return known
    if (kept.size >= MOST_KEPT) kept.clear()
    const made = workingDay(rules, exceptions, EPOCH.add({ days: number }))
    kept.set(number, made)
    return made
  }
  return { time_zone: rules.time_zone, day }
}

const isOnWeekdays = ({ days }: WeeklyWindow): boolean =>
  days.some((day) => WEEKDAYS.includes(day as never))

/** Whether the local date (YYYY-MM-DD) has any working time, be it the end of a night shift. */
export function isWorkingDay(calendar: WorkingCalendar, date: string): boolean {
  const number = EPOCH.until(Temporal.PlainDate.from(date), { largestUnit: 'days' }).days
  return calendar.day(number).worked_ms > 0
}

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
  const end = findWorkingEnd(calendar, since, minutes)
  if (end !== null) return end
  throw new RangeError(`no ${minutes} working minutes within ${MOST_DAYS} days`)
}

/** The same; null when no end is found. */
export function findWorkingEnd(
  calendar: WorkingCalendar,
  since: number,
  minutes: number,
): number | null {
  if (!(minutes > 0)) return since
  let left = Math.round(minutes * MINUTE_MS)
  const first = dayNumberAt(calendar, since)
  for (let number = first; number < first + MOST_DAYS; number++) {
    const { stretches, worked_ms } = calendar.day(number)
    if (number > first && worked_ms < left) {
      left -= worked_ms
      continue
    }
    for (const [start, end] of stretches) {
      const from = Math.max(start, since)
      if (end <= from) continue
      if (end - from >= left) return from + left
      left -= end - from
    }
  }
  return null
}

/** Working minutes of a week without holidays. */
export function weeklyMinutes(windows: readonly WeeklyWindow[]): number {
  if (!windows.some(isOnWeekdays)) return 0
  const plain = makeCalendar({ time_zone: 'UTC', windows, holidays: 'none' })
  return workingMinutesBetween(plain, 14 * DAY_MS, 21 * DAY_MS)
}

/** Working minutes between two instants (epoch milliseconds); 0 when `until` is not later. */
export function workingMinutesBetween(
  calendar: WorkingCalendar,
  since: number,
  until: number,
): number {
  if (!(until > since)) return 0
  let worked = 0
  const last = dayNumberAt(calendar, until)
  for (let number = dayNumberAt(calendar, since); number <= last; number++) {
    const { start, end, stretches, worked_ms } = calendar.day(number)
    if (start >= since && end <= until) worked += worked_ms
    else
      for (const [from, to] of stretches)
        worked += Math.max(0, Math.min(to, until) - Math.max(from, since))
  }
  return worked / MINUTE_MS
}

const EPOCH = Temporal.PlainDate.from('1970-01-01')

/** The local day that holds an instant. Zones are less than a day away from UTC: the first guess is nearly right. */
function dayNumberAt(calendar: WorkingCalendar, at: number): number {
  let number = Math.floor(at / DAY_MS)
  while (at < calendar.day(number).start) number--
  while (at >= calendar.day(number).end) number++
  return number
}

/** What is worked on a local date, the night shift that began on the day before among it. */
function workingDay(
  { time_zone, windows, holidays }: CalendarRules,
  exceptions: ReadonlyMap<string, boolean>,
  date: Temporal.PlainDate,
): WorkingDay {
  const start = date.toZonedDateTime(time_zone).epochMilliseconds
  const end = date.add({ days: 1 }).toZonedDateTime(time_zone).epochMilliseconds
  const pieces: [number, number][] = []
  for (const begun of [date.subtract({ days: 1 }), date]) {
    const asDay = dayAs(begun, holidays, exceptions)
    const instant = (minutes: number) =>
      begun.toPlainDateTime().add({ minutes }).toZonedDateTime(time_zone).epochMilliseconds
    for (const window of windows) {
      if (!window.days.includes(asDay)) continue
      const opens = minutesOfClock(window.from)
      const from = Math.max(start, instant(opens))
      const to = Math.min(end, instant(opens + lengthOf(window)))
      if (to > from) pieces.push([from, to])
    }
  }
  const stretches = merged(pieces)
  const worked_ms = stretches.reduce((sum, [from, to]) => sum + to - from, 0)
  return { start, end, stretches, worked_ms }
}

/** As which day of the week a date works: a make-up Saturday as a Monday, a holiday as `ph`. */
function dayAs(
  date: Temporal.PlainDate,
  holidays: 'cn' | 'none',
  exceptions: ReadonlyMap<string, boolean>,
): string {
  const weekday = WEEKDAYS[date.dayOfWeek - 1]!
  const text = date.toString()
  const exception = exceptions.get(text)
  const official = holidays === 'cn' ? holidayInChina(text) : null
  const works = exception ?? (official === null ? null : official === 'workday')
  if (works === null) return weekday
  if (!works) return 'ph'
  return date.dayOfWeek > 5 ? 'mo' : weekday
}

/** Sorted, and what touches or overlaps made one. */
function merged(pieces: [number, number][]): [number, number][] {
  const result: [number, number][] = []
  for (const [start, end] of pieces.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else result.push([start, end])
  }
  return result
}
