import { route } from '../state/route.svelte.ts'
import { shell } from '../state/shell.svelte.ts'
import { position } from './position.svelte.ts'

export const VIEWS = ['home', 'log', 'count', 'sides', 'case', 'queue', 'mend'] as const
export type View = (typeof VIEWS)[number]

const NOTICE_MS = 6000

export interface Here {
  lon: number
  lat: number
  /** Metres; null for a place that was put there by hand. */
  accuracy_m: number | null
}

/** What the inspector's page shows; views have addresses, so that "back" does what it says. */
class InspectState {
  /** Where the person says to be, for phones that do not know. */
  manual = $state.raw<Here | null>(null)
  /** Waits for a place under the crosshair, and who will take it. */
  picking = $state.raw<((at: { lon: number; lat: number }) => void) | null>(null)
  /** A word about what was just saved; it stands where it covers nothing. */
  notice = $state<string | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Set by the crosshair while it is on the map. */
  placeUnderCrosshair: (() => { lon: number; lat: number } | null) | null = null
  readonly view = $derived<View>(VIEWS.find((view) => view === route.get('do')) ?? 'home')
  readonly here = $derived<Here | null>(this.manual ?? position.fix)

  go(view: View, more: Record<string, string | null> = {}): void {
    this.picking = null
    shell.sheet = view === 'home' ? 'half' : 'full'
    void route.go('inspect', { do: view === 'home' ? null : view, ...more })
  }

  /** Goes back to the patrol with a word. */
  finish(notice: string): void {
    this.go('home')
    this.notice = notice
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.notice = null), NOTICE_MS)
  }

  /** Lets the person choose a place on the map. */
  pick(take: (at: { lon: number; lat: number }) => void): void {
    shell.sheet = 'peek'
    this.picking = take
  }

  endPicking(isTaken: boolean): void {
    const at = isTaken ? this.placeUnderCrosshair?.() : null
    if (at) this.picking?.(at)
    this.picking = null
    shell.sheet = this.view === 'home' ? 'half' : 'full'
  }
}

export const inspect = new InspectState()
