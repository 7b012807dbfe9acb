import type { Geometry } from 'geojson'
import { kerbLine, type KerbLine } from '../geometry/kerb-line.ts'
import { type MetricFrame, toMetres } from '../geometry/metric-frame.ts'
import type { VehicleClass } from '../geometry/bay-capacity.ts'
import type { Scene } from '../rules/scene.ts'

/** One side of a street, by name. */
export interface SideName {
  segment_id: string
  side: 'left' | 'right'
}

/** A side of a street as bays are laid along it; widths in metres, null where nobody has measured them. */
export interface KerbSide extends SideName {
  kerb: KerbLine
  footway_width_m: number | null
  furnishing_width_m: number | null
  carriageway_width_m: number | null
}

/** What is not known of a side; without its kerb line nothing can be laid along it, without a width nothing judged. */
export interface Missing extends SideName {
  what: 'street_segment' | 'kerb_line' | 'footway_width_m' | 'carriageway_width_m' | 'slope_percent'
}

interface StoredSide {
  side: 'left' | 'right'
  footway_width_m?: number | null
  furnishing_width_m?: number | null
  slope_percent?: number | null
  kerb_line?: Geometry | null
}

/** Looks sides up in the scene and says what of them is unknown. */
export function kerbSides(
  scene: Scene,
  names: readonly SideName[],
  vehicle: VehicleClass,
): { sides: KerbSide[]; missing: Missing[] } {
  const missing: Missing[] = []
  const segments = scene.layers.get('street_segments')?.features ?? []
  const sides = names.flatMap(({ segment_id, side: name }): KerbSide[] => {
    const miss = (what: Missing['what']) => void missing.push({ segment_id, side: name, what })
    const segment = segments.find(({ id }) => id === segment_id)
    if (!segment) {
      miss('street_segment')
      return []
    }
    const side = ((segment.properties['sides'] ?? []) as StoredSide[]).find((s) => s.side === name)
    const line = side?.kerb_line
    if (line?.type !== 'LineString' || line.coordinates.length < 2) {
      miss('kerb_line')
      return []
    }
    const carriageway = segment.properties['carriageway_width_m'] as number | null | undefined
    if (vehicle === 'car') {
      if (carriageway == null) miss('carriageway_width_m')
    } else {
      if (side!.footway_width_m == null) miss('footway_width_m')
      if (side!.slope_percent == null) miss('slope_percent')
    }
    return [
      {
        segment_id,
        side: name,
        kerb: kerbOf(scene.frame, line.coordinates),
        footway_width_m: side!.footway_width_m ?? null,
        furnishing_width_m: side!.furnishing_width_m ?? null,
        carriageway_width_m: carriageway ?? null,
      },
    ]
  })
  return { sides, missing }
}

/** The kerb in metres, without positions that are drawn twice. */
const kerbOf = (frame: MetricFrame, line: readonly (readonly number[])[]): KerbLine =>
  kerbLine(
    line
      .map((p) => toMetres(frame, p[0]!, p[1]!))
      .filter(
        ([x, y], i, all) => i === 0 || Math.hypot(x - all[i - 1]![0], y - all[i - 1]![1]) > 0,
      ),
  )
