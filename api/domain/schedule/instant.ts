import { Temporal } from 'temporal-polyfill'
import { lengthOf, minutesOfClock, WEEKDAYS, type WeeklyWindow } from './windows.ts'

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * An RFC 3339 instant with its offset, as milliseconds since 1970; null for anything else: no offset, a date that does
 * not exist, a year before 1900 or after 2200.
 */
export function parseInstant(text: string): number | null {
  const match = RFC_3339.exec(text)
  if (!match) return null
  const year = Number(match[1])
  if (year < 1900 || year > 2200) return null
  try {
    return Temporal.Instant.from(text.replace(' ', 'T').toUpperCase()).epochMilliseconds
  } catch {
    return null
  }
}

/** Local calendar date and minute of the week (Monday 00:00 = 0) of an instant in a time zone. */
export function localParts(
  at: number,
  timeZone: string,
): { date: string; minute_of_week: number; minute_of_day: number; weekday: number } {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  const minuteOfDay = local.hour * 60 + local.minute
  return {
    date: local.toPlainDate().toString(),
    minute_of_week: (local.dayOfWeek - 1) * 1440 + minuteOfDay,
    minute_of_day: minuteOfDay,
    weekday: local.dayOfWeek - 1,
  }
}

/**
 * Whether windows are open at an instant, on the clock of the time zone. On a public holiday the `ph` windows hold
 * where there are any, else those of the weekday; a night that began on the day before still counts.
 */
export function isOpenAt(
  windows: readonly WeeklyWindow[] | null,
  at: number,
  timeZone: string,
  isHoliday: (date: string) => boolean = () => false,
): boolean {
  if (windows === null) return true
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  const minute = today.hour * 60 + today.minute
  const yesterday = today.toPlainDate().subtract({ days: 1 })
  const covers = (date: Temporal.PlainDate, minuteOfThatDay: number) =>
    windowsOn(windows, date, isHoliday).some((window) => {
      const from = minutesOfClock(window.from)
      return minuteOfThatDay >= from && minuteOfThatDay < from + lengthOf(window)
    })
  return covers(today.toPlainDate(), minute) || covers(yesterday, minute + 1440)
}

function windowsOn(
  windows: readonly WeeklyWindow[],
  date: Temporal.PlainDate,
  isHoliday: (date: string) => boolean,
): readonly WeeklyWindow[] {
  const weekday = WEEKDAYS[date.dayOfWeek - 1]!
  if (isHoliday(date.toString())) {
    const holiday = windows.filter((window) => window.days.includes('ph'))
    if (holiday.length > 0) return holiday
  }
  return windows.filter((window) => window.days.includes(weekday))
}
