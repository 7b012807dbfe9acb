import type { Rule, RulePack } from './rule-pack.ts'

/** How one rule differs between two packs; `before` is null for one that was added, `after` for one taken out. */
export interface RuleDifference {
  rule_id: string
  before: Rule | null
  after: Rule | null
  /** Whether it judges otherwise, and whether its source or evidence is another. */
  is_judged_otherwise: boolean
  is_sourced_otherwise: boolean
}

/** The rules in which two packs differ, in the order of the second, those it lacks at the end. */
export function diffPacks(
  before: Pick<RulePack, 'rules'>,
  after: Pick<RulePack, 'rules'>,
): RuleDifference[] {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]))
  const differences = after.rules.map((rule) => compareRules(old.get(rule.id) ?? null, rule))
  const kept = new Set(after.rules.map(({ id }) => id))
  const gone = before.rules
    .filter(({ id }) => !kept.has(id))
    .map((rule) => compareRules(rule, null))
  return [...differences, ...gone].filter(
    (difference) => difference.is_judged_otherwise || difference.is_sourced_otherwise,
  )
}

function compareRules(before: Rule | null, after: Rule | null): RuleDifference {
  return {
    rule_id: (after ?? before)!.id,
    before,
    after,
    is_judged_otherwise:
      textOf(before && judgedParts(before)) !== textOf(after && judgedParts(after)),
    is_sourced_otherwise:
      textOf(before && [before.source, before.evidence]) !==
      textOf(after && [after.source, after.evidence]),
  }
}

const judgedParts = ({ kind, subject, other, member, levels, unit }: Rule) => ({
  kind,
  subject,
  other,
  member,
  levels,
  unit,
})

/** As text with its keys in order: the database gives members back in an order of its own. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
