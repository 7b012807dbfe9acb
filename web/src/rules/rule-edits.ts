import {
  type RuleChange,
  sensibleRange,
  type ValueRange,
} from '../../../api/domain/rules/rule-change.ts'
import type { Rule, RuleLevel } from '../../../api/domain/rules/rule-pack.ts'

/** A rule as it is edited, and what the server is told of it. */

/** The edit that makes a rule what it is now; null takes it out. */
export function changeOf(id: string, rule: Rule | null): RuleChange {
  if (rule === null) return { rule_id: id, is_removed: true }
  const { levels, source, evidence } = rule
  return { rule_id: id, ...(levels.length > 0 && { levels }), source, evidence }
}

/** The rule with other members in one of its levels. */
export const withLevel = (rule: Rule, index: number, members: Partial<RuleLevel>): Rule => ({
  ...rule,
  levels: rule.levels.map((level, i) => (i === index ? { ...level, ...members } : level)),
})

/** The rule without one of its levels. */
export const withoutLevel = (rule: Rule, index: number): Rule => ({
  ...rule,
  levels: rule.levels.filter((_, i) => i !== index),
})

/**
 * What a slider spans: the sensible range, narrowed to where its values lie, so that a pixel is not metres. Typing
 * reaches the whole range.
 */
export function sliderRange(rule: Rule, base: Rule | null): ValueRange {
  const { least, most, step } = sensibleRange(rule)
  const values = [...rule.levels, ...(base?.levels ?? [])].flatMap((level) => [
    level.required,
    level.most ?? level.required,
  ])
  const farthest = Math.max(...values, step * 10)
  const wanted = Math.ceil((farthest * 2) / step) * step
  return { least, most: Math.min(most, Number(wanted.toFixed(2))), step }
}

/** Rules of one subject together: bays for bikes, bays for cars, all bays, trading zones. */
export function groupsOf(rules: readonly Rule[]): { key: string; rules: Rule[] }[] {
  const groups = new Map<string, Rule[]>()
  for (const rule of rules) {
    const classes = rule.subject.vehicle_classes
    const key =
      rule.subject.collection === 'bays'
        ? !classes
          ? 'bays'
          : classes.includes('car')
            ? 'bays.car'
            : 'bays.bike'
        : rule.subject.collection
    const group = groups.get(key)
    if (group) group.push(rule)
    else groups.set(key, [rule])
  }
  return [...groups].map(([key, own]) => ({ key, rules: own }))
}
