import { call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import type { LiveLayer } from '../state/live.svelte.ts'

/** Layers that the tiles are made of: a write to one of them makes new tiles. */
export const TILE_LAYERS: readonly LiveLayer[] = [
  'grids',
  'buildings',
  'street_segments',
  'curb_objects',
  'bays',
  'vendor_zones',
  'lots',
  'frontages',
]

/** The address of today's tiles: it carries the layers' versions, so an old tile can never be taken for a new one. */
class TileAddress {
  url = $state<string | null>(null)
  attribution = $state('')
  failure = $state.raw<unknown>(null)
  #asked = 0

  /** Asks which version is in force. The last question asked wins. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked
    const slug = community.getSlug()
    try {
      const tiles = await call('GET /api/tiles/all.json', { query: { community: slug } })
      if (asked !== this.#asked) return
      // The page's own origin, whatever name a proxy in between gives the service.
      this.url = location.origin + tiles.tiles[0]!.replace(/^https?:\/\/[^/]+/, '')
      this.attribution = tiles.attribution ?? ''
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }
}

export const tileAddress = new TileAddress()
