/**
 * Weekly windows as minutes of a week: the pure arithmetic behind "open when?" and "how many hours do they share?".
 * A week starts on Monday 00:00 local time and has 10,080 minutes; daylight saving shifts are left to `isOpenAt`.
 */

/** Local clock times; `to` ≤ `from` crosses midnight, "24:00" ends a day, `ph` = public holidays. */
export interface WeeklyWindow {
  days: readonly string[]
  from: string
  to: string
}

/** Minutes from Monday 00:00: 0 ≤ start < end ≤ 10,080; lists of them are sorted and disjoint. */
export type Interval = readonly [start: number, end: number]

export const MINUTES_PER_DAY = 1440
export const MINUTES_PER_WEEK = 10_080

/** Monday first, as `days` and the week's minutes count them. */
export const WEEKDAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const

/** Every minute of the week: one list, so that what is always open is known by it. */
export const ALWAYS: readonly Interval[] = [[0, MINUTES_PER_WEEK]]

/**
 * The minutes of an ordinary week that windows cover; null means always. A public holiday is no day of an ordinary
 * week, so `ph` adds nothing here. Overlapping windows are merged.
 */
export function weekIntervals(windows: readonly WeeklyWindow[] | null): Interval[] {
  if (windows === null) return [...ALWAYS]
  const pieces: [number, number][] = []
  for (const window of windows)
    for (const day of window.days) {
      const weekday = WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number])
      if (weekday < 0) continue
      const start = weekday * MINUTES_PER_DAY + minutesOfClock(window.from)
      const end = start + lengthOf(window)
      pieces.push([start, Math.min(end, MINUTES_PER_WEEK)])
      // Sunday night runs on into Monday morning.
      if (end > MINUTES_PER_WEEK) pieces.push([0, end - MINUTES_PER_WEEK])
    }
  return mergeIntervals(pieces)
}

/** The minutes a window lasts; from = to is a whole day. */
export function lengthOf(window: WeeklyWindow): number {
  const from = minutesOfClock(window.from)
  const to = minutesOfClock(window.to)
  return to > from ? to - from : to - from + MINUTES_PER_DAY
}

/** Minutes after midnight of a clock text such as "18:30" or "24:00". */
export function minutesOfClock(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
}

/** Minutes a week in which both lists are open. */
export function sharedMinutes(a: readonly Interval[], b: readonly Interval[]): number {
  let minutes = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]![0], b[j]![0])
    const end = Math.min(a[i]![1], b[j]![1])
    if (end > start) minutes += end - start
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return minutes
}

/** The intervals in which both lists are open. */
export function sharedIntervals(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  // What is always open leaves the other as it is: most bays are.
  if (a === ALWAYS) return b as Interval[]
  if (b === ALWAYS) return a as Interval[]
  const shared: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]![0], b[j]![0])
    const end = Math.min(a[i]![1], b[j]![1])
    if (end > start) shared.push([start, end])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return shared
}

/** Intervals as windows again, one a day or night, days of equal hours gathered. */
export function intervalsToWindows(intervals: readonly Interval[]): WeeklyWindow[] {
  const byHours = new Map<number, number>()
  for (const [start, end] of joinAtWeekEnd(intervals)) {
    if (end - start >= MINUTES_PER_WEEK) {
      for (let day = 0; day < 7; day++) addDay(byHours, day, 0, MINUTES_PER_DAY)
      continue
    }
    let at = start
    while (at < end) {
      const day = Math.floor(at / MINUTES_PER_DAY)
      const from = at - day * MINUTES_PER_DAY
      const left = end - at
      // A night that ends before the next day's same clock time stays one window across midnight.
      const isOneNight = left <= MINUTES_PER_DAY && from > 0
      const to = isOneNight ? from + left : Math.min(from + left, MINUTES_PER_DAY)
      addDay(byHours, day, from, to > MINUTES_PER_DAY ? to - MINUTES_PER_DAY : to)
      at += to - from
    }
  }
  return Array.from(byHours, ([hours, days]) => ({
    days: WEEKDAYS.filter((_, day) => days & (1 << day)),
    from: clockOfMinutes(Math.floor(hours / HOURS_KEY)),
    to: clockOfMinutes(hours % HOURS_KEY),
  }))
}

/** Above every minute of a day, "24:00" too: two clocks in one number. */
const HOURS_KEY = 2048

/** Enters a weekday, as a bit, under its hours. */
function addDay(byHours: Map<number, number>, day: number, from: number, to: number): void {
  const key = from * HOURS_KEY + to
  byHours.set(key, (byHours.get(key) ?? 0) | (1 << (day % 7)))
}

function joinAtWeekEnd(intervals: readonly Interval[]): Interval[] {
  const first = intervals[0]
  const last = intervals.at(-1)
  if (!first || !last || first === last || first[0] !== 0 || last[1] !== MINUTES_PER_WEEK)
    return [...intervals]
  return [...intervals.slice(1, -1), [last[0], last[1] + first[1]]]
}

/** "18:30" for 1,110 minutes after midnight; 1,440 is "24:00". */
export function clockOfMinutes(minutes: number): string {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

const twoDigits = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** Pieces in any order as sorted, disjoint intervals; the pieces are used up. */
export function mergeIntervals(pieces: [number, number][]): Interval[] {
  const merged: [number, number][] = []
  for (const [start, end] of pieces.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}
