/** One event stream for the whole page: tells what was written to the open community, by whomever. */

/** Collections of the inventory, and what is written from day to day. */
export type LiveLayer =
  | 'grids'
  | 'buildings'
  | 'street_segments'
  | 'curb_objects'
  | 'bays'
  | 'vendor_zones'
  | 'lots'
  | 'frontages'
  | 'closures'
  | 'observations'
  | 'cases'
  | 'case_kinds'
  | 'passes'
  | 'rule_packs'
  | 'plans'
  | 'stalls'

/** What was written; null where anything may have been, because nobody listened for a while. */
type Change = { layer: string; version: number } | null
type Listener = (change: Change) => void

type Connection = 'connecting' | 'open' | 'lost'

class LiveState {
  connection = $state<Connection>('connecting')
  readonly #listeners: Record<string, Listener[]> = {}
  #stream: EventSource | null = null

  /** Listens to a community from now on, and to no other. */
  open(slug: string): void {
    this.close()
    this.connection = 'connecting'
    const stream = new EventSource(`/api/events?community=${encodeURIComponent(slug)}`)
    this.#stream = stream
    stream.addEventListener('hello', () => {
      // Whatever was written while nobody listened is unknown: before the first hello, between a page's first
      // questions and this, as well as while a connection was lost. Everything is asked for again.
      for (const listener of new Set(Object.values(this.#listeners).flat())) listener(null)
      this.connection = 'open'
    })
    stream.addEventListener('change', (event: MessageEvent<string>) => {
      const change = JSON.parse(event.data) as { layer: string; version: number }
      this.#tell(change.layer, change)
    })
    stream.addEventListener('error', () => {
      this.connection = 'lost'
      // The browser tries again by itself, but for an answer that was no stream.
      if (stream.readyState === EventSource.CLOSED)
        setTimeout(() => this.#stream === stream && this.open(slug), 3000)
    })
  }

  close(): void {
    this.#stream?.close()
    this.#stream = null
  }

  /**
   * Calls `listener` after every write to one of `layers`, and once whenever the stream begins to be heard. Returns how to
   * stop: `$effect(() => live.onChange(['bays'], () => void load()))`.
   */
  onChange(layers: readonly LiveLayer[], listener: Listener): () => void {
    for (const layer of layers) (this.#listeners[layer] ??= []).push(listener)
    return () => {
      for (const layer of layers)
        this.#listeners[layer] = (this.#listeners[layer] ?? []).filter((one) => one !== listener)
    }
  }

  #tell(layer: string, change: Change): void {
    for (const listener of this.#listeners[layer] ?? []) listener(change)
  }
}

export const live = new LiveState()
