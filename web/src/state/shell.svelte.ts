import { MediaQuery } from 'svelte/reactivity'

export type SheetHeight = 'peek' | 'half' | 'full'

/** How the page is laid out: a side panel on a wide screen, a bottom sheet on a phone. */
class Shell {
  readonly #wide = new MediaQuery('(min-width: 900px)', true)
  readonly #calm = new MediaQuery('(prefers-reduced-motion: reduce)', false)
  sheet = $state<SheetHeight>('half')

  get isWide(): boolean {
    return this.#wide.current
  }

  get isMotionReduced(): boolean {
    return this.#calm.current
  }
}

export const shell = new Shell()
