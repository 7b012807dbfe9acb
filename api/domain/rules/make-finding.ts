import type { Geometry } from 'geojson'
import { type Interval, intervalsToWindows } from '../schedule/windows.ts'
import type { Finding, Party } from './finding.ts'
import type { Rule, RuleLevel } from './rule-pack.ts'
import type { PlacedFeature } from './scene.ts'

/** Puts a finding together; figures are rounded to what a tape measure shows: centimetres and 0.01 m². */
export function makeFinding(
  rule: Rule,
  level: RuleLevel,
  subject: PlacedFeature,
  other: PlacedFeature | null,
  measured: number | null,
  where: Geometry,
  when: readonly Interval[],
): Finding {
  const minutes = when.reduce((sum, [from, to]) => sum + to - from, 0)
  return {
    rule_id: rule.id,
    severity: level.severity,
    message_key: rule.message_key,
    subject: partyOf(subject),
    other: other && {
      ...partyOf(other),
      kind: (other.properties['kind'] as string | undefined) ?? null,
    },
    measured: measured === null ? null : Math.round(measured * 100) / 100,
    required: rule.unit === null ? null : level.required,
    unit: rule.unit,
    where,
    when: {
      hours_per_week: Math.round((minutes / 60) * 100) / 100,
      windows: intervalsToWindows(when),
    },
    fix: null,
    source: rule.source,
  }
}

const partyOf = (feature: PlacedFeature): Party => ({
  collection: feature.collection,
  id: feature.id,
  name_zh: (feature.properties['name_zh'] as string | null | undefined) ?? null,
  name_en: (feature.properties['name_en'] as string | null | undefined) ?? null,
})
