import { picking } from '../map/picking.svelte.ts'
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
  /** A word about what was just saved; it stands where it covers nothing. */
  notice = $state<string | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly view = $derived<View>(VIEWS.find((view) => view === route.get('do')) ?? 'home')
  readonly here = $derived<Here | null>(this.manual ?? position.fix)

  go(view: View, more: Record<string, string | null> = {}): void {
    picking.end(false)
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
}

export const inspect = new InspectState()
