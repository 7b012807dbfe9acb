import { isInReach } from '../../domain/geometry/grid-reach.ts'
import { type PlanarShape, planarShape } from '../../domain/geometry/planar-shape.ts'
import type { ModelLayer, StreetModel } from '../../model/street-model.ts'
import type { Admitted, Fault } from './admitting.ts'
import type { StoredPlace } from './places.ts'

/** Why an item may not be logged by its sender; null where it may. */
export type Limit = (item: Admitted, place: StoredPlace | null) => Fault | null

const shapesOfLayers = new WeakMap<ModelLayer, PlanarShape[]>()
const streetsOfSides = new WeakMap<ModelLayer, Map<string, number>>()

/** The limit of somebody who walks some grids of a community only; `gridIds` of grids that ended count for nothing. */
export function limitToGrids(model: StreetModel, gridIds: readonly string[]): Limit {
  const grids = model.layers.get('grids')!
  const isOwn = new Set(gridIds)
  const shapes = shapesOf(model, grids)
  const own = shapes.filter((_, i) => isOwn.has(grids.ids[i]!))
  const others = shapes.filter((_, i) => !isOwn.has(grids.ids[i]!))
  const names = grids.properties
    .filter((_, i) => isOwn.has(grids.ids[i]!))
    .map((grid) => (grid['grid_code'] ?? grid['external_id'] ?? grid['name_zh'] ?? '') as string)
    .toSorted()
  return (item, place) => {
    const thing = shapeOf(model, item, place)
    if (thing && isInReach(thing, own, others)) return null
    return {
      path: item.place ? 'place' : 'lon',
      message: `lies outside your grids (${names.join(', ') || 'none is left'}): whoever walks there may log it, or the leader gives you its grid`,
    }
  }
}

function shapeOf(
  model: StreetModel,
  item: Admitted,
  place: StoredPlace | null,
): PlanarShape | undefined {
  if (!item.place || !place)
    return planarShape(model.frame, { type: 'Point', coordinates: [item.lon!, item.lat!] })
  const layer = model.layers.get(item.place.collection)!
  const at =
    place.place_kind === 'street_side'
      ? streetsBySide(layer).get(place.place_id)
      : layer.indexOf(place.place_id)
  return at === undefined ? undefined : shapesOf(model, layer)[at]
}

/** Made once for each version of a layer. */
function shapesOf(model: StreetModel, layer: ModelLayer): PlanarShape[] {
  const known = shapesOfLayers.get(layer)
  if (known) return known
  const shapes = layer.geometry.map((geometry) => planarShape(model.frame, geometry))
  shapesOfLayers.set(layer, shapes)
  return shapes
}

function streetsBySide(streets: ModelLayer): Map<string, number> {
  const known = streetsOfSides.get(streets)
  if (known) return known
  const sides = new Map(
    streets.properties.flatMap((street, i) =>
      (street['sides'] as { id: string }[]).map(({ id }) => [id, i] as const),
    ),
  )
  streetsOfSides.set(streets, sides)
  return sides
}
