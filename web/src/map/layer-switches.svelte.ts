import { route } from '../state/route.svelte.ts'

/** What can be shown or hidden on the map, in the order of the switches. */
export const SWITCHES = [
  'bays',
  'lots',
  'vendor_zones',
  'closures',
  'fire_lanes',
  'tactile_paving',
  'curb_objects',
  'street_segments',
  'frontages',
  'buildings',
  'grids',
  'boundary',
  'labels',
] as const
export type Switch = (typeof SWITCHES)[number]

const REMEMBERED = 'jiexu.layers_off'

/** Which layers are off: in the address (`layers=-grids,-labels`) for links, else as the reader left them. */
class LayerSwitches {
  #remembered = $state.raw<readonly string[]>(read(localStorage.getItem(REMEMBERED)))
  readonly #off = $derived.by(() => {
    const linked = route.get('layers')
    return linked === null ? this.#remembered : read(linked.replaceAll('-', ''))
  })

  isOn(layer: Switch): boolean {
    return !this.#off.includes(layer)
  }

  toggle(layer: Switch, isOn: boolean): void {
    const off = SWITCHES.filter((one) => (one === layer ? !isOn : !this.isOn(one)))
    this.#remembered = off
    localStorage.setItem(REMEMBERED, off.join(','))
    route.set({ layers: off.length === 0 ? null : off.map((one) => `-${one}`).join(',') })
  }
}

export const layerSwitches = new LayerSwitches()

function read(text: string | null): Switch[] {
  const named = text?.split(',') ?? []
  return SWITCHES.filter((one) => named.includes(one))
}
