import type { Feature, FeatureCollection, LineString, Point as GeoPoint, Position } from 'geojson'
import { type MetricFrame, toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import {
  centreOf,
  edgesOf,
  type OpenRing,
  type Point,
} from '../../../api/domain/geometry/ring-edits.ts'
import type { Finding } from '../../../api/domain/rules/finding.ts'

/** What of the bench is drawn on the map, as GeoJSON in WGS 84 degrees. */

/** Labels stand this far outside the edge that they measure. */
const LABEL_OFF_M = 0.45
/** Edges shorter than this have no room for a label. */
const LEAST_LABELLED_M = 0.4

/** A rectangle is measured once along and once across, a free shape on every edge. */
export function dimensionLabels(
  frame: MetricFrame,
  ring: OpenRing,
  isRectangle: boolean,
  textOf: (length_m: number) => string,
): FeatureCollection<GeoPoint> {
  const [cx, cy] = centreOf(ring)
  const features = edgesOf(ring).flatMap(([[ax, ay], [bx, by]], edge): Feature<GeoPoint>[] => {
    const length = Math.hypot(bx - ax, by - ay)
    if (length < LEAST_LABELLED_M || (isRectangle && edge !== 1 && edge !== 2)) return []
    const [mx, my] = [(ax + bx) / 2, (ay + by) / 2]
    const [nx, ny] = [(by - ay) / length, (ax - bx) / length]
    const outward = nx * (mx - cx) + ny * (my - cy) >= 0 ? LABEL_OFF_M : -LABEL_OFF_M
    const clockwise = (-Math.atan2(by - ay, bx - ax) * 180) / Math.PI
    return [
      {
        type: 'Feature',
        properties: { text: textOf(length), turn: upright(clockwise) },
        geometry: {
          type: 'Point',
          coordinates: toDegrees(frame, mx + nx * outward, my + ny * outward),
        },
      },
    ]
  })
  return { type: 'FeatureCollection', features }
}

/** Lines in metres as one collection. */
export function lineFeatures(
  frame: MetricFrame,
  lines: readonly (readonly Point[])[],
): FeatureCollection<LineString> {
  const positions = (line: readonly Point[]): Position[] =>
    line.map(([x, y]) => toDegrees(frame, x, y))
  return {
    type: 'FeatureCollection',
    features: lines.map((line) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'LineString', coordinates: positions(line) },
    })),
  }
}

/** The places of findings that have one of their own: shared ground, missing metres, ground outside. */
export function findingPlaces(
  findings: readonly Finding[],
  shown: Finding | null,
  textOf: (finding: Finding) => string,
): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: findings
      .filter((finding) => finding.other !== null || finding.message_key === OUTSIDE)
      .map((finding) => ({
        type: 'Feature',
        properties: {
          severity: finding.severity,
          text: textOf(finding),
          is_shown: finding === shown,
        },
        geometry: finding.where,
      })),
  }
}

const OUTSIDE = 'finding.outside_community'

/** Nobody reads upside down. */
const upright = (degrees: number): number =>
  degrees > 90 ? degrees - 180 : degrees <= -90 ? degrees + 180 : degrees
