import type { ObservationItem } from '../../../api/features/observations/contract.ts'
import type { FieldPlace } from './nearby.ts'

/** Classes that a place's `vehicle_classes` may name and a count may be about. */
export const COUNTED_CLASSES = ['e_bike', 'bicycle', 'motorcycle', 'car'] as const
export type CountedClass = (typeof COUNTED_CLASSES)[number]

/** A count by eye at a bay or lot. @param now epoch milliseconds */
export function countOf(
  id: string,
  place: Pick<FieldPlace, 'kind' | 'id'>,
  counted: number,
  vehicleClass: CountedClass | null,
  now: number,
): ObservationItem {
  return {
    kind: 'count',
    id,
    observed_at: new Date(now).toISOString(),
    method: 'visual',
    place: { collection: place.kind === 'lot' ? 'lots' : 'bays', id: place.id },
    counted: Math.max(0, Math.round(counted)),
    ...(vehicleClass && { vehicle_class: vehicleClass }),
  }
}
