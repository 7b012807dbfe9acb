import { percentOf } from './occupancy.ts'

/**
 * Measures of a parking survey. Formulas: Institute of Transportation Engineers, Manual of Transportation Engineering
 * Studies, "Parking studies"; the 85 % target: Shoup, The High Cost of Free Parking.
 */

/** A count of one place: epoch milliseconds, vehicles standing there then; capacity null where unknown. */
export interface PlaceCount {
  place_id: string
  capacity: number | null
  observed_at: number
  counted: number
}

/** Above this share of the capacity a driver does not find a place at once. */
export const TARGET_PERCENT = 85

/** One vehicle's stay at a place, epoch milliseconds. */
export interface Stay {
  from: number
  to: number
}

/** Accumulation: the vehicles standing at an instant; one that leaves at that very instant is gone. */
export function accumulationAt(stays: readonly Stay[], at: number): number {
  return stays.filter((stay) => stay.from <= at && at < stay.to).length
}

/** Turnover: vehicles per space in the period; null without capacity. */
export function turnoverOf(stays: readonly Stay[], capacity: number | null): number | null {
  return capacity ? stays.length / capacity : null
}

/** Mean parking duration in minutes; null without a stay. */
export function meanDurationOf(stays: readonly Stay[]): number | null {
  if (stays.length === 0) return null
  return stays.reduce((sum, stay) => sum + stay.to - stay.from, 0) / stays.length / 60_000
}

/**
 * Parking load in vehicle-hours: the area under the accumulation curve of sorted counts, straight lines between two
 * counts (trapezoids). A gap longer than `longest_gap_minutes` was not observed and adds nothing.
 */
export function loadOf(
  counts: readonly { observed_at: number; counted: number }[],
  longest_gap_minutes: number,
): { load_vehicle_hours: number; observed_hours: number } {
  let load = 0
  let observed = 0
  for (let i = 1; i < counts.length; i++) {
    const hours = (counts[i]!.observed_at - counts[i - 1]!.observed_at) / 3_600_000
    if (hours <= 0 || hours * 60 > longest_gap_minutes) continue
    load += ((counts[i]!.counted + counts[i - 1]!.counted) / 2) * hours
    observed += hours
  }
  return { load_vehicle_hours: load, observed_hours: observed }
}

/** What a survey says of one place. Percentages with one decimal, null where capacity is 0 or unknown. */
export interface PlaceMetrics {
  place_id: string
  capacity: number | null
  counts: number
  peak_counted: number
  peak_at: number
  mean_counted: number
  mean_percent: number | null
  /** Of the counts, those above the 85 % target. */
  over_target_percent: number | null
  /** Load / (capacity × observed hours), in percent: how much of the offered space-hours was used. */
  parking_index_percent: number | null
}

/** Metrics of every counted place, in the order of first appearance; `counts` need not be sorted. */
export function metricsByPlace(
  counts: readonly PlaceCount[],
  longest_gap_minutes: number,
): PlaceMetrics[] {
  return [...groupBy(counts, (count) => count.place_id)].map(([place_id, ofPlace]) => {
    const sorted = ofPlace.toSorted((a, b) => a.observed_at - b.observed_at)
    const { capacity } = sorted[0]!
    const peak = sorted.reduce((most, count) => (count.counted > most.counted ? count : most))
    const sum = sorted.reduce((total, count) => total + count.counted, 0)
    const mean = sum / sorted.length
    const { load_vehicle_hours, observed_hours } = loadOf(sorted, longest_gap_minutes)
    return {
      place_id,
      capacity,
      counts: sorted.length,
      peak_counted: peak.counted,
      peak_at: peak.observed_at,
      mean_counted: mean,
      mean_percent: percentOf(mean, capacity),
      over_target_percent: overTargetPercent(sorted),
      parking_index_percent: observed_hours
        ? percentOf(load_vehicle_hours, (capacity ?? 0) * observed_hours)
        : null,
    }
  })
}

/** Mean occupancy of one hour of the local day over all places and days; only places with a capacity count. */
export interface HourMetrics {
  hour: number
  counts: number
  mean_percent: number | null
}

/** Σ counted / Σ capacity by local hour, ascending; `hourOf` gives the local hour 0–23 of an instant. */
export function metricsByHour(
  counts: readonly PlaceCount[],
  hourOf: (at: number) => number,
): HourMetrics[] {
  return [...groupBy(counts, (count) => hourOf(count.observed_at))]
    .map(([hour, ofHour]) => {
      const known = ofHour.filter((count) => count.capacity)
      const counted = known.reduce((sum, count) => sum + count.counted, 0)
      const capacity = known.reduce((sum, count) => sum + count.capacity!, 0)
      return { hour, counts: ofHour.length, mean_percent: percentOf(counted, capacity) }
    })
    .sort((a, b) => a.hour - b.hour)
}

/** The greatest total over all places counted at one instant; null without counts. */
export function peakAccumulation(
  counts: readonly PlaceCount[],
): { at: number; counted: number; capacity: number } | null {
  let peak: { at: number; counted: number; capacity: number } | null = null
  for (const [at, together] of groupBy(counts, (count) => count.observed_at)) {
    const counted = together.reduce((sum, count) => sum + count.counted, 0)
    const capacity = together.reduce((sum, count) => sum + (count.capacity ?? 0), 0)
    if (!peak || counted > peak.counted || (counted === peak.counted && at < peak.at))
      peak = { at, counted, capacity }
  }
  return peak
}

/** Share of the counts above the 85 % target, in percent; places without capacity are left out. */
export function overTargetPercent(
  counts: readonly { counted: number; capacity: number | null }[],
): number | null {
  const known = counts.filter((count) => count.capacity)
  const over = known.filter((count) => count.counted * 100 > count.capacity! * TARGET_PERCENT)
  return known.length ? percentOf(over.length, known.length) : null
}

function groupBy<T, K>(list: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of list) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
