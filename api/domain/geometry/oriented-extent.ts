import type { PlanarShape } from './planar-shape.ts'

/**
 * Length and depth in metres of the box around a shape that is turned along its longest edge. With `kerb`, a unit
 * vector, the length is the side that runs along it (a bay may reach farther away from the kerb than along it);
 * without it, the longer side.
 */
export function orientedExtent(
  shape: PlanarShape,
  kerb?: readonly [x: number, y: number],
): { length_m: number; depth_m: number } {
  const { edges } = shape
  let [ux, uy, longest] = [1, 0, 0]
  for (let i = 0; i < edges.length; i += 4) {
    const dx = edges[i + 2]! - edges[i]!
    const dy = edges[i + 3]! - edges[i + 1]!
    const length = Math.hypot(dx, dy)
    if (length > longest) [ux, uy, longest] = [dx / length, dy / length, length]
  }
  let [minAlong, maxAlong, minAcross, maxAcross] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < edges.length; i += 2) {
    const along = edges[i]! * ux + edges[i + 1]! * uy
    const across = edges[i + 1]! * ux - edges[i]! * uy
    minAlong = Math.min(minAlong, along)
    maxAlong = Math.max(maxAlong, along)
    minAcross = Math.min(minAcross, across)
    maxAcross = Math.max(maxAcross, across)
  }
  const [along, across] = [maxAlong - minAlong, maxAcross - minAcross]
  const isAcrossTheKerb = kerb
    ? Math.abs(ux * kerb[0] + uy * kerb[1]) < Math.SQRT1_2
    : across > along
  return isAcrossTheKerb
    ? { length_m: across, depth_m: along }
    : { length_m: along, depth_m: across }
}
