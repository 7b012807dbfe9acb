import { sensibleRange } from './rule-change.ts'
import type { Rule, RuleLevel, RulePack } from './rule-pack.ts'

/** What can be wrong with a pack as a whole. */
export const LINT_CODES = [
  'clash',
  'duplicate',
  'level_hidden',
  'gap',
  'source_missing',
  'classes_missing',
  'out_of_range',
] as const

/**
 * One remark on a pack. `error`: its verdict is not what its author meant; `warning`: likely an oversight; `notice`:
 * good to know. `detail` names what the text needs: a severity, street classes, kinds of objects.
 */
export interface LintRemark {
  code: (typeof LINT_CODES)[number]
  level: 'error' | 'warning' | 'notice'
  rule_ids: string[]
  detail: string[]
}

/** What stands out in a pack by itself and against `base`, the pack that covers everything known. Errors first. */
export function lintPack(
  pack: Pick<RulePack, 'rules'>,
  base: Pick<RulePack, 'rules'>,
  streetClasses: readonly string[],
): LintRemark[] {
  const remarks = [
    ...clashes(pack.rules),
    ...pack.rules.flatMap((rule) => [
      ...hiddenLevels(rule),
      ...outOfRange(rule),
      ...missingSource(rule),
      ...missingClasses(rule, streetClasses),
    ]),
    ...gaps(pack.rules, base.rules),
  ]
  const rank = { error: 0, warning: 1, notice: 2 }
  return remarks.toSorted((a, b) => rank[a.level] - rank[b.level])
}

/** Two rules that measure the same of the same things and give the same severity: one of them is superfluous or wrong. */
function clashes(rules: readonly Rule[]): LintRemark[] {
  const remarks: LintRemark[] = []
  rules.forEach((rule, i) => {
    for (const other of rules.slice(i + 1)) {
      if (!isSameQuestion(rule, other)) continue
      for (const level of rule.levels) {
        const twin = other.levels.find(({ severity }) => severity === level.severity)
        if (!twin) continue
        const isEqual = limitsOf(level) === limitsOf(twin)
        remarks.push({
          code: isEqual ? 'duplicate' : 'clash',
          level: isEqual ? 'warning' : 'error',
          rule_ids: [rule.id, other.id],
          detail: [level.severity],
        })
      }
    }
  })
  return remarks
}

const limitsOf = ({ required, most, by_class }: RuleLevel): string =>
  JSON.stringify([required, most ?? null, Object.entries(by_class ?? {}).sort()])

function isSameQuestion(a: Rule, b: Rule): boolean {
  if (a.kind === 'stated' || a.kind !== b.kind || a.member !== b.member) return false
  if (a.subject.collection !== b.subject.collection) return false
  if (a.other?.collection !== b.other?.collection) return false
  return (
    doMeet(a.subject.vehicle_classes, b.subject.vehicle_classes) &&
    doMeet(a.subject.layouts, b.subject.layouts) &&
    doMeet(a.other?.kinds, b.other?.kinds)
  )
}

/** Whether two lists name something in common; none stands for everything. */
const doMeet = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  !a || !b || a.some((name) => b.includes(name))

/** For these kinds the value is the most that is allowed. */
const MOST_KINDS = new Set<Rule['kind']>(['slope', 'no_overlap', 'inside_community'])

/** Levels are tried in order: one that asks no more than an earlier one is never reached. */
function hiddenLevels(rule: Rule): LintRemark[] {
  if (rule.kind === 'stated') return []
  const isMost = MOST_KINDS.has(rule.kind)
  return rule.levels.flatMap((level, i): LintRemark[] => {
    const isHidden = rule.levels
      .slice(0, i)
      .some(
        (earlier) =>
          (isMost ? level.required >= earlier.required : level.required <= earlier.required) &&
          (level.most === undefined || (earlier.most ?? Infinity) <= level.most),
      )
    return isHidden
      ? [{ code: 'level_hidden', level: 'error', rule_ids: [rule.id], detail: [level.severity] }]
      : []
  })
}

function outOfRange(rule: Rule): LintRemark[] {
  const { least, most } = sensibleRange(rule)
  const values = rule.levels.flatMap((level) => [
    level.required,
    level.most ?? level.required,
    ...Object.values(level.by_class ?? {}),
  ])
  return values.every((value) => value >= least && value <= most)
    ? []
    : [
        {
          code: 'out_of_range',
          level: 'error',
          rule_ids: [rule.id],
          detail: [String(least), String(most)],
        },
      ]
}

/** A value from a guide needs the guide's name and its words or its address; common practice has neither. */
function missingSource({ id, source, evidence }: Rule): LintRemark[] {
  const isNamed = source.title.trim() !== ''
  const isBacked = Boolean(source.quoted?.trim() || source.url?.trim())
  if (isNamed && (isBacked || evidence === 'common')) return []
  return [
    {
      code: 'source_missing',
      level: isNamed ? 'notice' : 'warning',
      rule_ids: [id],
      detail: isNamed ? ['quote'] : ['title'],
    },
  ]
}

/** A rule that differs by street class should say so for each class; for the others its general value counts. */
function missingClasses(rule: Rule, streetClasses: readonly string[]): LintRemark[] {
  const missing = new Set(
    rule.levels
      .filter((level) => level.by_class)
      .flatMap((level) => streetClasses.filter((name) => !(name in level.by_class!))),
  )
  return missing.size === 0
    ? []
    : [{ code: 'classes_missing', level: 'notice', rule_ids: [rule.id], detail: [...missing] }]
}

const ALL_VEHICLES = ['bicycle', 'e_bike', 'motorcycle', 'car']

/** What the base judges and this pack does not: for some vehicle, layout or kind of object. */
function gaps(rules: readonly Rule[], base: readonly Rule[]): LintRemark[] {
  return base
    .filter((rule) => rule.kind !== 'stated')
    .flatMap((rule): LintRemark[] => {
      const candidates = rules.filter(
        (own) =>
          own.kind === rule.kind &&
          own.member === rule.member &&
          own.subject.collection === rule.subject.collection &&
          own.other?.collection === rule.other?.collection,
      )
      const vehicles = rule.subject.vehicle_classes ?? ALL_VEHICLES
      const missing = (rule.other?.kinds ?? ['']).filter(
        (kind) =>
          !vehicles.every((vehicle) =>
            (rule.subject.layouts ?? ['']).every((layout) =>
              candidates.some(
                (own) =>
                  holds(own.subject.vehicle_classes, vehicle) &&
                  holds(own.subject.layouts, layout) &&
                  holds(own.other?.kinds, kind),
              ),
            ),
          ),
      )
      if (missing.length === 0) return []
      const isHard = rule.levels.some((level) => level.severity === 'hard')
      return [
        {
          code: 'gap',
          level: isHard ? 'warning' : 'notice',
          rule_ids: [rule.id],
          detail: missing.filter((kind) => kind !== ''),
        },
      ]
    })
}

const holds = (names: readonly string[] | undefined, name: string): boolean =>
  !names || (name !== '' && names.includes(name))
