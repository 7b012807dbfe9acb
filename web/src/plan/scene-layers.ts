import type { Geometry } from 'geojson'
import { placeFeature, type Scene, sceneLayer } from '../../../api/domain/rules/scene.ts'
import type { CollectionId, InventoryFeature } from '../../../api/features/inventory/contract.ts'

/** The scene with one collection's features as they came from the server, in place of what it had of them. */
export function withLayer(
  scene: Scene,
  collection: CollectionId,
  features: readonly InventoryFeature[],
): Scene {
  const placed = features.map(({ id, geometry, properties }) =>
    placeFeature(scene.frame, { collection, id, geometry: geometry as Geometry, properties }),
  )
  return { ...scene, layers: new Map([...scene.layers, [collection, sceneLayer(placed)]]) }
}
