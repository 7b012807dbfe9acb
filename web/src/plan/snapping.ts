import { edgesOf, type Point } from '../../../api/domain/geometry/ring-edits.ts'
import type { SnapTarget } from '../../../api/domain/geometry/snap.ts'
import type { Scene } from '../../../api/domain/rules/scene.ts'
import type { Kerb } from './kerbs.ts'

/** Whose edges a bay sticks to, beside kerbs. Buildings are walls; between painted areas a line's width stays free. */
const NEIGHBOURS: readonly { collection: string; gap_m: number }[] = [
  { collection: 'bays', gap_m: 0.02 },
  { collection: 'vendor_zones', gap_m: 0.02 },
  { collection: 'curb_objects', gap_m: 0.02 },
  { collection: 'buildings', gap_m: 0 },
]

/** How near the pointer must come, in pixels of the screen. */
export const SNAP_PX = 10

type Box = readonly [minx: number, miny: number, maxx: number, maxy: number]

/** Kerbs and edges of neighbours within `reach_m` of some points; `ownId` is the bay that is being drawn. */
export function snapTargets(
  scene: Scene,
  kerbs: readonly Kerb[],
  points: readonly Point[],
  reach_m: number,
  ownId: string,
): SnapTarget[] {
  const box = boxAround(points, reach_m)
  const targets: SnapTarget[] = []
  for (const { line } of kerbs)
    for (const [from, to] of edgesOf(line.points).slice(0, -1))
      add(targets, box, { kind: 'kerb', from, to, gap_m: 0 })
  for (const { collection, gap_m } of NEIGHBOURS) {
    const layer = scene.layers.get(collection)
    for (const i of layer?.index?.search(...box) ?? []) {
      const { id, shape } = layer!.features[i]!
      if (id === ownId || shape.pieces.length === 0) continue
      for (let e = 0; e < shape.edges.length; e += 4)
        add(targets, box, {
          kind: 'edge',
          from: [shape.edges[e]!, shape.edges[e + 1]!],
          to: [shape.edges[e + 2]!, shape.edges[e + 3]!],
          gap_m,
        })
    }
  }
  return targets
}

function boxAround(points: readonly Point[], reach_m: number): Box {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [
    Math.min(...xs) - reach_m,
    Math.min(...ys) - reach_m,
    Math.max(...xs) + reach_m,
    Math.max(...ys) + reach_m,
  ]
}

function add(targets: SnapTarget[], [minx, miny, maxx, maxy]: Box, target: SnapTarget): void {
  const { from, to } = target
  if (Math.max(from[0], to[0]) < minx || Math.min(from[0], to[0]) > maxx) return
  if (Math.max(from[1], to[1]) < miny || Math.min(from[1], to[1]) > maxy) return
  targets.push(target)
}
