import { placeOnKerb, pointAlong } from '../../../api/domain/geometry/kerb-line.ts'
import type { KerbPlacement } from '../../../api/domain/geometry/kerb-line.ts'
import type { Point } from '../../../api/domain/geometry/ring-edits.ts'
import type { SnapTarget } from '../../../api/domain/geometry/snap.ts'
import type { BayProperties } from './bay-draft.ts'
import { firstPlacement } from './edits.ts'
import type { Kerb } from './kerbs.ts'

/** A shorter drag is a click: it sets down a bay of the usual first length. */
const CLICK_M = 0.5
/** How far across the kerb the guide at a neighbour's edge is drawn. */
const GUIDE_M = 3

/**
 * The bay that a drag along a kerb draws, from where it was pressed to where the pointer is now (metres along the
 * kerb). Both ends stick to neighbours' edges within `reach_m`; `guides` are the lines that they stick to.
 */
export function drawAlong(
  kerb: Kerb,
  properties: BayProperties,
  drag: { from_m: number; to_m: number },
  targets: readonly SnapTarget[],
  reach_m: number,
): { placement: KerbPlacement; guides: [Point, Point][] } {
  const first = firstPlacement(kerb, properties, drag.from_m)
  if (Math.abs(drag.to_m - drag.from_m) < CLICK_M) return { placement: first, guides: [] }
  const way = drag.to_m >= drag.from_m ? 1 : -1
  const from = stickAlong(kerb, drag.from_m, targets, reach_m, way)
  const to = stickAlong(kerb, drag.to_m, targets, reach_m, way === 1 ? -1 : 1)
  const placement = {
    ...first,
    from_m: Math.min(from.along_m, to.along_m),
    to_m: Math.max(from.along_m, to.along_m),
  }
  return { placement, guides: [...from.guides, ...to.guides] }
}

/** The nearest end of a neighbour's edge along the kerb, less its gap towards `away`. */
function stickAlong(
  kerb: Kerb,
  along_m: number,
  targets: readonly SnapTarget[],
  reach_m: number,
  away: 1 | -1,
): { along_m: number; guides: [Point, Point][] } {
  let best: { along_m: number; off: number } | null = null
  for (const target of targets) {
    if (target.kind === 'kerb') continue
    for (const end of [target.from, target.to]) {
      const stop = placeOnKerb(kerb.line, end)
      if (stop.distance_m > GUIDE_M) continue
      const off = Math.abs(stop.along_m - along_m)
      if (off <= (best?.off ?? reach_m)) best = { along_m: stop.along_m + away * target.gap_m, off }
    }
  }
  if (!best) return { along_m, guides: [] }
  const { point, direction } = pointAlong(kerb.line, best.along_m)
  const across: Point = [-direction[1] * GUIDE_M, direction[0] * GUIDE_M]
  return {
    along_m: best.along_m,
    guides: [
      [
        [point[0] - across[0], point[1] - across[1]],
        [point[0] + across[0], point[1] + across[1]],
      ],
    ],
  }
}
