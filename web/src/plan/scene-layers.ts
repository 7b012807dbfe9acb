import type { Geometry } from 'geojson'
import type { MetricFrame } from '../../../api/domain/geometry/metric-frame.ts'
import { placeFeature, type Scene, sceneLayer } from '../../../api/domain/rules/scene.ts'
import type { CollectionId, InventoryFeature } from '../../../api/features/inventory/contract.ts'

/** A scene's layers with one collection's features as they came from the server, in place of what they had of them. */
export function withLayer(
  frame: MetricFrame,
  layers: Scene['layers'],
  collection: CollectionId,
  features: readonly InventoryFeature[],
): Scene['layers'] {
  const placed = features.map(({ id, geometry, properties }) =>
    placeFeature(frame, { collection, id, geometry: geometry as Geometry, properties }),
  )
  return new Map([...layers, [collection, sceneLayer(placed)]])
}
