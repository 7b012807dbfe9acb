/** What is known of a place at a moment: instants as epoch milliseconds, capacity in vehicles. */
export interface Reading {
  capacity: number | null
  counted: number | null
  observed_at: number | null
  at: number
  stale_after_minutes: number
}

/** `stale`: read, but longer ago than asked for. `no_capacity`: read, but there is nothing to divide by. */
export type OccupancyState = 'fresh' | 'stale' | 'no_data' | 'no_capacity'

export interface Occupancy {
  occupancy_percent: number | null
  free: number | null
  age_minutes: number | null
  state: OccupancyState
}

/**
 * Occupancy = accumulation / capacity, in percent with one decimal; above 100 where more stand than fit. A capacity of
 * 0 or an unknown one gives no percentage and no free places, never a division. `free` is never below 0.
 */
export function occupancyOf(reading: Reading): Occupancy {
  const { capacity, counted, observed_at, at, stale_after_minutes } = reading
  if (counted === null || observed_at === null)
    return { occupancy_percent: null, free: null, age_minutes: null, state: 'no_data' }
  const minutes = Math.max(0, (at - observed_at) / 60_000)
  const age_minutes = Math.round(minutes)
  if (!capacity) return { occupancy_percent: null, free: null, age_minutes, state: 'no_capacity' }
  return {
    occupancy_percent: percentOf(counted, capacity),
    free: Math.max(0, capacity - counted),
    age_minutes,
    state: minutes > stale_after_minutes ? 'stale' : 'fresh',
  }
}

/** counted / capacity in percent with one decimal; null where capacity is 0 or unknown. */
export function percentOf(counted: number, capacity: number | null): number | null {
  return capacity ? Math.round((counted / capacity) * 1000) / 10 : null
}
