import {
  buildScene,
  JUDGED_COLLECTIONS,
  type PlacedFeature,
  placeFeature,
  type Scene,
  sceneLayer,
} from '../domain/rules/scene.ts'
import type { StreetModel } from './street-model.ts'

/**
 * The scene that rules are judged in, kept beside each street model: a layer's shapes are placed again only when that
 * layer changed, so a check after an edit costs one layer and a check without one costs nothing.
 */
export class Scenes {
  readonly #kept = new Map<string, { versions: Map<string, number>; scene: Scene; asked: number }>()
  #asked = 0

  sceneOf(model: StreetModel): Scene {
    const kept = this.#kept.get(model.community.id)
    const isSameFrame =
      kept !== undefined &&
      kept.scene.frame.lon0 === model.frame.lon0 &&
      kept.scene.frame.lat0 === model.frame.lat0
    const layers = new Map(isSameFrame ? kept.scene.layers : [])
    const versions = new Map(isSameFrame ? kept.versions : [])
    let isAsKept = isSameFrame
    for (const id of JUDGED_COLLECTIONS) {
      const layer = model.layers.get(id)
      if (!layer || versions.get(id) === layer.version) continue
      const placed: PlacedFeature[] = layer.ids.map((featureId, i) =>
        placeFeature(model.frame, {
          collection: id,
          id: featureId,
          geometry: layer.geometry[i]!,
          properties: layer.properties[i]!,
        }),
      )
      layers.set(id, sceneLayer(placed))
      versions.set(id, layer.version)
      isAsKept = false
    }
    const { boundary: geometry } = model.community
    const boundary =
      isSameFrame && kept.scene.boundary?.geometry === geometry
        ? kept.scene.boundary
        : buildScene(model.frame, geometry, []).boundary
    const { holidays } = model.community
    // The very same scene while nothing changed: what was worked out of it is kept by it.
    const isSame = isAsKept && kept?.scene.boundary === boundary && kept.scene.holidays === holidays
    const scene: Scene = isSame ? kept.scene : { frame: model.frame, boundary, layers, holidays }
    this.#kept.set(model.community.id, { versions, scene, asked: ++this.#asked })
    this.#forgetOldest()
    return scene
  }

  #forgetOldest(): void {
    if (this.#kept.size <= MOST_SCENES) return
    const [oldest] = [...this.#kept].sort((a, b) => a[1].asked - b[1].asked)
    if (oldest) this.#kept.delete(oldest[0])
  }
}

/** A city has hundreds of communities; those being planned just now are few. */
const MOST_SCENES = 64
