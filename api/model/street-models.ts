import type { ChangeFeed } from '../db/change-feed.ts'
import type { Engine } from '../db/connect.ts'
import { asCommunities } from '../db/tenant.ts'
import { metricFrame } from '../domain/geometry/metric-frame.ts'
import { loadChanges, loadCommunity } from './load.ts'
import { latOf, lonOf } from './mercator.ts'
import { LayerBuilder } from './model-layer.ts'
import { LAYER_IDS, type LayerId, type ModelLayer, type StreetModel } from './street-model.ts'

interface Kept {
  builders: Map<LayerId, LayerBuilder>
  model: StreetModel
  /** The change feed's count when all layers were last found up to date. */
  checkedAt: number
}

/** Beyond this many features in memory the communities asked for longest ago are let go: about 400 MB. */
const MOST_FEATURES = 1_000_000

/**
 * The street models of this process. A model is loaded when first asked for, and brought up to the versions that the
 * change feed has seen before it is handed out: whoever reads after a write reads the write.
 */
export class StreetModels {
  readonly #engine: Engine
  readonly #feed: ChangeFeed
  /** In the order of use: the first is the one to let go. */
  readonly #kept = new Map<string, Kept>()
  #lastUsed: string | undefined
  readonly #loading = new Map<string, Promise<StreetModel>>()

  constructor(engine: Engine, feed: ChangeFeed) {
    this.#engine = engine
    this.#feed = feed
  }

  /** @throws when there is no such community. */
  async get(communityId: string): Promise<StreetModel> {
    for (;;) {
      const kept = this.#kept.get(communityId)
      if (kept && this.#isFresh(kept)) {
        this.#markUsed(communityId, kept)
        return kept.model
      }
      // One load at a time; whoever comes meanwhile waits for it and then looks again.
      let loading = this.#loading.get(communityId)
      if (!loading) {
        loading = this.#load(communityId, kept).finally(() => this.#loading.delete(communityId))
        this.#loading.set(communityId, loading)
      }
      await loading
    }
  }

  /** The model if it lies here and is up to date; undefined where it would have to be read. */
  peek(communityId: string): StreetModel | undefined {
    const kept = this.#kept.get(communityId)
    if (!kept || !this.#isFresh(kept)) return undefined
    if (communityId !== this.#lastUsed) this.#markUsed(communityId, kept)
    return kept.model
  }

  #markUsed(communityId: string, kept: Kept): void {
    this.#kept.delete(communityId)
    this.#kept.set(communityId, kept)
    this.#lastUsed = communityId
  }

  #isFresh(kept: Kept): boolean {
    // Most requests come while nothing is written at all.
    if (kept.checkedAt === this.#feed.count) return true
    if (this.#staleLayers(kept.model).length > 0) return false
    kept.checkedAt = this.#feed.count
    return true
  }

  #staleLayers(model: StreetModel): LayerId[] {
    return LAYER_IDS.filter(
      (id) => this.#feed.version(model.community.id, id) > (model.layers.get(id)?.version ?? -1),
    )
  }

  async #load(communityId: string, kept: Kept | undefined): Promise<StreetModel> {
    const builders = kept?.builders ?? new Map(LAYER_IDS.map((id) => [id, new LayerBuilder(id)]))
    const layers = new Map<LayerId, ModelLayer>(kept?.model.layers)
    const wanted = kept ? this.#staleLayers(kept.model) : LAYER_IDS
    const community = await asCommunities(this.#engine.db, [communityId], async (trx) => {
      for (const id of wanted) {
        const since = kept ? (layers.get(id)?.version ?? 0) : 0
        const changes = await loadChanges(trx, communityId, id, since)
        const builder = builders.get(id)!
        for (const feature of changes.live) builder.put(feature)
        for (const ended of changes.ended) builder.remove(ended)
        layers.set(id, builder.build(changes.version))
      }
      return kept?.model.community ?? (await loadCommunity(trx, communityId))
    })
    if (!community) throw new Error(`no community ${communityId}`)
    const model: StreetModel = {
      community,
      frame: kept && sizeOf(kept.model) > 0 ? kept.model.frame : frameOf(layers),
      layers,
    }
    this.#kept.delete(communityId)
    this.#kept.set(communityId, { builders, model, checkedAt: -1 })
    this.#lastUsed = communityId
    this.#letGo(communityId)
    return model
  }

  #letGo(latest: string): void {
    let features = [...this.#kept.values()].reduce((sum, { model }) => sum + sizeOf(model), 0)
    for (const [id, { model }] of this.#kept) {
      if (features <= MOST_FEATURES || id === latest) return
      features -= sizeOf(model)
      this.#kept.delete(id)
    }
  }
}

const sizeOf = (model: StreetModel): number =>
  [...model.layers.values()].reduce((sum, layer) => sum + layer.ids.length, 0)

/** The frame lies in the middle of everything the community has; it stays put, so that shapes need not move. */
function frameOf(layers: ReadonlyMap<LayerId, ModelLayer>) {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { index } of layers.values()) {
    if (!index) continue
    minx = Math.min(minx, index.minX)
    miny = Math.min(miny, index.minY)
    maxx = Math.max(maxx, index.maxX)
    maxy = Math.max(maxy, index.maxY)
  }
  if (minx > maxx) return metricFrame(0, 0)
  return metricFrame(lonOf((minx + maxx) / 2), latOf((miny + maxy) / 2))
}
