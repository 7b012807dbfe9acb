import { localParts } from '../../../api/domain/schedule/instant.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The local dates (YYYY-MM-DD) from one instant to another, both counted; at most `most`. */
export function daysBetween(from: number, to: number, timeZone: string, most = 60): string[] {
  const last = localParts(to, timeZone).date
  const days = [localParts(from, timeZone).date]
  while (days.at(-1)! < last && days.length < most) days.push(dateAfter(days.at(-1)!, 1))
  return days
}

/** The calendar date `days` later. */
const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/**
 * The instant (epoch milliseconds) at which clocks of the zone show `minute` minutes after midnight of a date. Where a
 * clock is put forward over it, the same time after the gap.
 */
export function instantOfLocal(date: string, minute: number, timeZone: string): number {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minute * MINUTE_MS
  const shownAt = (at: number) => {
    const parts = localParts(at, timeZone)
    return Date.parse(`${parts.date}T00:00:00Z`) + parts.minute_of_day * MINUTE_MS
  }
  // Once for the offset, once more where it changed between the guess and the answer.
  let at = wanted
  for (let i = 0; i < 2; i++) at -= shownAt(at) - wanted
  return at
}

/**
 * The minutes of a day at which a survey went round, from the local hours it has counts for: every `interval_minutes`
 * from the first hour to the last. Without hours every hour of the day.
 */
export function roundsOf(hours: readonly number[]): {
  first_minute: number
  last_minute: number
  interval_minutes: number
} {
  const sorted = [...new Set(hours)].sort((a, b) => a - b)
  if (sorted.length < 2) return { first_minute: 0, last_minute: 23 * 60, interval_minutes: 60 }
  const gaps = sorted.slice(1).map((hour, i) => hour - sorted[i]!)
  const first = sorted[0]!
  const interval = gaps.reduce(greatestDivisor)
  return {
    first_minute: first * 60,
    last_minute: sorted.at(-1)! * 60,
    interval_minutes: interval * 60,
  }
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))
