import { MINUTES_PER_WEEK } from '../schedule/windows.ts'
import { checkFeature } from './check.ts'
import { rescheduled } from './fix-hours.ts'
import { moved } from './fix-move.ts'
import { shrunk } from './fix-shrink.ts'
import type { Finding, Fix } from './finding.ts'
import type { Trial } from './fix-trial.ts'
import type { Rule, RulePack } from './rule-pack.ts'
import type { PlacedFeature, Scene } from './scene.ts'

/** What may be changed to mend a finding: works cannot be moved, and a car park or shop front stays where it is. */
const WAYS: Readonly<Record<string, readonly Fix['kind'][]>> = {
  bays: ['move', 'shrink', 'reschedule'],
  vendor_zones: ['move', 'shrink', 'reschedule'],
  closures: ['reschedule'],
  lots: ['reschedule'],
}

/** Rules that a small change of place, size or hours can keep; the others are about the street or the bay itself. */
const MENDED = new Set<Rule['kind']>([
  'no_overlap',
  'clearance',
  'inside_community',
  'clear_walking_width',
])

/** Findings with what would mend them: the nearest as `fix`, the other kinds as `other_fixes`. */
export function withFixes(findings: readonly Finding[], scene: Scene, pack: RulePack): Finding[] {
  const subjects = placedSubjects(findings, scene)
  const known = new Map<PlacedFeature, ReadonlySet<string>>()
  return findings.map((finding) => {
    const subject = subjects.get(`${finding.subject.collection} ${finding.subject.id}`)
    if (!subject) return finding
    let hard = known.get(subject)
    if (!hard) known.set(subject, (hard = hardKeys(checkFeature(subject, scene, pack))))
    const [fix = null, ...rest] = fixesOf(finding, subject, hard, scene, pack)
    return { ...finding, fix, other_fixes: rest }
  })
}

function fixesOf(
  finding: Finding,
  subject: PlacedFeature,
  hardBefore: ReadonlySet<string>,
  scene: Scene,
  pack: RulePack,
): Fix[] {
  const rule = pack.rules.find(({ id }) => id === finding.rule_id)
  const ways = WAYS[subject.collection] ?? []
  if (!rule || !MENDED.has(rule.kind) || ways.length === 0) return []
  const key = keyOf(finding)
  const alone: RulePack = { ...pack, rules: [rule] }
  const trial: Trial = {
    finding,
    rule,
    subject,
    scene,
    mends: (changed) => !checkFeature(changed, scene, alone).some((found) => keyOf(found) === key),
    isGood: (changed) =>
      trial.mends(changed) &&
      checkFeature(changed, scene, pack).every(
        (found) =>
          keyOf(found) !== key && (found.severity !== 'hard' || hardBefore.has(keyOf(found))),
      ),
  }
  const fixes: Fix[] = []
  for (const way of ways) {
    const fix =
      way === 'move' ? moved(trial) : way === 'shrink' ? shrunk(trial) : rescheduled(trial)
    if (fix) fixes.push(fix)
  }
  return fixes.sort((a, b) => costOf(a, subject) - costOf(b, subject))
}

/** A metre's move weighs as much as giving up a fiftieth of the size or of the hours: five metres, a tenth. */
const MOVE_COST_PER_M = 0.02

/** How much of the use a fix takes, as a share of it: the least is the nearest. */
function costOf(fix: Fix, subject: PlacedFeature): number {
  if (fix.kind === 'move') return fix.distance_m * MOVE_COST_PER_M
  if (fix.kind === 'shrink') return 1 - fix.to_m / fix.from_m
  const open = subject.open.reduce((sum, [from, to]) => sum + to - from, 0) || MINUTES_PER_WEEK
  return fix.minutes_lost_per_week / open
}

/** A finding by its rule and the other party. */
const keyOf = (finding: Finding): string =>
  finding.other
    ? `${finding.rule_id} ${finding.other.collection} ${finding.other.id}`
    : finding.rule_id

const hardKeys = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(findings.filter(({ severity }) => severity === 'hard').map(keyOf))

function placedSubjects(findings: readonly Finding[], scene: Scene): Map<string, PlacedFeature> {
  const wanted = new Map<string, Set<string>>()
  for (const { subject } of findings) {
    const ids = wanted.get(subject.collection)
    if (ids) ids.add(subject.id)
    else wanted.set(subject.collection, new Set([subject.id]))
  }
  const placed = new Map<string, PlacedFeature>()
  for (const [collection, ids] of wanted) {
    const layer = scene.layers.get(collection)
    // A draft stands in the place of what is stored.
    for (const feature of [...(layer?.features ?? []), ...(layer?.drafts ?? [])])
      if (ids.has(feature.id)) placed.set(`${collection} ${feature.id}`, feature)
  }
  return placed
}
