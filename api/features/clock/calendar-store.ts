import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { OFFICE_HOURS, weeklyMinutes } from '../../domain/schedule/working-calendar.ts'
import type { CalendarChange, CalendarView } from './calendar-contract.ts'

/** The calendar of a community as it is in force; locked until the transaction ends where it is to be changed. */
export async function readCalendar(
  trx: Transaction<Database>,
  communityId: string,
  isToChange = false,
): Promise<CalendarView> {
  let query = trx
    .selectFrom('community')
    .select(['time_zone', 'working_windows', 'holidays', 'calendar_days', 'calendar_version'])
    .where('id', '=', communityId)
  if (isToChange) query = query.forNoKeyUpdate()
  const row = await query.executeTakeFirstOrThrow()
  const windows = row.working_windows ?? OFFICE_HOURS
  return {
    time_zone: row.time_zone,
    windows: windows as CalendarView['windows'],
    holidays: row.holidays,
    days: row.calendar_days,
    weekly_minutes: weeklyMinutes(windows),
    version: row.calendar_version,
  }
}

/** Communities are not for the application role to write: the transaction is the server's own. */
export async function writeCalendar(
  trx: Transaction<Database>,
  communityId: string,
  { windows, holidays, days }: CalendarChange,
): Promise<void> {
  const sorted = days.toSorted((a, b) => a.date.localeCompare(b.date))
  await trx
    .updateTable('community')
    .set({
      working_windows: JSON.stringify(windows),
      holidays,
      calendar_days: JSON.stringify(
        sorted.map(({ name_zh = null, name_en = null, ...day }) => ({ ...day, name_zh, name_en })),
      ),
      calendar_version: sql`calendar_version + 1`,
    })
    .where('id', '=', communityId)
    .execute()
}
