import { holidayInChina } from './holidays.ts'
import {
  clockOfMinutes,
  type Interval,
  intervalsToWindows,
  lengthOf,
  mergeIntervals,
  MINUTES_PER_DAY,
  MINUTES_PER_WEEK,
  minutesOfClock,
  sharedIntervals,
  WEEKDAYS,
  type WeeklyWindow,
} from './windows.ts'

/**
 * Public holidays on an axis of their own, so that what meets only then is found by the same arithmetic as an ordinary
 * week. Three weeks, one after the other: days that are holidays after an ordinary day, holidays after a holiday, and
 * ordinary days after a holiday. With the ordinary week these are all that a day and the night before it can be.
 */

/** Which holidays a community keeps. */
export type HolidayCalendar = 'cn' | 'none'

/** When something is there: minutes of an ordinary week, and of the holiday axis where its windows name holidays. */
export interface Times {
  week: readonly Interval[]
  holidays: readonly Interval[]
}

export const namesHolidays = (windows: readonly WeeklyWindow[] | null | undefined): boolean =>
  windows?.some(({ days }) => days.includes('ph')) ?? false

/** The minutes of the holiday axis that windows with `ph` cover: on a holiday those hold and no others. */
export function aroundHolidays(windows: readonly WeeklyWindow[]): Interval[] {
  const pieces: [number, number][] = []
  const on = (day: string) => windows.filter(({ days }) => days.includes(day))
  const holiday = on('ph')
  for (let block = 0; block < 3; block++)
    for (let weekday = 0; weekday < 7; weekday++) {
      const start = (block * 7 + weekday) * MINUTES_PER_DAY
      for (const window of block === 2 ? on(WEEKDAYS[weekday]!) : holiday) {
        const from = minutesOfClock(window.from)
        pieces.push([start + from, start + Math.min(from + lengthOf(window), MINUTES_PER_DAY)])
      }
      for (const window of block === 0 ? on(WEEKDAYS[(weekday + 6) % 7]!) : holiday) {
        const over = minutesOfClock(window.from) + lengthOf(window) - MINUTES_PER_DAY
        if (over > 0) pieces.push([start, start + over])
      }
    }
  return mergeIntervals(pieces)
}

/** An ordinary week on the holiday axis: whoever names no holidays keeps to the weekday on them. */
export const repeatedWeek = (week: readonly Interval[]): Interval[] =>
  [0, 1, 2].flatMap((block) =>
    week.map(([start, end]): Interval => [
      start + block * MINUTES_PER_WEEK,
      end + block * MINUTES_PER_WEEK,
    ]),
  )

/**
 * The minutes that a stretch of local dates (YYYY-MM-DD, both included; null: open) leaves of each axis; null where it
 * leaves all. `plain` is the ordinary week for uses that name no holidays: to them a holiday is a weekday.
 */
export interface DatedTimes {
  plain: readonly Interval[] | null
  week: readonly Interval[] | null
  holidays: readonly Interval[] | null
}

/** Every kind of day comes within a longer stretch than this. */
const MOST_DAYS = 400
const DAY_MS = 86_400_000
const ALL: DatedTimes = { plain: null, week: null, holidays: null }
const ALL_ORDINARY: DatedTimes = { plain: null, week: null, holidays: [] }

/** `from_minute` and `to_minute` cut the first and the last of the dates. */
export function timesOfDates(
  first: string | null,
  last: string | null,
  calendar: HolidayCalendar,
  cut: { from_minute: number; to_minute: number } = { from_minute: 0, to_minute: MINUTES_PER_DAY },
): DatedTimes {
  const from = first === null ? null : dayNumber(first)
  const to = last === null ? null : dayNumber(last)
  if (from === null || to === null || to - from > MOST_DAYS)
    return calendar === 'none' ? ALL_ORDINARY : ALL
  const isHoliday = (day: number) =>
    calendar === 'cn' &&
    holidayInChina(new Date(day * DAY_MS).toISOString().slice(0, 10)) === 'holiday'
  const [plain, week, holidays]: [number, number][][] = [[], [], []]
  let wasHoliday = isHoliday(from - 1)
  for (let day = from; day <= to; day++) {
    const today = isHoliday(day)
    // 1 January 1970 was a Thursday.
    const weekday = (((day + 3) % 7) + 7) % 7
    const piece = (start: number): [number, number] => [
      start + (day === from ? cut.from_minute : 0),
      start + (day === to ? cut.to_minute : MINUTES_PER_DAY),
    ]
    plain!.push(piece(weekday * MINUTES_PER_DAY))
    if (!today && !wasHoliday) week!.push(piece(weekday * MINUTES_PER_DAY))
    else {
      const block = today ? (wasHoliday ? 1 : 0) : 2
      holidays!.push(piece((block * 7 + weekday) * MINUTES_PER_DAY))
    }
    wasHoliday = today
  }
  return {
    plain: mergeIntervals(plain!),
    week: mergeIntervals(week!),
    holidays: mergeIntervals(holidays!),
  }
}

const dayNumber = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS)

/** Intervals within others; null is everything. */
export const within = (
  intervals: readonly Interval[],
  others: readonly Interval[] | null,
): readonly Interval[] => (others === null ? intervals : sharedIntervals(intervals, others))

/** Times as windows: those of an ordinary week, and `ph` beside the days whose hours it has, else by itself. */
export function timesToWindows({ week, holidays }: Times): WeeklyWindow[] {
  const windows = intervalsToWindows(week)
  if (holidays.length === 0) return windows
  for (const [from, to] of holidayHours(week, holidays)) {
    const [opens, closes] = [
      clockOfMinutes(from % MINUTES_PER_DAY),
      clockOfMinutes(
        to - from >= MINUTES_PER_DAY
          ? MINUTES_PER_DAY
          : to > MINUTES_PER_DAY
            ? to % MINUTES_PER_DAY
            : to,
      ),
    ]
    const same = windows.findIndex((window) => window.from === opens && window.to === closes)
    if (same < 0) windows.push({ days: ['ph'], from: opens, to: closes })
    else windows[same] = { ...windows[same]!, days: [...windows[same]!.days, 'ph'] }
  }
  return windows
}

/** Hours of a holiday and the night after it, minutes from its midnight, whatever weekday it falls on. */
export function holidayHours(week: readonly Interval[], holidays: readonly Interval[]): Interval[] {
  const pieces: [number, number][] = []
  const days = Array.from({ length: 21 }, (_, day): Interval => [
    day * MINUTES_PER_DAY,
    (day + 1) * MINUTES_PER_DAY,
  ])
  for (const [day, whole] of days.entries())
    for (const [start, end] of sharedIntervals(holidays, [whole])) {
      const from = start - whole[0]
      if (day < 14) pieces.push([from, from + end - start])
      else {
        // The morning after: only what the ordinary weekday would not have as well.
        const base = (day - 14) * MINUTES_PER_DAY
        const known = sharedIntervals(week, [[base + from, base + from + end - start]])
        if (known.length === 0)
          pieces.push([from + MINUTES_PER_DAY, from + MINUTES_PER_DAY + end - start])
      }
    }
  return mergeIntervals(pieces)
}

/** When something is there in the week that begins on a Monday (YYYY-MM-DD): minutes of that very week. */
export function openInWeek(
  feature: {
    open: readonly Interval[]
    open_holidays: readonly Interval[] | null
    properties: Readonly<Record<string, unknown>>
  },
  monday: string,
  calendar: HolidayCalendar,
): Interval[] {
  const begins = dayNumber(monday)
  const date = (member: string) => feature.properties[member] as string | null | undefined
  const [first, last] = [date('first_date'), date('last_date')]
  const days: Interval = [
    first ? Math.max(0, dayNumber(first) - begins) * MINUTES_PER_DAY : 0,
    last
      ? Math.min(7, Math.max(0, dayNumber(last) - begins + 1)) * MINUTES_PER_DAY
      : MINUTES_PER_WEEK,
  ]
  if (days[0] >= days[1]) return []
  if (feature.open_holidays === null) return sharedIntervals(feature.open, [days])
  const sunday = new Date((begins + 6) * DAY_MS).toISOString().slice(0, 10)
  const dated = timesOfDates(monday, sunday, calendar)
  const pieces = [
    ...within(feature.open, dated.week),
    ...within(feature.open_holidays, dated.holidays).flatMap((one) => onWeekdays(one)),
  ].map(([from, to]): [number, number] => [from, to])
  return sharedIntervals(mergeIntervals(pieces), [days])
}

/** An interval of the holiday axis as minutes of the week, cut at the week's end. */
export function onWeekdays([from, to]: Interval): [number, number][] {
  const start = from % MINUTES_PER_WEEK
  const end = start + to - from
  if (end - start >= MINUTES_PER_WEEK) return [[0, MINUTES_PER_WEEK]]
  return end <= MINUTES_PER_WEEK
    ? [[start, end]]
    : [
        [start, MINUTES_PER_WEEK],
        [0, end - MINUTES_PER_WEEK],
      ]
}
