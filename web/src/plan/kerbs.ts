import type { LineString } from 'geojson'
import {
  isAlongKerb,
  kerbLine,
  type KerbLine,
  placeOnKerb,
} from '../../../api/domain/geometry/kerb-line.ts'
import { type MetricFrame, toMetres } from '../../../api/domain/geometry/metric-frame.ts'
import { centreOf, type OpenRing, type Point } from '../../../api/domain/geometry/ring-edits.ts'
import type { InventoryFeature, StreetSide } from '../../../api/features/inventory/contract.ts'

/** One side of a street with its kerb line, to draw along. */
export interface Kerb {
  /** `segment/side`. */
  key: string
  segment_id: string
  side: StreetSide['side']
  name_zh: string | null
  name_en: string | null
  footway_width_m: number | null
  furnishing_width_m: number | null
  line: KerbLine
}

/** Farther from a kerb than this a bay stands on no street; the rules reach as far. */
const KERB_REACH_M = 6

/** The kerbs of streets; sides without a kerb line are left out. */
export function kerbsOf(
  frame: MetricFrame,
  segments: readonly InventoryFeature<'street_segments'>[],
): Kerb[] {
  return segments.flatMap(({ id, properties }) =>
    (properties.sides ?? []).flatMap((side): Kerb[] => {
      const line = side.kerb_line as LineString | null | undefined
      if (line?.type !== 'LineString' || line.coordinates.length < 2) return []
      return [
        {
          key: `${id}/${side.side}`,
          segment_id: id,
          side: side.side,
          name_zh: properties.name_zh ?? null,
          name_en: properties.name_en ?? null,
          footway_width_m: side.footway_width_m ?? null,
          furnishing_width_m: side.furnishing_width_m ?? null,
          line: kerbLine(line.coordinates.map((p) => toMetres(frame, p[0]!, p[1]!))),
        },
      ]
    }),
  )
}

/** The kerb nearest to a point, within `reach_m`; null where none is. */
export function nearestKerb(
  kerbs: readonly Kerb[],
  point: Point,
  reach_m: number,
): { kerb: Kerb; along_m: number; offset_m: number; distance_m: number } | null {
  let best: ReturnType<typeof nearestKerb> = null
  for (const kerb of kerbs) {
    const place = placeOnKerb(kerb.line, point)
    if (place.distance_m <= (best?.distance_m ?? reach_m)) best = { kerb, ...place }
  }
  return best
}

/** The kerb a shape stands at: the named one, else the nearest that an edge of it runs along, else the nearest. */
export function kerbOf(
  kerbs: readonly Kerb[],
  ring: OpenRing,
  named: { segment_id?: string | null | undefined; side?: string | null | undefined },
): Kerb | null {
  const key = named.segment_id && named.side ? `${named.segment_id}/${named.side}` : null
  const byName = kerbs.find((kerb) => kerb.key === key)
  if (byName) return byName
  const points = [centreOf(ring), ...ring]
  const near = kerbs
    .map((kerb) => ({
      kerb,
      distance_m: Math.min(...points.map((p) => placeOnKerb(kerb.line, p).distance_m)),
    }))
    .filter(({ distance_m }) => distance_m <= KERB_REACH_M)
    .sort((a, b) => a.distance_m - b.distance_m)
  return (near.find(({ kerb }) => isAlongKerb(kerb.line, ring)) ?? near[0])?.kerb ?? null
}
