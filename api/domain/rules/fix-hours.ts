import { holidayHours, onWeekdays } from '../schedule/around-holidays.ts'
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
  sharedMinutes,
  WEEKDAYS,
  type WeeklyWindow,
} from '../schedule/windows.ts'
import type { RescheduleFix, WindowChange } from './finding.ts'
import type { Trial } from './fix-trial.ts'
import { sharedTimes } from './meeting.ts'
import { type PlacedFeature, placeFeature } from './scene.ts'

/** Less than this is not worth opening for. */
const LEAST_LEFT_MINUTES = 30

/**
 * Other hours that mend a finding: each day's window starts later or ends earlier, whichever loses less, and days
 * without anything left fall away. What was there at all hours stays away during the other's. Null where nothing
 * would be left, or where the finding is about no other.
 */
export function rescheduled(trial: Trial): RescheduleFix | null {
  const { subject, scene, finding } = trial
  const other = finding.other && otherOf(trial)
  const shared = other && sharedTimes(subject, other, scene.holidays ?? 'cn')
  if (!shared) return null
  const windows = subject.properties['windows'] as readonly WeeklyWindow[] | null | undefined
  // On a holiday whoever names none keeps the weekday: what meets then is in the way of that weekday.
  const taken = mergeIntervals([
    ...shared.week.map(([from, to]): [number, number] => [from, to]),
    ...(subject.open_holidays ? [] : shared.holidays.flatMap(onWeekdays)),
  ])
  const plan = windows
    ? trimmed(windows, taken, holidayHours(shared.week, shared.holidays))
    : besides(subject, taken)
  if (!plan || plan.windows.length === 0) return null
  const changed = placeFeature(scene.frame, {
    ...subject,
    properties: { ...subject.properties, windows: plan.windows },
  })
  return trial.isGood(changed) ? { kind: 'reschedule', ...plan } : null
}

type Plan = Omit<RescheduleFix, 'kind'>

function otherOf({ finding, scene }: Trial): PlacedFeature | null {
  const layer = scene.layers.get(finding.other!.collection)
  const is = ({ id }: PlacedFeature) => id === finding.other!.id
  return layer?.drafts?.find(is) ?? layer?.features.find(is) ?? null
}

function besides(subject: PlacedFeature, taken: readonly Interval[]): Plan | null {
  if (subject.collection !== 'bays') return null
  const free: [number, number][] = []
  let at = 0
  for (const [from, to] of taken) {
    if (from > at) free.push([at, from])
    at = to
  }
  if (at < MINUTES_PER_WEEK) free.push([at, MINUTES_PER_WEEK])
  const windows = intervalsToWindows(free)
  return {
    windows,
    changes: windows
      .filter(({ from, to }) => from !== '00:00' || to !== '24:00')
      .map(({ days, from, to }) => ({
        days: [...days],
        from: { from: '00:00', to: '24:00' },
        to: { from, to },
      })),
    minutes_lost_per_week: taken.reduce((sum, [from, to]) => sum + to - from, 0),
  }
}

/** One day of a window: minutes from the day's midnight, before and after; null: it falls away. */
interface DayHours {
  day: string
  before: Interval
  after: Interval | null
}

function trimmed(
  windows: readonly WeeklyWindow[],
  taken: readonly Interval[],
  takenOnHolidays: readonly Interval[],
): Plan | null {
  const twice = [
    ...taken,
    ...taken.map(([from, to]): Interval => [from + MINUTES_PER_WEEK, to + MINUTES_PER_WEEK]),
  ]
  const days: DayHours[] = []
  for (const window of windows)
    for (const day of window.days) {
      const weekday = WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number])
      const midnight = Math.max(0, weekday) * MINUTES_PER_DAY
      const from = minutesOfClock(window.from)
      const before: Interval = [from, from + lengthOf(window)]
      const hits = sharedIntervals(weekday < 0 ? takenOnHolidays : twice, [
        [midnight + before[0], midnight + before[1]],
      ])
      const after = hits.length === 0 ? before : without(before, hits, midnight, weekday < 0)
      days.push({ day, before, after })
    }
  const kept = days.filter(({ after }) => after !== null)
  if (kept.length === 0) return null
  const lost = days.reduce(
    (sum, { day, before, after }) =>
      day === 'ph' ? sum : sum + lengthIn(before) - lengthIn(after),
    0,
  )
  return {
    windows: grouped(kept).map(([hours, own]) => ({ days: own, ...hours })),
    changes: changesOf(days),
    minutes_lost_per_week: lost,
  }
}

const lengthIn = (hours: Interval | null): number => (hours ? hours[1] - hours[0] : 0)

/** The longer of what is left before the first and after the last minute that is taken. */
function without(
  hours: Interval,
  hits: readonly Interval[],
  midnight: number,
  isHoliday: boolean,
): Interval | null {
  const early: Interval = [hours[0], hits[0]![0] - midnight]
  const late: Interval = [hits.at(-1)![1] - midnight, hours[1]]
  // The morning after a holiday cannot be said by itself.
  const isLate = lengthIn(late) >= lengthIn(early) && !(isHoliday && late[0] >= MINUTES_PER_DAY)
  const longer = isLate ? late : early
  return lengthIn(longer) >= LEAST_LEFT_MINUTES &&
    sharedMinutes(hits, [[longer[0] + midnight, longer[1] + midnight]]) === 0
    ? longer
    : null
}

function changesOf(days: readonly DayHours[]): WindowChange[] {
  const changed = days.filter(({ before, after }) => after !== before)
  const byHours = new Map<string, WindowChange>()
  for (const { day, before, after } of changed) {
    const [from, to] = [clockHours(before), after && clockHours(after)]
    const key = JSON.stringify([from, to])
    const known = byHours.get(key)
    if (known) known.days.push(day)
    else byHours.set(key, { days: [day], from, to })
  }
  return [...byHours.values()]
}

function grouped(
  days: readonly DayHours[],
): [hours: { from: string; to: string }, days: string[]][] {
  const byHours = new Map<string, [{ from: string; to: string }, string[]]>()
  for (const { day: begun, after } of days) {
    const hours = clockHours(after!)
    const day = after![0] < MINUTES_PER_DAY ? begun : nextDay(begun)
    const key = `${hours.from} ${hours.to}`
    const known = byHours.get(key)
    if (!known) byHours.set(key, [hours, [day]])
    else if (!known[1].includes(day)) known[1].push(day)
  }
  return [...byHours.values()]
}

/** A window that now starts after midnight is one of the next day. */
const nextDay = (day: string): string =>
  WEEKDAYS[(WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number]) + 1) % 7]!

/** Minutes from a day's midnight as clocks. */
function clockHours([from, to]: Interval): { from: string; to: string } {
  const start = from % MINUTES_PER_DAY
  const end = to - (from - start)
  return {
    from: clockOfMinutes(start),
    to: clockOfMinutes(end > MINUTES_PER_DAY ? end - MINUTES_PER_DAY : end),
  }
}
