const AHEAD_MS = 10 * 60_000
const BEHIND_MS = 7 * 86_400_000

/**
 * Whether a time that a phone claims cannot be right: it lies ahead of the service's clock, or so far back that no day
 * without network explains it. Such a record is kept with the flag `clock_off`. Both in epoch milliseconds.
 */
export const isClockOff = (claimed: number, now: number): boolean =>
  claimed > now + AHEAD_MS || claimed < now - BEHIND_MS
