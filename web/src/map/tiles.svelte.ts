import { call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import type { LiveLayer } from '../state/live.svelte.ts'

/** Layers that the tiles are made of, in the order in which their versions stand in the tiles' address. */
export const TILE_LAYERS: readonly LiveLayer[] = [
  'grids',
  'buildings',
  'street_segments',
  'curb_objects',
  'bays',
  'vendor_zones',
  'lots',
  'frontages',
  'closures',
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

  /** Takes in one layer's new version without asking; what is unclear is asked for. */
  async advance(change: { layer: string; version: number } | null): Promise<void> {
    const index = TILE_LAYERS.findIndex((layer) => layer === change?.layer)
    const versions = this.url?.match(/(?<=[?&]v=)[\d.]+/)?.[0].split('.')
    if (!change || index < 0 || versions?.length !== TILE_LAYERS.length) return this.refresh()
    // A question that is on its way was asked before this change.
    this.#asked++
    versions[index] = String(Math.max(change.version, Number(versions[index])))
    this.url = this.url!.replace(/(?<=[?&]v=)[\d.]+/, versions.join('.'))
  }
}

export const tileAddress = new TileAddress()
