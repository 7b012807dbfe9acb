import type { Static } from 'typebox'
import { toMetres } from '../../domain/geometry/metric-frame.ts'
import { type ConflictOptions, findConflicts } from '../../domain/rules/check.ts'
import type { Finding } from '../../domain/rules/finding.ts'
import { withFixes } from '../../domain/rules/fixes.ts'
import type { RulePack } from '../../domain/rules/rule-pack.ts'
import { type Scene, USES } from '../../domain/rules/scene.ts'
import { parseBbox } from '../../http/bbox.ts'
import type { ConflictsQuery } from './contract.ts'
import { localDate, timeFilterOf } from './time-filter.ts'

/** Looking for fixes tries hundreds of places: more findings than this are not mended in one reply. */
const MOST_FIXED = 200

/** What a query about stored uses is answered with. */
export function answerConflicts(
  query: Static<typeof ConflictsQuery>,
  timeZone: string,
  scene: Scene,
  pack: RulePack,
): { findings: Finding[]; checked: number } {
  const { of = 'vendor_zones', bbox, at, subject, fixes } = query
  const box = bbox === undefined ? undefined : parseBbox(bbox)
  const filter = timeFilterOf(query, timeZone)
  const options: Omit<ConflictOptions, 'collection'> = {
    ...(at !== undefined && { date: localDate(at, timeZone) }),
    ...(filter && { filter }),
    ...(box && {
      box: [...toMetres(scene.frame, box[0], box[1]), ...toMetres(scene.frame, box[2], box[3])],
    }),
  }
  const found = (of === 'all' ? USES : [of]).map((collection) =>
    findConflicts(scene, pack, { ...options, collection }),
  )
  const all = found.flatMap(({ findings }) => findings)
  const findings = (of === 'all' ? eachOnce(all, pack) : all).filter(
    (finding) => subject === undefined || finding.subject.id === subject,
  )
  return {
    findings: fixes === 'true' ? mended(findings, scene, pack) : findings,
    checked: found.reduce((sum, { checked }) => sum + checked, 0),
  }
}

/** The first findings with what would mend them, hard ones first; the others as they are, in their order. */
export function mended(findings: readonly Finding[], scene: Scene, pack: RulePack): Finding[] {
  const rank = (finding: Finding) => (finding.severity === 'hard' ? 0 : 1)
  const chosen = new Set(findings.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_FIXED))
  const withFix = withFixes([...chosen], scene, pack)
  const byFinding = new Map([...chosen].map((finding, i) => [finding, withFix[i]!]))
  return findings.map((finding) => byFinding.get(finding) ?? finding)
}

/** What is said from either side, a bay on a zone and a zone on a bay, is said once: by the graver, else the first. */
function eachOnce(findings: readonly Finding[], pack: RulePack): Finding[] {
  const kinds = new Map(pack.rules.map((rule) => [rule.id, rule.kind]))
  const kept = new Map<string, Finding>()
  for (const finding of findings) {
    const parties = [finding.subject.id, finding.other?.id ?? finding.rule_id].toSorted()
    const key = [kinds.get(finding.rule_id), ...parties].join(' ')
    const known = kept.get(key)
    if (!known || (known.severity === 'warning' && finding.severity === 'hard'))
      kept.set(key, finding)
  }
  return [...kept.values()]
}
