import { clearance } from './clearance.ts'
import type { PlanarShape } from './planar-shape.ts'

/** Streets are the borders of grids, and a phone is off by as much: within it of two grids a thing belongs to both. */
const BORDER_M = 15
/** What no grid holds belongs to the nearest, but not from further away than this. */
const FARTHEST_M = 200

/**
 * Whether a thing belongs to one of a person's own grids: it lies in one or within 15 m of one, or none of `others` is
 * nearer to it by more than that; never further than 200 m from the own ones. All in metres of one frame.
 */
export function isInReach(
  thing: PlanarShape,
  own: readonly PlanarShape[],
  others: readonly PlanarShape[],
): boolean {
  const toOwn = leastDistance(thing, own)
  if (toOwn <= BORDER_M) return true
  return toOwn <= FARTHEST_M && leastDistance(thing, others) >= toOwn - BORDER_M
}

const leastDistance = (thing: PlanarShape, grids: readonly PlanarShape[]): number =>
  grids.reduce((least, grid) => Math.min(least, clearance(thing, grid).distance_m), Infinity)
