import type { Feature, FeatureCollection, Point, Position } from 'geojson'
import type { Finding } from '../../../api/features/checks/contract.ts'
import { findingKey, type FindingGroup } from './finding-groups.ts'

/** Where findings are, as the map draws them. All coordinates in WGS 84 degrees. */

/** West, south, east, north of a finding's place. */
export function boxOf(where: Finding['where']): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of positions((where as { coordinates: unknown }).coordinates)) {
    box[0] = Math.min(box[0], lon!)
    box[1] = Math.min(box[1], lat!)
    box[2] = Math.max(box[2], lon!)
    box[3] = Math.max(box[3], lat!)
  }
  return box
}

/** Findings as features; `textOf` gives the figure that stands beside each. */
export function whereFeatures(
  findings: readonly Finding[],
  textOf: (finding: Finding) => string,
): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: findings.map((finding) => ({
      type: 'Feature',
      properties: {
        key: findingKey(finding),
        severity: finding.severity,
        text: textOf(finding),
        // Things of two parties have a place of their own; what concerns one alone is all of it.
        is_whole: finding.other === null && finding.message_key !== 'finding.outside_community',
      },
      geometry: finding.where,
    })),
  }
}

/** One point for each group, to be seen from afar. */
export function groupPoints(groups: readonly FindingGroup[]): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: groups.map(({ findings, hard }): Feature<Point> => {
      const [west, south, east, north] = boxOf(findings[0]!.where)
      return {
        type: 'Feature',
        properties: {
          key: findingKey(findings[0]!),
          severity: hard > 0 ? 'hard' : 'warning',
          text: String(findings.length),
        },
        geometry: { type: 'Point', coordinates: [(west + east) / 2, (south + north) / 2] },
      }
    }),
  }
}

function* positions(coordinates: unknown): Generator<Position> {
  const list = coordinates as unknown[]
  if (typeof list[0] === 'number') yield list as Position
  else for (const inner of list) yield* positions(inner)
}
