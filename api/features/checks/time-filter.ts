import type { Static } from 'typebox'
import type { TimeFilter } from '../../domain/rules/meeting.ts'
import { aroundHolidays } from '../../domain/schedule/around-holidays.ts'
import { localParts, parseInstant } from '../../domain/schedule/instant.ts'
import { MINUTES_PER_DAY, weekIntervals } from '../../domain/schedule/windows.ts'
import { ApiProblem } from '../../http/problem.ts'
import { DAY_CODES } from '../../http/shapes.ts'
import type { ConflictsQuery } from './contract.ts'

const MOST_DAYS = 366
const DAY_MS = 86_400_000

/**
 * Which findings a query asks for by time; undefined: whenever they happen.
 * @throws ApiProblem 400 for a time that is none, a range without an end, turned around or too long.
 */
export function timeFilterOf(
  { from, to, day, hours }: Static<typeof ConflictsQuery>,
  timeZone: string,
): TimeFilter | undefined {
  const filter: TimeFilter = {}
  if (from !== undefined || to !== undefined) filter.dates = datesOf(from, to, timeZone)
  if (day !== undefined || hours !== undefined) {
    const [opens = '00:00', closes = '24:00'] = hours?.split('-') ?? []
    if (opens === closes) fail('hours', 'must not be empty; a whole day is 00:00-24:00')
    const windows = [{ days: day === undefined ? DAY_CODES : [day], from: opens, to: closes }]
    filter.hours = { week: weekIntervals(windows), holidays: aroundHolidays(windows) }
  }
  return filter.dates || filter.hours ? filter : undefined
}

/** The local date of an instant. */
export const localDate = (at: string, timeZone: string): string =>
  localParts(instantOf('at', at), timeZone).date

function datesOf(
  from: string | undefined,
  to: string | undefined,
  timeZone: string,
): NonNullable<TimeFilter['dates']> {
  if (from === undefined || to === undefined)
    return fail(from === undefined ? 'from' : 'to', '"from" and "to" go together')
  const [begins, ends] = [instantOf('from', from), instantOf('to', to)]
  if (ends <= begins) return fail('to', 'must lie after "from"')
  if (ends - begins > MOST_DAYS * DAY_MS)
    return fail('to', `at most ${MOST_DAYS} days after "from"`)
  const first = localParts(begins, timeZone)
  // The last minute that is asked for, so that midnight belongs to the day before it.
  const last = localParts(ends - 1, timeZone)
  return {
    first: first.date,
    last: last.date,
    from_minute: first.minute_of_day,
    to_minute: Math.min(last.minute_of_day + 1, MINUTES_PER_DAY),
  }
}

function instantOf(path: string, text: string): number {
  return (
    parseInstant(text) ?? fail(path, 'RFC 3339 with offset, for example 2026-09-14T12:00:00+08:00')
  )
}

function fail(path: string, message: string): never {
  throw new ApiProblem('request/invalid-parameter', `${path}: ${message}`, [{ path, message }])
}
