import type { FeatureCollection, LineString, Position } from 'geojson'
import { type MetricFrame, toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import type { Point } from '../../../api/domain/geometry/ring-edits.ts'
import type { Finding } from '../../../api/domain/rules/finding.ts'

/** What of the bench is drawn on the map, as GeoJSON in WGS 84 degrees. */

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
