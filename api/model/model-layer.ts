import Flatbush from 'flatbush'
import type { Geometry } from 'geojson'
import { mercatorShape, type MercatorShape } from './mercator.ts'
import { IdValues } from './mvt/id-values.ts'
import { TILE_ATTRIBUTES } from './mvt/tile-attributes.ts'
import { TileValues } from './mvt/tile-values.ts'
import type { LayerId, ModelLayer } from './street-model.ts'

/** One live feature as it was read from the database. */
export interface LoadedFeature {
  id: string
  geometry: Geometry
  properties: Record<string, unknown>
}

interface KeptFeature extends LoadedFeature {
  shape: MercatorShape
  number: number
  codes: Int32Array
}

/** The features behind a layer, from which its next version is made: only what changed is projected again. */
export class LayerBuilder {
  readonly #id: LayerId
  readonly #features = new Map<string, KeptFeature>()
  readonly #numbers = new Map<string, number>()
  readonly #values: TileValues
  readonly #idValues = new IdValues()

  constructor(id: LayerId) {
    this.#id = id
    this.#values = new TileValues(TILE_ATTRIBUTES[id])
  }

  put(feature: LoadedFeature): void {
    let number = this.#numbers.get(feature.id)
    if (number === undefined) {
      number = this.#numbers.size + 1
      this.#numbers.set(feature.id, number)
      this.#idValues.add(feature.id)
    }
    this.#features.set(feature.id, {
      ...feature,
      shape: mercatorShape(feature.geometry),
      number,
      codes: this.#values.codesOf(feature.properties),
    })
  }

  remove(id: string): void {
    this.#features.delete(id)
  }

  /** The layer as it stands now, in the order of ids. */
  build(version: number): ModelLayer {
    const features = [...this.#features.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    const places = new Map(features.map((feature, i) => [feature.id, i]))
    return {
      id: this.#id,
      version,
      ids: features.map((feature) => feature.id),
      properties: features.map((feature) => feature.properties),
      geometry: features.map((feature) => feature.geometry),
      shapes: features.map((feature) => feature.shape),
      numbers: features.map((feature) => feature.number),
      codes: features.map((feature) => feature.codes),
      values: this.#values,
      idValues: this.#idValues,
      index: indexOver(features),
      indexOf: (id) => places.get(id),
    }
  }
}

function indexOver(features: readonly KeptFeature[]): Flatbush | null {
  if (features.length === 0) return null
  const index = new Flatbush(features.length)
  for (const { shape } of features) index.add(...shape.bounds)
  index.finish()
  return index
}
