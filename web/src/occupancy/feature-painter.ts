import type { FeatureIdentifier, Map as MapLibreMap, MapSourceDataEvent } from 'maplibre-gl'
import { stateOf } from './occupancy-paint.ts'
import type { PlaceRow } from './place-rows.ts'

/** Sets the state `occupancy` on the features of one source, and only where it changed. */
export class FeaturePainter {
  readonly #map: MapLibreMap
  readonly #target: Omit<FeatureIdentifier, 'id'>
  readonly #painted = new Map<string, string>()
  #waiting: (() => void) | null = null

  constructor(map: MapLibreMap, target: Omit<FeatureIdentifier, 'id'>) {
    this.#map = map
    this.#target = target
  }

  /** Paints these places and no others; waits for the source where it is not there yet. */
  paint(rows: readonly PlaceRow[]): void {
    this.#waiting?.()
    this.#waiting = null
    if (!this.#map.getSource(this.#target.source)) {
      const onSource = (event: MapSourceDataEvent) => {
        if (event.sourceId === this.#target.source) this.paint(rows)
      }
      this.#map.on('sourcedata', onSource)
      this.#waiting = () => this.#map.off('sourcedata', onSource)
      return
    }
    const gone = new Set(this.#painted.keys())
    for (const row of rows) {
      gone.delete(row.id)
      const state = stateOf(row)
      if (this.#painted.get(row.id) === state) continue
      this.#map.setFeatureState({ ...this.#target, id: row.id }, { occupancy: state })
      this.#painted.set(row.id, state)
    }
    for (const id of gone) this.#erase(id)
  }

  clear(): void {
    this.#waiting?.()
    this.#waiting = null
    if (this.#map.getSource(this.#target.source))
      for (const id of [...this.#painted.keys()]) this.#erase(id)
    this.#painted.clear()
  }

  #erase(id: string): void {
    this.#map.removeFeatureState({ ...this.#target, id }, 'occupancy')
    this.#painted.delete(id)
  }
}
