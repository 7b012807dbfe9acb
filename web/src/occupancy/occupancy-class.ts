import type { OccupancyAt } from '../../../api/features/occupancy/contract.ts'
import { TARGET_PERCENT } from '../../../api/domain/statistics/survey.ts'

/** The classes a place is coloured by. `over`: more stand there than fit. */
export const OCCUPANCY_CLASSES = ['low', 'middling', 'high', 'over', 'no_data'] as const
export type OccupancyClass = (typeof OCCUPANCY_CLASSES)[number]

/** Colours that colour-blind people tell apart as well; the legend, list and map take them from here. */
export const CLASS_COLOURS: Readonly<Record<OccupancyClass, string>> = {
  low: '#3b8fc4',
  middling: '#8cc6a0',
  high: '#f0a93b',
  over: '#b5304a',
  no_data: '#8a8f98',
}

/** Stale readings keep their colour at this opacity. */
export const STALE_OPACITY = 0.45

/** The class of a percentage: below 50, to the 85 % target, to 100, above; null is `no_data`. */
export function classOf(percent: number | null): OccupancyClass {
  if (percent === null) return 'no_data'
  if (percent < 50) return 'low'
  if (percent <= TARGET_PERCENT) return 'middling'
  return percent <= 100 ? 'high' : 'over'
}

/** How many places fall into each class. */
export function countByClass(
  places: readonly { occupancy_percent: number | null }[],
): Record<OccupancyClass, number> {
  const counts = { low: 0, middling: 0, high: 0, over: 0, no_data: 0 }
  for (const place of places) counts[classOf(place.occupancy_percent)]++
  return counts
}

/** All places together. The percentage divides what was read by the capacity of the places read. */
export interface Totals {
  counted: number
  capacity_read: number
  occupancy_percent: number | null
  illegal_count: number
  read: number
  over_target: number
}

/** Sums over places of one kind. */
export function totalsOf(
  places: readonly Pick<
    OccupancyAt['places'][number],
    'counted' | 'capacity_read' | 'occupancy_percent' | 'illegal_count'
  >[],
): Totals {
  const totals = { counted: 0, capacity_read: 0, illegal_count: 0, read: 0, over_target: 0 }
  let divided = 0
  for (const place of places) {
    totals.illegal_count += place.illegal_count ?? 0
    if (place.counted === null) continue
    totals.counted += place.counted
    totals.read++
    if (place.occupancy_percent === null || !place.capacity_read) continue
    totals.capacity_read += place.capacity_read
    // What the percentage was made of: of a group, vehicles at places of unknown capacity are counted but not divided.
    divided += Math.round((place.occupancy_percent * place.capacity_read) / 100)
    if (place.occupancy_percent > TARGET_PERCENT) totals.over_target++
  }
  return {
    ...totals,
    occupancy_percent: totals.capacity_read
      ? Math.round((divided / totals.capacity_read) * 1000) / 10
      : null,
  }
}
