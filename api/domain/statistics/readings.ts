import { percentOf } from './occupancy.ts'

/** One stored observation of a place; instants as epoch milliseconds. */
export interface ObservedRow {
  observed_at: number
  received_at: number
  kind: 'count' | 'detection' | 'sensor'
  method: string
  counted: number
  illegal_count: number | null
  vehicle_class: string | null
}

/** What a place held at `observed_at`. */
export interface PlaceReading {
  observed_at: number
  counted: number
  illegal_count: number | null
}

/** Single vehicles seen within this time before the last one belong to the same walk along the place. */
export const PASS_MS = 15 * 60_000

/**
 * The latest reading at an instant, from the observations of one place sorted by `observed_at`; null when there is none.
 * A count (or sensor) says how many there were; it holds against single detections up to 15 minutes later. Of counts at
 * one instant those by vehicle class are added up, unless one is of all classes; of two alike the one received last
 * counts. Detections are added up: a camera's of its last picture, anyone else's of the last 15 minutes.
 */
export function readingAt(sorted: readonly ObservedRow[], at: number): PlaceReading | null {
  const end = firstAfter(sorted, at)
  const last = sorted[end - 1]
  if (!last) return null
  const begin = firstAfter(sorted, last.observed_at - PASS_MS - 1)
  const pass = sorted.slice(begin, end)
  const counts = pass.filter((row) => row.kind !== 'detection')
  const counted_at = counts.at(-1)?.observed_at
  if (counted_at !== undefined)
    return sumOfCounts(counts.filter((row) => row.observed_at === counted_at))
  const seen = pass.filter(
    (row) =>
      row.observed_at === last.observed_at || (last.method !== 'camera' && row.method !== 'camera'),
  )
  return { observed_at: last.observed_at, counted: seen.length, illegal_count: null }
}

/** How many rows lie at or before an instant. */
function firstAfter(sorted: readonly ObservedRow[], at: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.observed_at <= at) low = middle + 1
    else high = middle
  }
  return low
}

function sumOfCounts(rows: readonly ObservedRow[]): PlaceReading {
  const byClass = new Map<string | null, ObservedRow>()
  for (const row of rows) {
    const known = byClass.get(row.vehicle_class)
    if (!known || row.received_at >= known.received_at) byClass.set(row.vehicle_class, row)
  }
  const ofAll = byClass.get(null)
  const taken = ofAll ? [ofAll] : [...byClass.values()]
  const illegal = taken.flatMap((row) => row.illegal_count ?? [])
  return {
    observed_at: rows[0]!.observed_at,
    counted: taken.reduce((sum, row) => sum + row.counted, 0),
    illegal_count: illegal.length ? illegal.reduce((sum, n) => sum + n, 0) : null,
  }
}

/** A place that belongs to a larger one: a bay of a street or grid, or a street side, which has no places of its own. */
export interface Member {
  capacity: number | null
  is_side: boolean
  reading: PlaceReading | null
}

/** Several places taken together. */
export interface GroupReading {
  /** Capacity of all members; null where none has a known one. */
  capacity: number | null
  /** Capacity of the members that were read: what the percentage is of. */
  capacity_read: number | null
  counted: number | null
  /** Of `counted`, what the percentage divides. */
  divided: number | null
  occupancy_percent: number | null
  free: number | null
  illegal_count: number | null
  /** The oldest of the readings used. */
  observed_at: number | null
  places_read: number
  places_total: number
}

/**
 * Adds up members, whose readings must not lie further apart than `window_ms`: those of the last `window_ms` before `at`
 * where there are any, else those of the `window_ms` before the newest. So one forgotten bay neither makes a whole street
 * stale nor adds last year's bicycles to today's. The percentage is of the places read that have a capacity, and of what stood at
 * street sides besides; vehicles at a place of unknown capacity are counted but not divided.
 */
export function readingOfGroup(
  members: readonly Member[],
  at: number,
  window_ms: number,
): GroupReading {
  const read = members.filter((member) => member.reading)
  const newest = read.reduce((latest, m) => Math.max(latest, m.reading!.observed_at), -Infinity)
  const oldest = (newest >= at - window_ms ? at : newest) - window_ms
  const used = read.filter((member) => member.reading!.observed_at >= oldest)
  const capacity = sumOf(members.map((member) => member.capacity))
  const capacity_read = sumOf(used.map((member) => member.capacity))
  const divided = sumOf(
    used.map((member) => (member.capacity || member.is_side ? member.reading!.counted : null)),
  )
  return {
    capacity,
    capacity_read,
    counted: sumOf(used.map((member) => member.reading!.counted)),
    divided,
    occupancy_percent: divided === null ? null : percentOf(divided, capacity_read),
    free: divided !== null && capacity_read ? Math.max(0, capacity_read - divided) : null,
    illegal_count: sumOf(used.map((member) => member.reading!.illegal_count)),
    observed_at: used.length ? Math.min(...used.map((m) => m.reading!.observed_at)) : null,
    places_read: used.filter((member) => !member.is_side).length,
    places_total: members.filter((member) => !member.is_side).length,
  }
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null
}
