import { mapView } from './map-view.svelte.ts'

const REMEMBERED = 'jiexu.background'

/** The configured map from outside, under our own layers. */
class Background {
  /** Ids of its layers; empty where none is configured or it could not be had. */
  layers = $state.raw<readonly string[]>([])
  #isOn = $state(localStorage.getItem(REMEMBERED) !== 'off')

  get isThere(): boolean {
    return this.layers.length > 0
  }

  get isOn(): boolean {
    return this.#isOn
  }

  set isOn(isOn: boolean) {
    this.#isOn = isOn
    localStorage.setItem(REMEMBERED, isOn ? 'on' : 'off')
  }

  /** Shows or hides it. */
  apply(): void {
    const map = mapView.map
    for (const id of this.layers)
      map?.setLayoutProperty(id, 'visibility', this.#isOn ? 'visible' : 'none')
  }
}

export const background = new Background()
