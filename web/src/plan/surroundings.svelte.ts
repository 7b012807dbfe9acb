import { type MetricFrame, metricFrame } from '../../../api/domain/geometry/metric-frame.ts'
import { buildScene, type Scene } from '../../../api/domain/rules/scene.ts'
import type { RulePack } from '../../../api/domain/rules/rule-pack.ts'
import type { CollectionId } from '../../../api/features/inventory/contract.ts'
import { allItems, call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { type Kerb, kerbsOf } from './kerbs.ts'
import { withLayer } from './scene-layers.ts'

/** What bays are compared with. */
export const COMPARED = [
  'bays',
  'vendor_zones',
  'curb_objects',
  'buildings',
  'street_segments',
] as const satisfies readonly CollectionId[]
type Compared = (typeof COMPARED)[number]

/** West, south, east, north in degrees. */
type Box = readonly [number, number, number, number]

/** The farthest that a rule reaches is 50 m, from a junction. */
const REACH_M = 60
/** So far the view may move before it is asked again. */
const SPARE_M = 150
/** No wider than this around the middle of the view: a city is not loaded to draw one bay. */
const MOST_M = 900

/**
 * The inventory around the part of the map that is worked on, as the rules see it: asked for once, asked for anew when
 * the work moves on or somebody writes. Shapes of one collection are placed again only when that collection came anew.
 */
class Surroundings {
  kerbs = $state.raw<Kerb[]>([])
  pack = $state.raw<RulePack | null>(null)
  failure = $state.raw<unknown>(null)
  #slug: string | null = null
  #box: Box | null = null
  #asked = new Map<Compared, number>()
  #layers = $state.raw<Scene['layers'] | null>(null)

  /** The community's metric frame: its origin is the middle of the community's box. */
  readonly frame = $derived.by((): MetricFrame => {
    const [west, south, east, north] = community.current?.bbox ?? [0, 0, 0, 0]
    return metricFrame((west! + east!) / 2, (south! + north!) / 2)
  })
  readonly #boundary = $derived(buildScene(this.frame, community.boundary, []).boundary)
  /** Null until something of the inventory is here. */
  readonly scene = $derived.by((): Scene | null => {
    const [layers, boundary] = [this.#layers, this.#boundary]
    return layers && { frame: this.frame, boundary, layers }
  })

  /** Makes sure that what lies in and around a view is known. */
  async cover(view: Box): Promise<void> {
    const slug = community.getSlug()
    const isOther = slug !== this.#slug
    const wanted = narrowed(view, this.frame)
    if (!isOther && this.#box && holds(this.#box, widened(wanted, REACH_M, this.frame))) return
    this.#slug = slug
    this.#box = widened(wanted, REACH_M + SPARE_M, this.frame)
    if (isOther) {
      this.#layers = null
      this.kerbs = []
      this.pack = null
    }
    await Promise.all([this.refresh(COMPARED), this.pack ? undefined : this.refreshPack()])
  }

  /** Reads collections anew: somebody wrote to them. */
  async refresh(collections: readonly Compared[]): Promise<void> {
    const box = this.#box
    if (!box) return
    try {
      await Promise.all(collections.map((collection) => this.#load(collection, box)))
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }

  async #load(collection: Compared, box: Box): Promise<void> {
    const asked = (this.#asked.get(collection) ?? 0) + 1
    this.#asked.set(collection, asked)
    const slug = community.getSlug()
    const features = await allItems(collection, { community: slug, bbox: box.join() })
    // An answer that was overtaken by a newer question is old news.
    if (this.#asked.get(collection) !== asked || slug !== this.#slug) return
    const { frame } = this
    this.#layers = withLayer(frame, this.#layers ?? new Map(), collection, features)
    if (collection === 'street_segments') this.kerbs = kerbsOf(frame, features)
  }

  /** Reads the rules anew: others may be in force now. */
  async refreshPack(): Promise<void> {
    const slug = this.#slug
    if (slug === null) return
    try {
      const pack = await call('GET /api/rule_packs/active', { query: { community: slug } })
      if (slug === this.#slug) this.pack = pack
    } catch (error) {
      this.failure = error
    }
  }
}

export const surroundings = new Surroundings()

function narrowed([west, south, east, north]: Box, frame: MetricFrame): Box {
  const lon = Math.min((east - west) / 2, MOST_M / frame.metres_per_lon)
  const lat = Math.min((north - south) / 2, MOST_M / frame.metres_per_lat)
  const [x, y] = [(west + east) / 2, (south + north) / 2]
  return [x - lon, y - lat, x + lon, y + lat]
}

/** A box with metres more on every side. */
function widened([west, south, east, north]: Box, metres: number, frame: MetricFrame): Box {
  const lon = metres / frame.metres_per_lon
  const lat = metres / frame.metres_per_lat
  return [west - lon, south - lat, east + lon, north + lat]
}

const holds = (outer: Box, inner: Box): boolean =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
