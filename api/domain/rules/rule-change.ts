import type { RuleSource, Severity } from './finding.ts'
import type { Rule, RuleLevel, RulePack } from './rule-pack.ts'

/**
 * One edit of one rule: a single level's members (`level` counts from 0), or all its levels, its source, or taking it
 * out. What is not named stays.
 */
export interface RuleChange {
  rule_id: string
  level?: number
  severity?: Severity
  required?: number
  most?: number
  by_class?: Record<string, number>
  levels?: RuleLevel[]
  source?: RuleSource
  evidence?: Rule['evidence']
  is_removed?: boolean
}

/** What is wrong with an edit and what would be right; `path` as in `changes/0/required`. */
export interface ChangeFault {
  path: string
  message: string
}

/** The least and most that a rule's value may sensibly be, in the rule's unit, and the step people turn it by. */
export interface ValueRange {
  least: number
  most: number
  step: number
}

/** Wide enough for every value found in a guide, narrow enough to catch centimetres typed as metres. */
export function sensibleRange(
  rule: Pick<Rule, 'kind' | 'subject' | 'member' | 'unit'>,
): ValueRange {
  const isForCars = rule.subject.vehicle_classes?.includes('car') ?? false
  switch (rule.kind) {
    case 'footway_width':
      return { least: 1, most: 10, step: 0.1 }
    case 'clear_walking_width':
      return { least: 0.8, most: 6, step: 0.1 }
    case 'clearance':
      return { least: 0, most: 200, step: 0.25 }
    case 'slope':
      return { least: 0, most: 15, step: 0.5 }
    case 'carriageway_width':
      return { least: 2.5, most: 40, step: 0.5 }
    case 'unit_size':
      if (rule.member === 'unit_width_m')
        return isForCars
          ? { least: 1.8, most: 4.5, step: 0.1 }
          : { least: 0.3, most: 1.5, step: 0.05 }
      return isForCars ? { least: 4, most: 15, step: 0.1 } : { least: 1, most: 3, step: 0.1 }
    case 'smallest_site':
      return { least: 1, most: 500, step: 1 }
    case 'area_per_vehicle':
      return isForCars ? { least: 5, most: 60, step: 0.5 } : { least: 0.2, most: 10, step: 0.1 }
    case 'no_overlap':
    case 'inside_community':
      return { least: 0, most: 10, step: 0.1 }
    case 'set_hours':
      return { least: 0, most: 1, step: 1 }
    case 'stated':
      return { least: 0, most: 5000, step: 1 }
  }
}

/** The pack after the edits, or what is wrong with them; the pack itself is left as it is. */
export function applyChanges(
  pack: RulePack,
  changes: readonly RuleChange[],
): { ok: true; pack: RulePack } | { ok: false; faults: ChangeFault[] } {
  const rules = new Map(pack.rules.map((rule) => [rule.id, rule]))
  const faults: ChangeFault[] = []
  changes.forEach((change, i) => {
    const path = `changes/${i}`
    const rule = rules.get(change.rule_id)
    if (!rule) {
      faults.push({ path: `${path}/rule_id`, message: `the pack has no rule "${change.rule_id}"` })
      return
    }
    if (change.is_removed) {
      rules.delete(rule.id)
      return
    }
    const levels = levelsAfter(rule, change)
    if (!levels) {
      faults.push({
        path: `${path}/level`,
        message: `${rule.id} has ${rule.levels.length} levels, counted from 0`,
      })
      return
    }
    const next: Rule = {
      ...rule,
      levels,
      source: change.source ?? rule.source,
      evidence: change.evidence ?? rule.evidence,
    }
    // A value that somebody set here is no longer the other pack's.
    delete next.from
    faults.push(...rangeFaults(next, change.levels ? `${path}/levels` : path, change))
    rules.set(rule.id, next)
  })
  return faults.length > 0 ? { ok: false, faults } : { ok: true, pack: withRules(pack, rules) }
}

/** What is wrong with a whole list of rules: ids used twice and values out of range; `path` as in `rules/3/levels/0`. */
export function rulesFaults(rules: readonly Rule[]): ChangeFault[] {
  const seen = new Set<string>()
  return rules.flatMap((rule, i) => {
    const path = `rules/${i}`
    const faults = rangeFaults(rule, `${path}/levels`)
    if (seen.has(rule.id))
      faults.push({ path: `${path}/id`, message: `the id "${rule.id}" is used twice` })
    seen.add(rule.id)
    return faults
  })
}

const withRules = (pack: RulePack, rules: ReadonlyMap<string, Rule>): RulePack => ({
  ...pack,
  rules: pack.rules.flatMap(({ id }) => rules.get(id) ?? []),
})

function levelsAfter(rule: Rule, change: RuleChange): RuleLevel[] | null {
  if (change.levels) return change.levels
  const { severity, required, most, by_class } = change
  const members = {
    ...(severity !== undefined && { severity }),
    ...(required !== undefined && { required }),
    ...(most !== undefined && { most }),
    ...(by_class !== undefined && { by_class }),
  }
  if (Object.keys(members).length === 0) return rule.levels
  const at = change.level ?? 0
  if (!rule.levels[at]) return null
  return rule.levels.map((level, i) => (i === at ? { ...level, ...members } : level))
}

/** For one level changed the path names its member, for all of them the level too. */
function rangeFaults(rule: Rule, path: string, change?: RuleChange): ChangeFault[] {
  const range = sensibleRange(rule)
  const one = change && !change.levels
  return rule.levels.flatMap((level, i) => {
    if (one && i !== (change.level ?? 0)) return []
    const at = one ? path : `${path}/${i}`
    const values: [string, number][] = [
      ['required', level.required],
      ...(level.most === undefined ? [] : [['most', level.most] as [string, number]]),
      ...Object.entries(level.by_class ?? {}).map(([name, value]): [string, number] => [
        `by_class/${name}`,
        value,
      ]),
    ]
    const faults = values
      .filter(([, value]) => !(value >= range.least && value <= range.most))
      .map(([member, value]) => ({
        path: `${at}/${member}`,
        message: `${rule.id}: ${range.least} to ${range.most}${unitText(rule)}, not ${value}`,
      }))
    if (level.most !== undefined && level.most <= level.required)
      faults.push({ path: `${at}/most`, message: `${rule.id}: more than ${level.required}` })
    return faults
  })
}

const UNITS: Readonly<Record<string, string>> = { m2: ' m²', percent: ' %', count: '' }
const unitText = ({ unit }: Rule): string => (unit ? (UNITS[unit] ?? ` ${unit}`) : '')
