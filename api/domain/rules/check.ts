import type { Finding } from './finding.ts'
import { judgeMeasure } from './judge-measure.ts'
import { judgeSpace } from './judge-space.ts'
import type { Rule, RulePack } from './rule-pack.ts'
import {
  type PlacedFeature,
  placeFeature,
  type Scene,
  type SceneFeature,
  withDrafts,
} from './scene.ts'

/** Judges one use of the street against its surroundings; the same code runs in the service and while drawing. */
export function checkFeature(subject: PlacedFeature, scene: Scene, pack: RulePack): Finding[] {
  const findings: Finding[] = []
  for (const rule of pack.rules)
    if (concerns(rule, subject))
      findings.push(...judgeSpace(rule, subject, scene), ...judgeMeasure(rule, subject, scene))
  return findings
}

/**
 * Judges drafts against the surroundings and one another. A draft that carries the id of a stored feature stands in
 * its place, so a moved bay is not compared with where it was. Findings come in the order of the drafts.
 */
export function checkDrafts(
  drafts: readonly SceneFeature[],
  surroundings: Scene,
  pack: RulePack,
): Finding[] {
  const placed = drafts.map((draft) =>
    placeFeature(surroundings.frame, {
      ...draft,
      properties: { ...draft.properties, status: draft.properties['status'] ?? 'draft' },
    }),
  )
  const scene = withDrafts(surroundings, placed)
  return placed.flatMap((draft) => checkFeature(draft, scene, pack))
}

/**
 * Judges every stored use of a collection that is in force, each pair once. `date` (YYYY-MM-DD, local) leaves out
 * zones that have not begun or are over; `box` is in metres of the scene's frame.
 */
export function findConflicts(
  scene: Scene,
  pack: RulePack,
  options: {
    collection: 'bays' | 'vendor_zones'
    date?: string
    box?: readonly [number, number, number, number]
  },
): { findings: Finding[]; checked: number } {
  const layer = scene.layers.get(options.collection)
  const subjects = (layer?.features ?? []).filter(
    (feature) =>
      isInForce(feature) &&
      (!options.date || isValidOn(feature, options.date)) &&
      (!options.box || meetsBox(feature, options.box)),
  )
  const seen = new Set<string>()
  const findings = subjects.flatMap((subject) =>
    checkFeature(subject, scene, pack).filter((finding) => {
      if (finding.other?.collection !== options.collection) return true
      const pair = [finding.rule_id, ...[subject.id, finding.other.id].sort()].join()
      return seen.has(pair) ? false : seen.add(pair)
    }),
  )
  return { findings, checked: subjects.length }
}

function concerns(rule: Rule, subject: PlacedFeature): boolean {
  if (rule.subject.collection !== subject.collection) return false
  const { vehicle_classes: classes, layouts } = rule.subject
  const own = subject.properties['vehicle_classes'] as string[] | undefined
  if (classes && !own?.some((vehicle) => classes.includes(vehicle))) return false
  return !layouts || layouts.includes((subject.properties['layout'] as string | null) ?? '')
}

const OVER = new Set(['retired', 'ended', 'suspended'])
const isInForce = (feature: PlacedFeature): boolean =>
  !OVER.has((feature.properties['status'] as string | undefined) ?? '')

function isValidOn(feature: PlacedFeature, date: string): boolean {
  const first = feature.properties['first_date'] as string | null | undefined
  const last = feature.properties['last_date'] as string | null | undefined
  return (!first || first <= date) && (!last || date <= last)
}

function meetsBox(feature: PlacedFeature, box: readonly [number, number, number, number]): boolean {
  const [minx, miny, maxx, maxy] = feature.shape.bounds
  return minx <= box[2] && box[0] <= maxx && miny <= box[3] && box[1] <= maxy
}
