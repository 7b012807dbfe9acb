import { MediaQuery } from 'svelte/reactivity'

export type SheetHeight = 'peek' | 'half' | 'full'

/** CSS heights of the phone's sheet, above the tab bar; `full` leaves the top bar free. */
export const SHEET_HEIGHTS: Readonly<Record<SheetHeight, string>> = {
  peek: '112px',
  half: '45dvh',
  full: 'calc(100dvh - 116px)',
}
const ORDER: readonly SheetHeight[] = ['peek', 'half', 'full']

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

  /** One height up (1) or down (−1). */
  resizeSheet(by: 1 | -1): void {
    this.sheet = ORDER[ORDER.indexOf(this.sheet) + by] ?? this.sheet
  }
}

export const shell = new Shell()

/** The same heights in pixels of this window. */
export function sheetPixels(height: SheetHeight): number {
  if (height === 'peek') return 112
  return height === 'half' ? window.innerHeight * 0.45 : window.innerHeight - 116
}
