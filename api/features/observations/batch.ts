import type { Admitted } from './admitting.ts'
import { METHODS, OBSERVED_CLASSES } from './contract.ts'
import type { StoredPlace } from './places.ts'
import type { ObservationCells } from './store.ts'

export const KINDS = ['count', 'detection', 'sensor'] as const

/**
 * Admitted observations on their way into the database, member by member in flat columns: of a crowd of senders'
 * items nothing else outlives the moment they are read in, so there is next to nothing for the garbage collector.
 */
export class ObservationBatch {
  length = 0
  /** Whether any row came with an id of its own: only those can be known already. */
  hasSentIds = false
  /** Rows that are not to be stored after all. */
  readonly leftOut = new Set<number>()
  readonly ids: (string | null)[] = []
  /** Microseconds since 1970. */
  readonly at_us: Float64Array
  /** By number in `KINDS`, `METHODS` and `OBSERVED_CLASSES`; −1 for no class. */
  readonly kinds: Uint8Array
  readonly methods: Uint8Array
  readonly classes: Int8Array
  readonly places: (StoredPlace | null)[] = []
  readonly counted: Int32Array
  /** −1 for none. */
  readonly illegal: Int32Array
  /** NaN for none, like `lons` and `lats` (degrees). */
  readonly confidences: Float32Array
  readonly lons: Float64Array
  readonly lats: Float64Array
  readonly surveys: (string | null)[] = []

  /** `Places.id_bytes` of the places of its rows. */
  readonly place_id_bytes: Uint8Array

  /** With room for `most` rows. */
  constructor(most: number, place_id_bytes: Uint8Array) {
    this.place_id_bytes = place_id_bytes
    this.at_us = new Float64Array(most)
    this.kinds = new Uint8Array(most)
    this.methods = new Uint8Array(most)
    this.classes = new Int8Array(most)
    this.counted = new Int32Array(most)
    this.illegal = new Int32Array(most)
    this.confidences = new Float32Array(most)
    this.lons = new Float64Array(most)
    this.lats = new Float64Array(most)
  }

  add(item: Admitted, place: StoredPlace | null): void {
    const i = this.length++
    this.ids.push(item.id)
    this.at_us[i] = item.at_us
    this.kinds[i] = KINDS.indexOf(item.kind)
    this.methods[i] = METHODS.indexOf(item.method)
    this.classes[i] = OBSERVED_CLASSES.indexOf(item.vehicle_class as 'car')
    this.places.push(place)
    this.counted[i] = item.counted
    this.illegal[i] = item.illegal_count ?? -1
    this.confidences[i] = item.confidence ?? NaN
    this.lons[i] = item.lon ?? NaN
    this.lats[i] = item.lat ?? NaN
    this.surveys.push(item.survey_id)
    if (item.id !== null) this.hasSentIds = true
  }

  isDetection(i: number): boolean {
    return KINDS[this.kinds[i]!] === 'detection'
  }

  /** A vehicle that stands in no bay and on no lot. */
  isOutside(i: number): boolean {
    const place = this.places[i]
    return this.isDetection(i) && (!place || place.place_kind === 'street_side')
  }

  /** Row `i` in the order of `OBSERVATION_COLUMNS`. */
  cellsOf(i: number, id: string): ObservationCells {
    const place = this.places[i]
    const orNull = (value: number) => (Number.isNaN(value) ? null : value)
    return [
      id,
      instantText(this.at_us[i]!),
      KINDS[this.kinds[i]!]!,
      METHODS[this.methods[i]!]!,
      place?.place_kind ?? null,
      place?.place_id ?? null,
      this.isOutside(i),
      this.counted[i]!,
      this.illegal[i]! < 0 ? null : this.illegal[i]!,
      OBSERVED_CLASSES[this.classes[i]!] ?? null,
      orNull(this.confidences[i]!),
      orNull(this.lons[i]!),
      orNull(this.lats[i]!),
      this.surveys[i]!,
    ]
  }
}

function instantText(at_us: number): string {
  const seconds = Math.floor(at_us / 1e6)
  const fraction = String(at_us - seconds * 1e6).padStart(6, '0')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`
}
