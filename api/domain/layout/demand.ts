import type { Point } from '../geometry/ring-edits.ts'
import type { Scene } from '../rules/scene.ts'
import type { Demand } from './goals.ts'

/** A place where parking is wanted, in metres of the frame, and by how many. */
export interface WantedAt {
  point: Point
  weight: number
}

/** Beyond this nobody walks to a site: the distance between sites that city guides ask for. */
const WALK_M = 300

/** What counts at a place: every wish within a walk, less the farther away it is. Null where there is none at all. */
export function demandOf(wanted: readonly WantedAt[]): Demand | null {
  const counted = wanted.filter(({ weight }) => weight > 0)
  if (counted.length === 0) return null
  return ([x, y]) =>
    counted.reduce((sum, { point, weight }) => {
      const share = 1 - Math.hypot(x - point[0], y - point[1]) / WALK_M
      return share > 0 ? sum + weight * share : sum
    }, 0)
}

/** Where people live: the households of every building, at its middle. */
export function householdsIn(scene: Scene): WantedAt[] {
  return (scene.layers.get('buildings')?.features ?? []).flatMap(({ shape, properties }) => {
    const weight = properties['households'] as number | null | undefined
    if (!weight) return []
    const [minx, miny, maxx, maxy] = shape.bounds
    return [{ point: [(minx + maxx) / 2, (miny + maxy) / 2] as Point, weight }]
  })
}
