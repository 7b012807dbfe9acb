import { Temporal } from 'temporal-polyfill'

/** The instants at which a local month (YYYY-MM) begins and ends, the end being the next month's beginning. */
export function monthIn(timeZone: string, month: string): { from: Date; to: Date } {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 })
  const begin = (date: Temporal.PlainDate) =>
    new Date(date.toZonedDateTime(timeZone).epochMilliseconds)
  return { from: begin(first), to: begin(first.add({ months: 1 })) }
}

/** An instant's local clock as a date of its own: spreadsheets know no time zones. */
export function localClock(timeZone: string, at: Date): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone)
  return new Date(local.toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds)
}
