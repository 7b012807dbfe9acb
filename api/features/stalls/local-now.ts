import { Temporal } from 'temporal-polyfill'

/** This moment on the clock of a time zone. */
export function localNow(timeZone: string, at = Date.now()) {
  const now = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  return {
    year: now.year,
    date: now.toPlainDate().toString(),
    yesterday: now.toPlainDate().subtract({ days: 1 }).toString(),
    minute: now.hour * 60 + now.minute,
  }
}
