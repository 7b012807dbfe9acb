import type { Finding } from './finding.ts'
import { judgeMeasure } from './judge-measure.ts'
import { judgeInside, judgePair, Pair } from './judge-space.ts'
import { countsFor, isOver, passes, sharedTimes, type TimeFilter, timesOf } from './meeting.ts'
import { looksAt, type Rule, type RulePack } from './rule-pack.ts'
import { type PairRules, rulesFor } from './rule-index.ts'
import {
  near,
  type PlacedFeature,
  placeFeature,
  type Scene,
  type SceneFeature,
  type Use,
  withDrafts,
} from './scene.ts'

/** Judges one use of the street against its surroundings; the same code runs in the service and while drawing. */
export function checkFeature(subject: PlacedFeature, scene: Scene, pack: RulePack): Finding[] {
  return judge(subject, scene, pack, null)
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
  const { placed, scene } = sceneOfDrafts(drafts, surroundings)
  return placed.flatMap((draft) => checkFeature(draft, scene, pack))
}

/** Drafts as they are judged: placed, with a status, and in the scene. */
export function sceneOfDrafts(
  drafts: readonly SceneFeature[],
  surroundings: Scene,
): { placed: PlacedFeature[]; scene: Scene } {
  const placed = drafts.map((draft) =>
    placeFeature(surroundings.frame, {
      ...draft,
      properties: { ...draft.properties, status: draft.properties['status'] ?? 'draft' },
    }),
  )
  return { placed, scene: withDrafts(surroundings, placed) }
}

export interface ConflictOptions {
  collection: Use
  /** YYYY-MM-DD, local: leaves out what has not begun or is over, on either side. */
  date?: string
  /** In metres of the scene's frame. */
  box?: readonly [number, number, number, number]
  filter?: TimeFilter
}

/**
 * Judges every stored use of a collection that is in force, each pair once: one sweep over the uses, each of which
 * asks every indexed collection once, as far as its farthest rule reaches.
 */
export function findConflicts(
  scene: Scene,
  pack: RulePack,
  options: ConflictOptions,
): { findings: Finding[]; checked: number } {
  const isAsked = (feature: PlacedFeature): boolean =>
    !isOver(feature) &&
    (!options.date || isValidOn(feature, options.date)) &&
    (!options.box || meetsBox(feature, options.box))
  const findings: Finding[] = []
  let checked = 0
  for (const subject of scene.layers.get(options.collection)?.features ?? []) {
    if (!isAsked(subject)) continue
    checked++
    for (const finding of judge(subject, scene, pack, { ...options, isAsked }))
      findings.push(finding)
  }
  return { findings, checked }
}

interface Sweep extends ConflictOptions {
  /** Whether a use of the collection is judged itself. */
  isAsked(feature: PlacedFeature): boolean
}

function judge(
  subject: PlacedFeature,
  scene: Scene,
  pack: RulePack,
  sweep: Sweep | null,
): Finding[] {
  const rules = rulesFor(pack, subject.collection)
  const found: { order: number; finding: Finding }[] = []
  for (const { rule, order } of rules.alone) {
    if (!looksAt(rule, subject)) continue
    const finding =
      rule.kind === 'inside_community'
        ? judgeInside(rule, subject, scene)
        : judgeMeasure(rule, subject, scene)
    if (finding && isWanted(sweep, scene, [subject])) found.push({ order, finding })
  }
  for (const group of rules.pairs) {
    const own = group.rules.every(({ rule }) => looksAt(rule, subject))
      ? group.rules
      : group.rules.filter(({ rule }) => looksAt(rule, subject))
    if (own.length === 0) continue
    let reach = 0
    for (const { reach_m } of own) if (reach_m > reach) reach = reach_m
    for (const other of near(scene, group.collection, subject.shape, reach))
      judgeAgainst(subject, other, own, scene, sweep, found)
  }
  // In the order of the pack, whatever the order in which the surroundings were asked.
  return (found.length > 1 ? found.sort((a, b) => a.order - b.order) : found).map(
    ({ finding }) => finding,
  )
}

function judgeAgainst(
  subject: PlacedFeature,
  other: PlacedFeature,
  rules: PairRules['rules'],
  scene: Scene,
  sweep: Sweep | null,
  found: { order: number; finding: Finding }[],
): void {
  const isSameKind = other.collection === subject.collection
  if ((isSameKind && other.id === subject.id) || !countsFor(subject, other)) return
  if (sweep?.date && !isValidOn(other, sweep.date)) return
  const kind = (other.properties['kind'] as string | undefined) ?? ''
  const wasJudged = isSameKind && sweep !== null && wasBefore(subject, other, sweep)
  let pair: Pair | null = null
  for (const { rule, order, reach_m } of rules) {
    const kinds = rule.other!.kinds
    if (kinds && !kinds.includes(kind)) continue
    // Two uses of one collection are compared from either side: the first of the two has reported it.
    if (wasJudged && isMutual(rule, subject, other)) continue
    const finding = judgePair(rule, reach_m, (pair ??= new Pair(subject, other, scene)), scene)
    if (finding && isWanted(sweep, scene, [subject, other])) found.push({ order, finding })
  }
}

const wasBefore = (subject: PlacedFeature, other: PlacedFeature, sweep: Sweep): boolean =>
  other.id < subject.id && sweep.isAsked(other) && countsFor(other, subject)

const isMutual = (rule: Rule, subject: PlacedFeature, other: PlacedFeature): boolean =>
  looksAt(rule, other) &&
  (rule.other?.kinds?.includes((subject.properties['kind'] as string | undefined) ?? '') ?? true)

function isWanted(sweep: Sweep | null, scene: Scene, parties: readonly PlacedFeature[]): boolean {
  if (!sweep?.filter) return true
  const calendar = scene.holidays ?? 'cn'
  const [subject, other] = parties
  const times = other ? sharedTimes(subject!, other, calendar) : timesOf(subject!, calendar)
  return times !== null && passes(sweep.filter, times, parties, calendar)
}

function isValidOn(feature: PlacedFeature, date: string): boolean {
  const first = feature.properties['first_date'] as string | null | undefined
  const last = feature.properties['last_date'] as string | null | undefined
  return (!first || first <= date) && (!last || date <= last)
}

function meetsBox(feature: PlacedFeature, box: readonly [number, number, number, number]): boolean {
  const [minx, miny, maxx, maxy] = feature.shape.bounds
  return minx <= box[2] && box[0] <= maxx && miny <= box[3] && box[1] <= maxy
}
