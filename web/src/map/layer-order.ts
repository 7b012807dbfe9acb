/**
 * Every layer of the map, lowest first. A layer of any page stands where its id stands here, whenever it is added.
 * To add one, put its id in this list: an unknown id is a type error, and throws.
 */
export const LAYER_ORDER = [
  'grids-fill',
  'occupancy-grids-fill',
  'buildings-fill',
  'buildings-line',
  'lots-fill',
  'lots-line',
  'street-sides-footway',
  'streets-casing',
  'streets-fill',
  'street-sides-kerb',
  'frontages-fill',
  'frontages-line',
  'tactile-line',
  'tactile-fill',
  'curb-areas-fill',
  'curb-areas-line',
  'fire-lanes-fill',
  'fire-lanes-line',
  'grids-line',
  'occupancy-grids-line',
  'occupancy-grids-none',
  'occupancy-sides',
  'occupancy-sides-none',
  'occupancy-lots-fill',
  'occupancy-lots-line',
  'occupancy-lots-none',
  'vendor-zones-fill',
  'vendor-zones-line',
  'bays-fill',
  'bays-line',
  'bays-line-only',
  'bays-point',
  'occupancy-bays-fill',
  'occupancy-bays-line',
  'occupancy-bays-none',
  'occupancy-bays-point',
  'conflicts-where-fill',
  'conflicts-where-hatch',
  'conflicts-where-line',
  'inspect-grids-line',
  'inspect-sides-casing',
  'inspect-sides',
  'inspect-track',
  'counts-circle',
  'selected-halo',
  'selected-line',
  'selected-point',
  'curb-icons',
  'lots-icon',
  'counts-label',
  'grids-label',
  'buildings-label',
  'streets-label',
  'frontages-label',
  'curb-label',
  'lots-label',
  'vendor-zones-label',
  'bays-label',
  'occupancy-label',
  'conflicts-where-point',
  'conflicts-label',
  'conflicts-point-label',
  'plan-kerb',
  'plan-draft-fill',
  'plan-draft-line',
  'plan-where-fill',
  'plan-where-line',
  'plan-guides',
  'plan-where-label',
  'inspect-accuracy',
  'inspect-cases',
  'inspect-here',
] as const

export type LayerName = (typeof LAYER_ORDER)[number]

/**
 * The id of the invisible layer that marks where a layer belongs; every style holds one for each.
 * @throws for a layer that is not in the list.
 */
export function anchorOf(layer: LayerName): string {
  if (!LAYER_ORDER.includes(layer)) throw new Error(`"${layer}" is not in map/layer-order.ts`)
  return `place:${layer}`
}
