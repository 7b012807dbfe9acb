import {
  type WorkingCalendar,
  workingMinutesBetween,
} from '../../domain/schedule/working-calendar.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * The latest instant since which `minutes` of working time have passed by `until`; epoch milliseconds, to the minute.
 * The other way round than `addWorkingMinutes`, which every clock counts by.
 */
export function workingMinutesBack(
  calendar: WorkingCalendar,
  until: number,
  minutes: number,
): number {
  let earliest = until - DAY_MS
  while (workingMinutesBetween(calendar, earliest, until) < minutes) earliest -= 7 * DAY_MS
  let latest = until
  while (latest - earliest > MINUTE_MS) {
    const middle = Math.floor((earliest + latest) / 2 / MINUTE_MS) * MINUTE_MS
    if (middle <= earliest) break
    if (workingMinutesBetween(calendar, middle, until) >= minutes) earliest = middle
    else latest = middle
  }
  return earliest
}
