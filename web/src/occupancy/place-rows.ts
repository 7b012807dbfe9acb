import type { OccupancyAt, OccupancyRange } from '../../../api/features/occupancy/contract.ts'
import { classOf, type OccupancyClass } from './occupancy-class.ts'

type Place = OccupancyAt['places'][number]

/** A place as the list and the map show it at the chosen moment. */
export interface PlaceRow extends Pick<
  Place,
  | 'id'
  | 'external_id'
  | 'name_zh'
  | 'name_en'
  | 'lon'
  | 'lat'
  | 'capacity'
  | 'places_total'
  | 'capacity_read'
  | 'counted'
  | 'occupancy_percent'
  | 'illegal_count'
  | 'age_minutes'
  | 'state'
> {
  class: OccupancyClass
  isStale: boolean
  /** Percentages of the day's steps; null where the day is not at hand. */
  series: (number | null)[] | null
}

/** A street side without a bay, where nobody stood either, is no place to park: not one without data. */
const isPlace = (place: { places_total: number; counted: number | null }): boolean =>
  place.places_total > 0 || place.counted !== null

/**
 * The places at one moment, from the server's answer for it; until that has come from the day's readings at `step`, which
 * know neither ages nor what stood outside the bays. Null while there is neither.
 */
export function placeRows(
  answer: OccupancyAt | null,
  range: OccupancyRange | null,
  step: number,
): PlaceRow[] | null {
  const series = new Map(range?.places.map((place) => [place.id, place.occupancy_percent]))
  if (answer)
    return answer.places.filter(isPlace).map((place) => ({
      ...place,
      class: classOf(place.occupancy_percent),
      isStale: place.state === 'stale',
      series: series.get(place.id) ?? null,
    }))
  if (!range || step < 0) return null
  return range.places.flatMap((place) => {
    const percent = place.occupancy_percent[step] ?? null
    const counted = place.counted[step] ?? null
    if (!isPlace({ ...place, counted })) return []
    return {
      ...place,
      counted,
      occupancy_percent: percent,
      capacity_read: counted === null ? null : place.capacity,
      illegal_count: null,
      age_minutes: null,
      state: counted === null ? 'no_data' : percent === null ? 'no_capacity' : 'fresh',
      class: classOf(percent),
      isStale: false,
      series: place.occupancy_percent,
    }
  })
}

/**
 * Fullest first, those without a percentage last; of equal ones those with more standing outside, then by name.
 * `nameOf` gives the name a reader sees.
 */
export function ranked(rows: readonly PlaceRow[], nameOf: (row: PlaceRow) => string): PlaceRow[] {
  const collator = new Intl.Collator('zh-CN', { numeric: true })
  return rows.toSorted(
    (a, b) =>
      (b.occupancy_percent ?? -1) - (a.occupancy_percent ?? -1) ||
      (b.illegal_count ?? 0) - (a.illegal_count ?? 0) ||
      collator.compare(nameOf(a), nameOf(b)),
  )
}
