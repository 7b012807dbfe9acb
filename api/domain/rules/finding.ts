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
  /** The nearest that would mend it; null where none was asked for or found. */
  fix: Fix | null
  /** What else would, from near to far; only where fixes were asked for. */
  other_fixes?: Fix[]
  source: RuleSource
}

/** What would mend a finding, by a change of its subject alone; geometry in WGS 84 degrees with 7 decimals. */
export type Fix = MoveFix | ShrinkFix | RescheduleFix

export const COMPASS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const

export interface MoveFix {
  kind: 'move'
  distance_m: number
  direction: (typeof COMPASS)[number]
  /** Clockwise from north. */
  bearing_deg: number
  is_along_kerb: boolean
  geometry: Geometry
}

/** Cut to `to_m` along its longer side, or across the kerb where walking width is short. */
export interface ShrinkFix {
  kind: 'shrink'
  side: 'length' | 'depth'
  from_m: number
  to_m: number
  geometry: Geometry
  /** What a bay holds and a zone has room for afterwards; null where that was not known. */
  places: number | null
}

export interface RescheduleFix {
  kind: 'reschedule'
  windows: WeeklyWindow[]
  changes: WindowChange[]
  minutes_lost_per_week: number
}

/** Hours of some days that change; `to` null: the use is not there on these days. */
export interface WindowChange {
  days: string[]
  from: { from: string; to: string }
  to: { from: string; to: string } | null
}

/** Where a rule's value comes from; `quoted` are the source's own words or figures. */
export interface RuleSource {
  title: string
  url: string | null
  quoted: string | null
}
