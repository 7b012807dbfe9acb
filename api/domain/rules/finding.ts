import type { Geometry } from 'geojson'
import type { WeeklyWindow } from '../schedule/windows.ts'

export type Severity = 'hard' | 'warning'
export type FindingUnit = 'm' | 'm2' | 'percent' | 'count' | 'minutes'

/** One side of a finding: a feature of the inventory, named as people know it. */
export interface Party {
  collection: string
  id: string
  name_zh: string | null
  name_en: string | null
}

/**
 * One rule that a use of the street breaks: which, where, by how much and when. `measured` against `required` in
 * `unit`; `where` is the shared area, or the line along which metres are missing, in WGS 84 degrees; `when` counts the
 * hours of an ordinary week in which both uses are there.
 */
export interface Finding {
  rule_id: string
  severity: Severity
  message_key: string
  subject: Party
  other: (Party & { kind: string | null }) | null
  measured: number | null
  required: number | null
  unit: FindingUnit | null
  where: Geometry
  when: { hours_per_week: number; windows: WeeklyWindow[] }
  fix: null
  source: RuleSource
}

/** Where a rule's value comes from; `quoted` are the source's own words or figures. */
export interface RuleSource {
  title: string
  url: string | null
  quoted: string | null
}
