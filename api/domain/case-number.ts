import { Temporal } from 'temporal-polyfill'

/** A case belongs to the local year in which the service received it: a phone's clock gives no numbers. */
export const yearOf = (at: number, timeZone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).year

/** 2026-000123 */
export const numberText = ({ year, serial }: { year: number; serial: number }): string =>
  `${year}-${String(serial).padStart(6, '0')}`

/** Year and serial of a number as people write it; null where it is none. */
export function parseNumber(text: string): { year: number; serial: number } | null {
  const match = /^([0-9]{4})-?([0-9]{1,9})$/.exec(text.trim())
  return match ? { year: Number(match[1]), serial: Number(match[2]) } : null
}
