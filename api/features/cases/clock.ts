import type { Transaction } from 'kysely'
import {
  findWorkingEnd,
  makeCalendar,
  OFFICE_HOURS,
  type WorkingCalendar,
  workingMinutesBetween,
} from '../../domain/schedule/working-calendar.ts'
import type { DueWhat, StepLimits } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'

/** By their rules: a calendar remembers the days that it has worked out. */
const calendars = new Map<string, WorkingCalendar>()
const MOST_CALENDARS = 200

/** When the offices of a community work: its own hours, its holidays and days of its own, its time zone. */
export async function calendarOf(
  trx: Transaction<Database>,
  communityId: string,
): Promise<WorkingCalendar> {
  const row = await trx
    .selectFrom('community')
    .select(['time_zone', 'working_windows', 'holidays', 'calendar_days'])
    .where('id', '=', communityId)
    .executeTakeFirstOrThrow()
  const rules = {
    time_zone: row.time_zone,
    windows: row.working_windows ?? OFFICE_HOURS,
    holidays: row.holidays,
    exceptions: row.calendar_days.map(({ date, is_working }) => ({ date, is_working })),
  }
  const key = JSON.stringify(rules)
  let calendar = calendars.get(key)
  if (!calendar) {
    if (calendars.size > MOST_CALENDARS) calendars.clear()
    calendars.set(key, (calendar = makeCalendar(rules)))
  }
  return calendar
}

/** What is waited for, and until when; both null where nothing runs. */
export interface Due {
  due_what: DueWhat | null
  due_at: Date | null
}

export const NOTHING_DUE: Due = { due_what: null, due_at: null }

/**
 * The limit of `what` in working time from `since` (epoch milliseconds); a kind without one has no clock, and neither has
 * a limit that the calendar never reaches (the door of the calendar refuses such hours, a database may still hold them).
 */
export function dueAfter(
  calendar: WorkingCalendar,
  limits: StepLimits,
  what: DueWhat,
  since: number,
): Due {
  const minutes = limits[what]
  const end = minutes === undefined ? null : findWorkingEnd(calendar, since, minutes)
  return { due_what: what, due_at: end === null ? null : new Date(end) }
}

/** The clock stood while a case was on hold: what was left of the working time then is left now. */
export function dueAfterHold(calendar: WorkingCalendar, due: Date, since: Date, now: number): Date {
  const left = due.getTime() - since.getTime()
  if (left <= 0) return due
  const shifted = findWorkingEnd(
    calendar,
    now,
    workingMinutesBetween(calendar, since.getTime(), due.getTime()),
  )
  // A time set by hand may lie in the night, where no working time is left: it does not come sooner.
  return new Date(Math.max(due.getTime(), shifted ?? 0))
}
