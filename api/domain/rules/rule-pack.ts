import type { FindingUnit, RuleSource, Severity } from './finding.ts'

/**
 * A rule as data. What it looks at: features of `subject` (narrowed by `when_subject`), against features of `other`
 * (narrowed by `other.kinds`) for the kinds that compare two. `levels` are tried in order; the first that fails gives
 * the finding. A rule whose kind is `stated` is quoted for people and judged by nothing yet.
 */
export interface Rule {
  id: string
  kind: RuleKind
  message_key: string
  title_zh: string
  title_en: string
  subject: { collection: 'bays' | 'vendor_zones'; vehicle_classes?: string[]; layouts?: string[] }
  other?: { collection: string; kinds?: string[] }
  /** For `unit_size`: the bay's member that is measured. */
  member?: 'unit_length_m' | 'unit_width_m'
  levels: RuleLevel[]
  unit: FindingUnit | null
  source: RuleSource
  /** How sure we are of the value: read in a primary source, in a copy of it, or common knowledge. */
  evidence: 'primary' | 'page' | 'common'
}

/** `required`: the least (or most, for `slope` and `no_overlap`) that is allowed; per street class where it varies. */
export interface RuleLevel {
  severity: Severity
  required: number
  most?: number
  by_class?: Record<string, number>
}

export type RuleKind =
  | 'inside_community'
  | 'no_overlap'
  | 'clearance'
  | 'footway_width'
  | 'clear_walking_width'
  | 'slope'
  | 'carriageway_width'
  | 'unit_size'
  | 'smallest_site'
  | 'area_per_vehicle'
  | 'set_hours'
  | 'stated'

export interface RulePack {
  id: string
  version: number
  name_zh: string
  name_en: string
  region: string
  effective: string
  rules: Rule[]
}
