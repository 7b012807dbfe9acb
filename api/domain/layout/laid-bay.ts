import type { Polygon } from 'geojson'
import { type MetricFrame, toDegrees } from '../geometry/metric-frame.ts'
import type { OpenRing } from '../geometry/ring-edits.ts'
import { areaOfRing } from '../geometry/rings.ts'
import type { SceneFeature } from '../rules/scene.ts'
import type { Run } from './best-runs.ts'
import type { Standing } from './standing.ts'
import { rectangleOn, type Strip } from './strip.ts'

/** A bay as the inventory would take it: a draft for one class, with the places it was laid out for. */
export interface LaidBay extends SceneFeature {
  collection: 'bays'
  geometry: Polygon
  properties: {
    vehicle_classes: [string]
    layout: string
    rows: number
    unit_length_m: number
    unit_width_m: number
    capacity: number
    status: 'draft'
    segment_id: string | null
    side: 'left' | 'right' | null
  }
}

/** Coordinates go over the wire with seven decimals. */
const DECIMALS = 1e7

/** A run on a strip as a draft; `id` tells it from the other drafts of a layout. */
export function laidBay(
  frame: MetricFrame,
  id: string,
  strip: Strip,
  run: Run,
  { bay }: Pick<Standing, 'bay'>,
  at: { segment_id: string; side: 'left' | 'right' } | null,
): LaidBay {
  return {
    collection: 'bays',
    id,
    geometry: roundedPolygon(frame, rectangleOn(strip, [run.from_m, run.to_m])),
    properties: {
      vehicle_classes: [bay.vehicle_class],
      layout: bay.layout,
      rows: bay.rows,
      unit_length_m: bay.unit_length_m,
      unit_width_m: bay.unit_width_m,
      capacity: run.units * bay.rows,
      status: 'draft',
      segment_id: at?.segment_id ?? null,
      side: at?.side ?? null,
    },
  }
}

/** A ring in metres as it will be stored: degrees with seven decimals, closed, counter-clockwise. */
export function roundedPolygon(frame: MetricFrame, ring: OpenRing): Polygon {
  const positions = ring.map(([x, y]) =>
    toDegrees(frame, x, y).map((degrees) => Math.round(degrees * DECIMALS) / DECIMALS),
  )
  const closed = [...positions, positions[0]!]
  return { type: 'Polygon', coordinates: [areaOfRing(closed) < 0 ? closed.reverse() : closed] }
}
