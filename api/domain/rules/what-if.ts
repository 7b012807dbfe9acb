import { findConflicts } from './check.ts'
import type { Finding, FindingUnit, Severity } from './finding.ts'
import { diffPacks } from './pack-diff.ts'
import { looksAt, type Rule, type RulePack } from './rule-pack.ts'
import { type PlacedFeature, type Scene, USES } from './scene.ts'

export type Verdict = Severity | null
type Collection = Rule['subject']['collection']

/**
 * A stored use whose verdict under one rule would change. `measured` is the worst value found, null where the rule
 * measures nothing or nothing was wrong before and after. `required` is what the stricter of the two asks.
 */
export interface Outcome {
  id: string
  before: Verdict
  after: Verdict
  measured: number | null
  required: number | null
}

/** What changing one rule does: of `checked` uses, `fails` would fail hard that do not now, `passes` no longer would. */
export interface RuleEffect {
  rule_id: string
  collection: Collection
  unit: FindingUnit | null
  checked: number
  failing_before: number
  failing_after: number
  fails: number
  warned: number
  passes: number
  cleared: number
  outcomes: Outcome[]
}

/**
 * Judges all stored uses by the rules in which two packs differ, once as they are and once as they would be. Rules that
 * stay the same are not judged again: they cannot change a verdict.
 */
export function whatIf(
  scene: Scene,
  before: RulePack,
  after: RulePack,
  date?: string,
): RuleEffect[] {
  const changed = diffPacks(before, after).filter((difference) => difference.is_judged_otherwise)
  const verdicts = (['before', 'after'] as const).map((when) => {
    const rules = changed.flatMap((difference) => difference[when] ?? [])
    return when === 'before'
      ? judgedNow(scene, after, rules, date)
      : judgeAll(scene, after, rules, date)
  })
  return changed.map((difference) => effectOf(scene, difference, verdicts[0]!, verdicts[1]!))
}

type Worst = Map<string, Map<string, Finding>>

/** While a value is dragged, what is now stays the same: it is judged for the first question and kept with the scene. */
const kept = new WeakMap<Scene, { key: string; worst: Worst }>()

function judgedNow(scene: Scene, pack: RulePack, rules: readonly Rule[], date?: string): Worst {
  const key = JSON.stringify([date, rules])
  const known = kept.get(scene)
  if (known?.key === key) return known.worst
  const worst = judgeAll(scene, pack, rules, date)
  kept.set(scene, { key, worst })
  return worst
}

/** The worst finding of each use, by rule. */
function judgeAll(scene: Scene, pack: RulePack, rules: readonly Rule[], date?: string): Worst {
  const worst: Worst = new Map(rules.map((rule) => [rule.id, new Map<string, Finding>()]))
  for (const collection of USES) {
    const own = rules.filter((rule) => rule.subject.collection === collection)
    if (own.length === 0) continue
    const { findings } = findConflicts(
      scene,
      { ...pack, rules: own },
      { collection, ...(date !== undefined && { date }) },
    )
    for (const finding of findings) {
      const byUse = worst.get(finding.rule_id)!
      keepWorse(byUse, finding.subject.id, finding)
      // Of two uses of one collection that get in each other's way, the pair is found once and concerns both.
      if (finding.other?.collection === collection) keepWorse(byUse, finding.other.id, finding)
    }
  }
  return worst
}

function keepWorse(byUse: Map<string, Finding>, id: string, finding: Finding): void {
  const known = byUse.get(id)
  if (!known || isWorse(finding, known)) byUse.set(id, finding)
}

const isWorse = (a: Finding, b: Finding): boolean =>
  a.severity === b.severity ? shortfall(a) > shortfall(b) : a.severity === 'hard'

const shortfall = ({ measured, required }: Finding): number =>
  measured === null ? 0 : Math.abs(measured - (required ?? 0))

function effectOf(
  scene: Scene,
  { rule_id: ruleId, before, after }: { rule_id: string; before: Rule | null; after: Rule | null },
  old: Worst,
  fresh: Worst,
): RuleEffect {
  const rule = (after ?? before)!
  const was = old.get(ruleId) ?? new Map<string, Finding>()
  const would = fresh.get(ruleId) ?? new Map<string, Finding>()
  const outcomes = [...new Set([...was.keys(), ...would.keys()])].flatMap((id): Outcome[] => {
    const [a, b] = [was.get(id), would.get(id)]
    if (a?.severity === b?.severity) return []
    const finding = (b ?? a)!
    return [
      {
        id,
        before: a?.severity ?? null,
        after: b?.severity ?? null,
        measured: finding.measured,
        required: finding.required,
      },
    ]
  })
  const count = (holds: (outcome: Outcome) => boolean) => outcomes.filter(holds).length
  return {
    rule_id: ruleId,
    collection: rule.subject.collection,
    unit: rule.unit,
    checked: countLookedAt(scene, [before, after]),
    failing_before: countHard(was),
    failing_after: countHard(would),
    fails: count((o) => o.after === 'hard'),
    warned: count((o) => o.after === 'warning' && o.before === null),
    passes: count((o) => o.before === 'hard'),
    cleared: count((o) => o.before === 'warning' && o.after === null),
    outcomes,
  }
}

const countHard = (byUse: ReadonlyMap<string, Finding>): number => {
  let count = 0
  for (const finding of byUse.values()) if (finding.severity === 'hard') count++
  return count
}

const OVER = new Set(['retired', 'ended', 'suspended'])
const isInForce = ({ properties }: PlacedFeature): boolean =>
  !OVER.has((properties['status'] as string | undefined) ?? '')

function countLookedAt(scene: Scene, rules: readonly (Rule | null)[]): number {
  const known = rules.filter((rule) => rule !== null)
  const features = scene.layers.get(known[0]!.subject.collection)?.features ?? []
  let count = 0
  for (const feature of features)
    if (isInForce(feature) && known.some((rule) => looksAt(rule, feature))) count++
  return count
}
