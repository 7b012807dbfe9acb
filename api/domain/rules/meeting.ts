import {
  type HolidayCalendar,
  repeatedWeek,
  type Times,
  timesOfDates,
  within,
} from '../schedule/around-holidays.ts'
import { type Interval, MINUTES_PER_DAY, sharedIntervals } from '../schedule/windows.ts'
import type { PlacedFeature, Scene } from './scene.ts'

/** Which findings are asked for, by time: those that hold at some minute of the dates and of the hours given. */
export interface TimeFilter {
  /** Local dates, YYYY-MM-DD, both included; the minutes cut the first and the last of them. */
  dates?: { first: string; last: string; from_minute: number; to_minute: number }
  /** Hours of the week and of holidays, as windows give them. */
  hours?: Times
}

const NEVER: readonly Interval[] = []
const DRAFTS = new Set<unknown>(['draft', 'proposed'])
const OVER = new Set<unknown>(['retired', 'ended', 'suspended'])

export const isOver = ({ properties }: PlacedFeature): boolean => OVER.has(properties['status'])

/** What is over counts for nobody; a draft counts only for other drafts. */
export function countsFor(subject: PlacedFeature, other: PlacedFeature): boolean {
  const status = other.properties['status']
  return !OVER.has(status) && (!DRAFTS.has(status) || DRAFTS.has(subject.properties['status']))
}

/** When a use is there within its own dates; null where never. */
export function timesOf(feature: PlacedFeature, calendar: HolidayCalendar): Times | null {
  return onDates(
    { week: feature.open, holidays: feature.open_holidays ?? NEVER },
    feature.open_holidays !== null,
    dateOf(feature, 'first_date'),
    dateOf(feature, 'last_date'),
    calendar,
  )
}

/** When a use is there; empty for one that never is, which its own rules judge all the same. */
export const ownTimes = (feature: PlacedFeature, scene: Scene): Times =>
  timesOf(feature, scene.holidays ?? 'cn') ?? { week: NEVER, holidays: NEVER }

/** When two uses are there together: minutes of the week and of holidays, on dates of both; null where never. */
export function sharedTimes(
  a: PlacedFeature,
  b: PlacedFeature,
  calendar: HolidayCalendar,
): Times | null {
  const week = sharedIntervals(a.open, b.open)
  const knowsHolidays = a.open_holidays !== null || b.open_holidays !== null
  if (!knowsHolidays && week.length === 0) return null
  const first = later(dateOf(a, 'first_date'), dateOf(b, 'first_date'))
  const last = earlier(dateOf(a, 'last_date'), dateOf(b, 'last_date'))
  if (first !== null && last !== null && last < first) return null
  const holidays = knowsHolidays
    ? sharedIntervals(
        a.open_holidays ?? repeatedWeek(a.open),
        b.open_holidays ?? repeatedWeek(b.open),
      )
    : NEVER
  return onDates({ week, holidays }, knowsHolidays, first, last, calendar)
}

function onDates(
  times: Times,
  knowsHolidays: boolean,
  first: string | null,
  last: string | null,
  calendar: HolidayCalendar,
): Times | null {
  if ((first !== null && last !== null) || (knowsHolidays && calendar === 'none')) {
    const dated = timesOfDates(first, last, calendar)
    times = {
      week: within(times.week, knowsHolidays ? dated.week : dated.plain),
      holidays: knowsHolidays ? within(times.holidays, dated.holidays) : NEVER,
    }
  }
  return times.week.length > 0 || times.holidays.length > 0 ? times : null
}

/** Whether a finding that holds at these times, between these parties, is one that is asked for. */
export function passes(
  filter: TimeFilter | undefined,
  times: Times,
  parties: readonly PlacedFeature[],
  calendar: HolidayCalendar,
): boolean {
  if (!filter) return true
  const { dates, hours } = filter
  const knowsHolidays = parties.some((party) => party.open_holidays !== null)
  let { week, holidays } = times
  if (dates) {
    const first = parties.reduce(
      (date, party) => later(date, dateOf(party, 'first_date'))!,
      dates.first,
    )
    const last = parties.reduce(
      (date, party) => earlier(date, dateOf(party, 'last_date'))!,
      dates.last,
    )
    if (last < first) return false
    const dated = timesOfDates(first, last, calendar, {
      from_minute: first === dates.first ? dates.from_minute : 0,
      to_minute: last === dates.last ? dates.to_minute : MINUTES_PER_DAY,
    })
    week = within(week, knowsHolidays ? dated.week : dated.plain)
    holidays = knowsHolidays ? within(holidays, dated.holidays) : NEVER
  }
  if (!hours) return week.length > 0 || holidays.length > 0
  return (
    sharedIntervals(week, hours.week).length > 0 ||
    // A use that names no holidays keeps its weekday on them.
    sharedIntervals(knowsHolidays ? holidays : repeatedWeek(week), hours.holidays).length > 0
  )
}

const dateOf = (feature: PlacedFeature, member: 'first_date' | 'last_date'): string | null =>
  (feature.properties[member] as string | null | undefined) ?? null

const later = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && b > a) ? b : a

const earlier = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && b < a) ? b : a
