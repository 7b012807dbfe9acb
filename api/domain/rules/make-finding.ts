import type { Geometry } from 'geojson'
import { type Times, timesToWindows } from '../schedule/around-holidays.ts'
import { ALWAYS, MINUTES_PER_WEEK, type WeeklyWindow } from '../schedule/windows.ts'
import type { Finding, Party } from './finding.ts'
import type { Rule, RuleLevel } from './rule-pack.ts'
import type { PlacedFeature } from './scene.ts'

/** Puts a finding about one use together. */
export const makeFinding = (
  rule: Rule,
  level: RuleLevel,
  subject: PlacedFeature,
  measured: number | null,
  where: Geometry,
  when: Times,
): Finding => assemble(rule, level, partyOf(subject), null, measured, where, whenOf(when))

/** Puts a finding together; figures are rounded to what a tape measure shows: centimetres and 0.01 m². */
export function assemble(
  rule: Rule,
  level: RuleLevel,
  subject: Finding['subject'],
  other: Finding['other'],
  measured: number | null,
  where: Geometry,
  when: Finding['when'],
): Finding {
  return {
    rule_id: rule.id,
    severity: level.severity,
    message_key: rule.message_key,
    subject,
    other,
    measured: measured === null ? null : Math.round(measured * 100) / 100,
    required: rule.unit === null ? null : level.required,
    unit: rule.unit,
    where,
    when,
    fix: null,
    source: rule.source,
  }
}

const ALL_WEEK: readonly WeeklyWindow[] = timesToWindows({ week: ALWAYS, holidays: [] })

/** Minutes as a finding tells them: hours of an ordinary week, and windows. */
export function whenOf(when: Times): Finding['when'] {
  if (when.week === ALWAYS && when.holidays.length === 0)
    return { hours_per_week: MINUTES_PER_WEEK / 60, windows: ALL_WEEK as WeeklyWindow[] }
  let minutes = 0
  for (const [from, to] of when.week) minutes += to - from
  return { hours_per_week: Math.round((minutes / 60) * 100) / 100, windows: timesToWindows(when) }
}

/** A feature as a party of a finding. */
export const partyOf = (feature: PlacedFeature): Party => ({
  collection: feature.collection,
  id: feature.id,
  name_zh: (feature.properties['name_zh'] as string | null | undefined) ?? null,
  name_en: (feature.properties['name_en'] as string | null | undefined) ?? null,
})
