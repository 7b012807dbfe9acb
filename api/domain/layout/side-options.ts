import { checkFeature } from '../rules/check.ts'
import type { Finding } from '../rules/finding.ts'
import type { RuleKind, RulePack } from '../rules/rule-pack.ts'
import { placeFeature, type Scene } from '../rules/scene.ts'
import { standingPlace, type StandingPlace } from '../rules/street-side.ts'
import type { KerbSide } from './kerb-side.ts'
import { cornerCuts, type Stretch, kerbStretches, stripOn } from './kerb-stretches.ts'
import { laidBay } from './laid-bay.ts'
import { type Refusal, refusalsOn } from './refusals.ts'
import { type Span, unite, without } from './spans.ts'
import { AISLE_SOURCE, type Standing } from './standing.ts'
import type { Strip } from './strip.ts'

/**
 * One way of using a side: a way of standing at one distance from the kerb, with all that speaks against it. Spans count
 * metres along the chords of the kerb's stretches; `open` and `clear` never cross from one stretch to the next.
 */
export interface SideOption {
  side: KerbSide
  standing: Standing
  stretches: readonly Stretch[]
  strips: readonly Strip[]
  refusals: readonly Refusal[]
  /** Where no hard rule speaks against a bay. */
  open: readonly Span[]
  /** Of those, where no rule about places warns either. */
  clear: readonly Span[]
  /** Along the wall, where it comes last: furnishing strip before footway, as the guides rank them (B13). */
  isAtWall: boolean
  /** Rules that warn of every bay of this kind on this side. */
  warnings: number
  /** The clear walking width that is left; null where no width is known or no footway used. */
  walking_width_m: number | null
}

/** A hand's breadth between kerb and bikes. */
const USUAL_OFFSET_M = 0.3
/**
 * Stored corners are rounded by up to 0.75 cm. On the footway a bay is set 1.2 cm towards the kerb and half a
 * centimetre deeper: then its rounded far edge never passes the depth that the rules were asked about, and its
 * rounded depth still holds the vehicles.
 */
const TOWARDS_KERB_M = 0.012
const DEEPER_M = 0.005

const BEND_SOURCE = { title: 'Geometry of the kerb line (路缘线转角)', url: null, quoted: null }

/** Rules that measure the side or the bay, not a place along the kerb: one probe answers for a whole stretch. */
const MEASURING: ReadonlySet<RuleKind> = new Set<RuleKind>([
  'footway_width',
  'clear_walking_width',
  'slope',
  'carriageway_width',
  'unit_size',
  'area_per_vehicle',
])

/** Every way of using a side, the usual one first. `opposite_m`: what cars across the street already take. */
export function sideOptions(
  side: KerbSide,
  standings: readonly Standing[],
  scene: Scene,
  pack: RulePack,
  opposite_m: number,
): SideOption[] {
  const isCar = standings[0]?.bay.vehicle_class === 'car'
  const ground = isCar ? (side.side === 'left' ? 'right' : 'left') : side.side
  const stretches = kerbStretches(side.kerb, ground)
  if (stretches.length === 0) return []
  const measuring = { ...pack, rules: pack.rules.filter(({ kind }) => MEASURING.has(kind)) }
  return standings.flatMap((standing) =>
    offsetsFor(side, standing, isCar).map((offset_m, i) => ({
      ...optionAt(side, standing, stretches, offset_m, isCar, scene, pack, measuring, opposite_m),
      isAtWall: i === AT_WALL,
    })),
  )
}

function optionAt(
  side: KerbSide,
  standing: Standing,
  stretches: readonly Stretch[],
  offset_m: number,
  isCar: boolean,
  scene: Scene,
  pack: RulePack,
  measuring: RulePack,
  opposite_m: number,
): Omit<SideOption, 'isAtWall'> {
  const strips = stretches.map((stretch) =>
    stripOn(stretch, offset_m - (isCar ? 0 : TOWARDS_KERB_M), standing.depth_m + DEEPER_M),
  )
  const refusals: Refusal[] = []
  let warnings = 0
  let walking_width_m: number | null = null
  strips.forEach((strip, at) => {
    const stretch = stretches[at]!
    const cuts = cornerCuts(stretches, at, strip.far_m)
    const free = without([0, strip.length_m], unite(cuts))
    const add = (refusal: Refusal) =>
      refusals.push({
        ...refusal,
        span: [refusal.span[0] + stretch.start_m, refusal.span[1] + stretch.start_m],
      })
    for (const span of unite(cuts)) add(ownRefusal(span, 'finding.bend', BEND_SOURCE))
    if (free.length === 0) return
    const probed = probe(side, standing, strip, free[0]!, scene, measuring)
    for (const finding of probed.findings) add(wholeRefusal(free[0]!, finding))
    if (probed.isOfUse) {
      const warned = probed.findings.filter(({ severity }) => severity === 'warning').length
      warnings = Math.max(warnings, warned)
      if (probed.walking_width_m !== null)
        walking_width_m = Math.min(walking_width_m ?? Infinity, probed.walking_width_m)
    }
    const lane_m =
      isCar && side.carriageway_width_m !== null
        ? side.carriageway_width_m - standing.depth_m - opposite_m
        : Infinity
    if (lane_m < standing.aisle_m)
      add({
        ...ownRefusal(free[0]!, 'finding.lane_left', AISLE_SOURCE),
        measured: Math.max(0, lane_m),
        required: standing.aisle_m,
        unit: 'm',
        isWhole: true,
      })
    refusalsOn(strip, scene, pack, standing).forEach(add)
  })
  const taken = (isHard: boolean) =>
    unite(
      refusals
        .filter(({ severity, isWhole }) => severity === 'hard' || (!isHard && !isWhole))
        .map(({ span }) => span),
    )
  const openOf = (spans: readonly Span[]) =>
    stretches.flatMap(({ start_m, length_m }) => without([start_m, start_m + length_m], spans))
  return {
    side,
    standing,
    stretches,
    strips,
    refusals,
    open: openOf(taken(true)),
    clear: openOf(taken(false)),
    warnings,
    walking_width_m,
  }
}

/** Distances from the kerb that are tried: in the furnishing strip, at the kerb, along the wall. */
function offsetsFor(
  { furnishing_width_m: strip, footway_width_m: footway }: KerbSide,
  { depth_m }: Standing,
  isCar: boolean,
): number[] {
  if (isCar) return [0]
  const usual =
    strip === null || strip < depth_m ? USUAL_OFFSET_M : Math.min(USUAL_OFFSET_M, strip - depth_m)
  const offsets = [usual, 0]
  if (footway !== null && footway - depth_m > usual) offsets.push(footway - depth_m)
  return offsets.map((metres) => Math.round(metres * 100) / 100)
}

const AT_WALL = 2

/** Asks the measuring rules about a bay that fills a stretch, and the walking width that it would leave. */
function probe(
  side: KerbSide,
  standing: Standing,
  strip: Strip,
  [from_m, to_m]: Span,
  scene: Scene,
  measuring: RulePack,
): { findings: Finding[]; walking_width_m: number | null; isOfUse: boolean } {
  const { step_m, tail_m, least } = standing.limits
  const units = Math.max(1, Math.floor((to_m - from_m - tail_m) / step_m))
  const run = { from_m, to_m: Math.min(to_m, from_m + units * step_m + tail_m), units }
  const placed = placeFeature(scene.frame, laidBay(scene.frame, '', strip, run, standing, side))
  const place = standingPlace(scene, placed.shape, placed.properties)
  return {
    findings: checkFeature(placed, scene, measuring),
    walking_width_m: place && walkingWidth(place),
    isOfUse: units >= least,
  }
}

/** The wider of the two ways past a bay, behind it or between it and the furnishing strip; null off the footway. */
export function walkingWidth(place: StandingPlace): number | null {
  const { footway_width_m: footway, furnishing_width_m, nearest_m, farthest_m } = place
  if (footway === null || nearest_m + farthest_m <= 0) return null
  return Math.max(0, footway - farthest_m, nearest_m - (furnishing_width_m ?? 0))
}

const ownRefusal = (span: Span, message_key: string, source: Refusal['source']): Refusal => ({
  span,
  severity: 'hard',
  rule_id: null,
  message_key,
  other: null,
  measured: null,
  required: null,
  unit: null,
  source,
  isWhole: false,
})

const wholeRefusal = (span: Span, finding: Finding): Refusal => ({
  span,
  severity: finding.severity,
  rule_id: finding.rule_id,
  message_key: finding.message_key,
  other: null,
  measured: finding.measured,
  required: finding.required,
  unit: finding.unit,
  source: finding.source,
  isWhole: true,
})
