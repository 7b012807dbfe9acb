import type { Transaction } from 'kysely'
import {
  addWorkingMinutes,
  makeCalendar,
  type WorkingCalendar,
  workingMinutesBetween,
} from '../../domain/schedule/working-calendar.ts'
import type { DueWhat, StepLimits } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'

/** Where a community says nothing: an office day with a break, Monday to Friday. */
const OFFICE_HOURS = [
  { days: ['mo', 'tu', 'we', 'th', 'fr'], from: '09:00', to: '12:00' },
  { days: ['mo', 'tu', 'we', 'th', 'fr'], from: '14:00', to: '18:00' },
]

/** By their rules: a calendar remembers the days that it has worked out. */
const calendars = new Map<string, WorkingCalendar>()
const MOST_CALENDARS = 200

/** When the offices of a community work: its own hours, its holidays, its time zone. */
export async function calendarOf(
  trx: Transaction<Database>,
  communityId: string,
): Promise<WorkingCalendar> {
  const row = await trx
    .selectFrom('community')
    .select(['time_zone', 'working_windows', 'holidays'])
    .where('id', '=', communityId)
    .executeTakeFirstOrThrow()
  const rules = {
    time_zone: row.time_zone,
    windows: row.working_windows ?? OFFICE_HOURS,
    holidays: row.holidays,
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

/** The limit of `what` in working time from `since` (epoch milliseconds); a kind without one has no clock. */
export function dueAfter(
  calendar: WorkingCalendar,
  limits: StepLimits,
  what: DueWhat,
  since: number,
): Due {
  const minutes = limits[what]
  return {
    due_what: what,
    due_at: minutes === undefined ? null : new Date(addWorkingMinutes(calendar, since, minutes)),
  }
}

/** The clock stood while a case was on hold: what was left of the working time then is left now. */
export function dueAfterHold(calendar: WorkingCalendar, due: Date, since: Date, now: number): Date {
  const left = due.getTime() - since.getTime()
  if (left <= 0) return due
  const shifted = addWorkingMinutes(
    calendar,
    now,
    workingMinutesBetween(calendar, since.getTime(), due.getTime()),
  )
  // A time set by hand may lie in the night, where no working time is left: it does not come sooner.
  return new Date(Math.max(due.getTime(), shifted))
}
