import type { FindingUnit, RuleSource, Severity } from './finding.ts'
import type { Use } from './scene.ts'

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
  subject: { collection: Use; vehicle_classes?: string[]; layouts?: string[] }
  other?: { collection: string; kinds?: string[] }
  /** For `unit_size`: the bay's member that is measured. */
  member?: 'unit_length_m' | 'unit_width_m'
  levels: RuleLevel[]
  unit: FindingUnit | null
  source: RuleSource
  /** How sure we are of the value: read in a primary source, in a copy of it, or common knowledge. */
  evidence: 'primary' | 'page' | 'common'
  /** The id of the pack that this one has the rule from; its own rules have none. */
  from?: string
}

/** `required`: the least (or most, for `slope` and `no_overlap`) that is allowed; per street class where it varies. */
export interface RuleLevel {
  severity: Severity
  required: number
  most?: number
  by_class?: Record<string, number>
}

export const RULE_KINDS = [
  'inside_community',
  'no_overlap',
  'clearance',
  'footway_width',
  'clear_walking_width',
  'slope',
  'carriageway_width',
  'unit_size',
  'smallest_site',
  'area_per_vehicle',
  'set_hours',
  'stated',
] as const
export type RuleKind = (typeof RULE_KINDS)[number]

/** A pack as it ships may `extend` another: rules that it does not state itself are that one's. */
export interface RulePack {
  id: string
  extends?: string
  note_zh?: string
  note_en?: string
  version: number
  name_zh: string
  name_en: string
  region: string
  effective: string
  rules: Rule[]
}

/** The pack with the rules it takes over, each marked with where it is from, in the other pack's order. */
export function resolvePack(pack: RulePack, packs: ReadonlyMap<string, RulePack>): RulePack {
  if (pack.extends === undefined) return pack
  const base = packs.get(pack.extends)
  if (!base) throw new Error(`the rule pack "${pack.id}" extends "${pack.extends}", which is none`)
  const own = new Map(pack.rules.map((rule) => [rule.id, rule]))
  const taken = resolvePack(base, packs).rules.map(
    (rule) => own.get(rule.id) ?? { ...rule, from: rule.from ?? base.id },
  )
  const added = pack.rules.filter((rule) => !base.rules.some(({ id }) => id === rule.id))
  return { ...pack, rules: [...taken, ...added] }
}

/** Whether a rule looks at a feature at all: its collection, vehicle classes and layout. */
export function looksAt(
  rule: Rule,
  feature: { collection: string; properties: Readonly<Record<string, unknown>> },
): boolean {
  if (rule.subject.collection !== feature.collection) return false
  const { vehicle_classes: classes, layouts } = rule.subject
  const own = feature.properties['vehicle_classes'] as string[] | undefined
  if (classes && !own?.some((vehicle) => classes.includes(vehicle))) return false
  return !layouts || layouts.includes((feature.properties['layout'] as string | null) ?? '')
}
