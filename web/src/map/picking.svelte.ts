import { shell } from '../state/shell.svelte.ts'

interface Place {
  lon: number
  lat: number
}

/** Choosing a place by moving the map under a crosshair: for fingers, and for the arrow keys. */
class Picking {
  /** Who will take the place; null while nobody chooses. */
  #take = $state.raw<((at: Place) => void) | null>(null)
  #sheet = shell.sheet
  /** Set by the crosshair while it is on the map. */
  placeUnderCrosshair: (() => Place | null) | null = null

  get isOn(): boolean {
    return this.#take !== null
  }

  /** Lets the person choose a place on the map; the sheet gives way until then. */
  start(take: (at: Place) => void): void {
    this.#sheet = shell.sheet
    shell.sheet = 'peek'
    this.#take = take
  }

  /** Takes the place under the crosshair, or gives up choosing. */
  end(isTaken: boolean): void {
    if (!this.#take) return
    const at = isTaken ? this.placeUnderCrosshair?.() : null
    if (at) this.#take(at)
    this.#take = null
    shell.sheet = this.#sheet
  }
}

export const picking = new Picking()
