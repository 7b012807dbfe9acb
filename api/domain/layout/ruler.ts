import type { LineString } from 'geojson'
import { clearance } from '../geometry/clearance.ts'
import { toDegrees } from '../geometry/metric-frame.ts'
import { overlapArea } from '../geometry/overlap.ts'
import type { FindingUnit, Party, RuleSource } from '../rules/finding.ts'
import type { PlacedFeature, Scene } from '../rules/scene.ts'
import type { SideName } from './kerb-side.ts'
import { kerbBetween, toKerb } from './kerb-stretches.ts'
import { type Refusal, shapeOf } from './refusals.ts'
import type { SideOption } from './side-options.ts'
import type { Span } from './spans.ts'
import { rectangleOn } from './strip.ts'

export type Verdict = 'free' | 'refused' | 'used' | 'warning'

/**
 * A stretch of kerb, in metres along it, with what speaks against a bay there. Figures are of the weightiest rule;
 * `also` are the ids of the others. `where` is the kerb there, in WGS 84 degrees.
 */
export interface RulerSpan {
  from_m: number
  to_m: number
  verdict: Verdict
  rule_id: string | null
  message_key: string | null
  other: (Party & { kind: string | null }) | null
  measured: number | null
  required: number | null
  unit: FindingUnit | null
  source: RuleSource | null
  also: string[]
  where: LineString
}

/** The whole of a side, every metre of it once, in order. */
export interface SideRuler extends SideName {
  length_m: number
  spans: RulerSpan[]
}

/** How many metres of all rulers a reason stands for, most first. */
export interface Reason {
  verdict: Exclude<Verdict, 'free'>
  rule_id: string | null
  message_key: string
  metres: number
}

/** Shorter pieces are the rounding of stored positions. */
const LEAST_M = 0.005

/** Colours every metre of a side by what speaks against bays of this kind there. */
export function rulerOf(option: SideOption, refusals: readonly Refusal[], scene: Scene): SideRuler {
  const { side, stretches } = option
  const last = stretches.at(-1)!
  const stops = new Set([0, last.start_m + last.length_m])
  for (const { start_m } of stretches) stops.add(start_m)
  for (const { span } of refusals) span.forEach((stop) => stops.add(stop))
  const sorted = [...stops].sort((a, b) => a - b)
  const pieces: { span: Span; against: readonly Refusal[] }[] = []
  for (let i = 0; i + 1 < sorted.length; i++) {
    const span: Span = [sorted[i]!, sorted[i + 1]!]
    if (span[1] - span[0] < LEAST_M) continue
    const middle = (span[0] + span[1]) / 2
    const against = refusals
      .filter((r) => r.span[0] < middle && middle < r.span[1])
      .sort((a, b) => rankOf(b) - rankOf(a))
    const before = pieces.at(-1)
    if (before && isSame(before.against, against)) before.span = [before.span[0], span[1]]
    else pieces.push({ span, against })
  }
  return {
    segment_id: side.segment_id,
    side: side.side,
    length_m: round(side.kerb.length_m),
    spans: pieces.map(({ span, against }) => spanOf(option, span, against, scene)),
  }
}

/** What speaks against bays on all sides, summed in metres. */
export function reasonsOf(rulers: readonly SideRuler[]): Reason[] {
  const sums = new Map<string, Reason>()
  for (const { spans } of rulers)
    for (const { verdict, rule_id, message_key, from_m, to_m } of spans) {
      if (verdict === 'free') continue
      const key = `${verdict} ${rule_id} ${message_key}`
      const sum = sums.get(key) ?? { verdict, rule_id, message_key: message_key!, metres: 0 }
      sums.set(key, { ...sum, metres: sum.metres + to_m - from_m })
    }
  return [...sums.values()]
    .map((reason) => ({ ...reason, metres: round(reason.metres) }))
    .sort((a, b) => b.metres - a.metres)
}

function spanOf(
  option: SideOption,
  span: Span,
  [worst, ...others]: readonly Refusal[],
  scene: Scene,
): RulerSpan {
  const { side, stretches } = option
  const kerbSpan: Span = [toKerb(stretches, span[0]), toKerb(stretches, span[1])]
  const line = kerbBetween(side.kerb, kerbSpan).map(([x, y]) => toDegrees(scene.frame, x, y))
  return {
    from_m: round(kerbSpan[0]),
    to_m: round(kerbSpan[1]),
    verdict: worst ? verdictOf(worst) : 'free',
    rule_id: worst?.rule_id ?? null,
    message_key: worst?.message_key ?? null,
    other: worst?.other ? partyOf(worst.other) : null,
    measured: worst ? measuredOn(option, span, worst) : null,
    required: worst?.required ?? null,
    unit: worst?.unit ?? null,
    source: worst?.source ?? null,
    also: [...new Set(others.flatMap(({ rule_id }) => rule_id ?? []))].filter(
      (id) => id !== worst?.rule_id,
    ),
    where: { type: 'LineString', coordinates: line },
  }
}

/** What a bay on just this piece would be told: its distance from the other thing, or the ground it would share. */
function measuredOn(option: SideOption, span: Span, refusal: Refusal): number | null {
  const { other, unit } = refusal
  if (!other) return refusal.measured
  const at = option.stretches.findLastIndex(({ start_m }) => start_m <= span[0] + LEAST_M)
  const { start_m } = option.stretches[at]!
  const shape = shapeOf(rectangleOn(option.strips[at]!, [span[0] - start_m, span[1] - start_m]))
  if (unit === 'm') return round(clearance(shape, other.shape).distance_m)
  return other.shape.pieces.length > 0 ? round(overlapArea(shape, other.shape)) : null
}

function verdictOf({ severity, other }: Refusal): Verdict {
  if (severity === 'warning') return 'warning'
  return other && USES.has(other.collection) ? 'used' : 'refused'
}

const USES = new Set(['bays', 'vendor_zones'])
/**
 * What stands there already is named first, then what is forbidden, then warnings. What forbids a whole side comes
 * before what forbids a place on it: moving the one would not help; warnings are the other way round.
 */
const RANKS: Readonly<Record<Verdict, number>> = { used: 3, refused: 2, warning: 1, free: 0 }
const rankOf = (refusal: Refusal): number =>
  RANKS[verdictOf(refusal)] + (refusal.isWhole === (refusal.severity === 'hard') ? 0.5 : 0)

const isSame = (a: readonly Refusal[], b: readonly Refusal[]): boolean =>
  a.length === b.length && a.every((refusal, i) => refusal === b[i] || isSameWhole(refusal, b[i]!))

const isSameWhole = (a: Refusal, b: Refusal): boolean =>
  a.isWhole && b.isWhole && a.rule_id === b.rule_id && a.measured === b.measured

const partyOf = (feature: PlacedFeature): Party & { kind: string | null } => ({
  collection: feature.collection,
  id: feature.id,
  name_zh: (feature.properties['name_zh'] as string | null | undefined) ?? null,
  name_en: (feature.properties['name_en'] as string | null | undefined) ?? null,
  kind: (feature.properties['kind'] as string | null | undefined) ?? null,
})

const round = (metres: number): number => Math.round(metres * 100) / 100
