import { type Alternative, alternative } from './alternative.ts'
import type { VehicleClass } from '../geometry/bay-capacity.ts'
import type { RulePack } from '../rules/rule-pack.ts'
import { near, type Scene } from '../rules/scene.ts'
import { standingPlace } from '../rules/street-side.ts'
import { bestRuns } from './best-runs.ts'
import { type Choice, choicesFor, type Demand, type Goal } from './goals.ts'
import { judged } from './judged.ts'
import { type KerbSide, kerbSides, type Missing, type SideName } from './kerb-side.ts'
import { type LaidBay, laidBay } from './laid-bay.ts'
import { type Refusal, shapeOf } from './refusals.ts'
import { type Reason, reasonsOf, rulerOf, type SideRuler } from './ruler.ts'
import { type SideOption, sideOptions } from './side-options.ts'
import { metresOf } from './spans.ts'
import { LEAST_LANE_M, smallestSite, standingsFor, type StandingWish } from './standing.ts'

/** The answer: what could stand there, what speaks against more, and what is not known. */
export interface Layout {
  alternatives: Alternative[]
  ruler: SideRuler[]
  reasons: Reason[]
  missing: Missing[]
}

export interface LayoutWish extends StandingWish {
  places_wanted: number | null
  demand: Demand | null
}

/**
 * Lays bays out along street sides: the best runs of units on the ground that the rules leave, by several goals. The
 * first alternative always comes, with no bays where nothing fits; the ruler says why.
 */
export function layOutSides(
  names: readonly SideName[],
  wish: LayoutWish,
  scene: Scene,
  pack: RulePack,
): Layout {
  const { sides, missing } = kerbSides(scene, names, wish.vehicle_class)
  const standings = standingsFor(wish, pack)
  const options = sides
    .map((side) =>
      sideOptions(side, standings, scene, pack, oppositeOf(side, sides, wish.vehicle_class, scene)),
    )
    .filter((ways) => ways.length > 0)
  const found = choicesFor(options, wish.places_wanted, wish.demand)
  const late = new Map<SideOption, Refusal[]>()
  const alternatives = found.map(({ goal, choices }) =>
    alternativeOf(goal, choices, scene, pack, late),
  )
  const ruler = options.map((ways) => {
    const used = found[0]!.choices.find(({ option }) => ways.includes(option))?.option
    const option = used ?? roomiest(ways)
    const against = [...option.refusals, ...(late.get(option) ?? []), ...tooShort(option, pack)]
    return rulerOf(option, against, scene)
  })
  return { alternatives: differing(alternatives), ruler, reasons: reasonsOf(ruler), missing }
}

function alternativeOf(
  goal: Goal,
  choices: readonly Choice[],
  scene: Scene,
  pack: RulePack,
  late: Map<SideOption, Refusal[]>,
): Alternative {
  const bays = choices.map((choice, i) => bayOf(choice, scene, `${goal}-${i + 1}`))
  const { accepted, refused } = judged(bays, scene, pack)
  for (const { bay, finding } of refused) {
    const { option, run } = choices[bays.indexOf(bay)]!
    const { rule_id, message_key, severity, measured, required, unit, source } = finding
    const figures = { rule_id, message_key, severity, measured, required, unit, source }
    const refusal = {
      ...figures,
      span: [run.from_m, run.to_m],
      other: null,
      isWhole: false,
    } as const
    late.set(option, [...(late.get(option) ?? []), refusal])
  }
  return alternative(goal, accepted, scene)
}

function bayOf({ option, run }: Choice, scene: Scene, id: string): LaidBay {
  const { stretches, strips, standing, side } = option
  const at = stretches.findLastIndex(({ start_m }) => start_m <= run.from_m + ROUNDING_M)
  const { start_m } = stretches[at]!
  const here = { ...run, from_m: run.from_m - start_m, to_m: run.to_m - start_m }
  return laidBay(scene.frame, id, strips[at]!, here, standing, side)
}

const ROUNDING_M = 1e-9

/** Of several ways of using a side where no bay fits, the one that most metres speak for. */
const roomiest = (ways: readonly SideOption[]): SideOption =>
  ways
    .filter(({ isAtWall }) => !isAtWall)
    .reduce((best, way) => (metresOf(way.open) > metresOf(best.open) ? way : best))

/** Open ground that no bay fits into. */
function tooShort({ open, standing }: SideOption, pack: RulePack): Refusal[] {
  const { bay, limits } = standing
  const site = smallestSite(pack, bay.vehicle_class, bay.layout)
  return open
    .filter((span) => bestRuns([span], limits).length === 0)
    .map((span): Refusal => {
      const length_m = span[1] - span[0]
      const units = Math.max(0, Math.floor((length_m - limits.tail_m) / limits.step_m))
      const common = { span, severity: 'hard', other: null, isWhole: false } as const
      return site
        ? {
            ...common,
            rule_id: site.rule.id,
            message_key: site.rule.message_key,
            measured: units * bay.rows,
            required: site.places,
            unit: 'count',
            source: site.rule.source,
          }
        : {
            ...common,
            rule_id: null,
            message_key: 'finding.too_short',
            measured: Math.round(length_m * 100) / 100,
            required: Math.round((limits.step_m + limits.tail_m) * 100) / 100,
            unit: 'm',
            source: { title: '单个车位的长度 (Length of one unit)', url: null, quoted: null },
          }
    })
}

/**
 * How deep cars across the street reach into the carriageway: those that stand there, or, where both sides are laid out
 * together, half of what is left for each.
 */
function oppositeOf(
  side: KerbSide,
  sides: readonly KerbSide[],
  vehicle: VehicleClass,
  scene: Scene,
): number {
  if (vehicle !== 'car') return 0
  const isOpposite = (segment: unknown, name: unknown) =>
    segment === side.segment_id && name !== side.side
  if (sides.some((other) => isOpposite(other.segment_id, other.side)) && side.carriageway_width_m)
    return Math.max(0, (side.carriageway_width_m - LEAST_LANE_M) / 2)
  let deepest = 0
  for (const bay of near(scene, 'bays', shapeOf(side.kerb.points), ACROSS_M)) {
    const { segment_id, side: name, vehicle_classes } = bay.properties
    if (!isOpposite(segment_id, name) || !(vehicle_classes as string[]).includes('car')) continue
    const place = standingPlace(scene, bay.shape, bay.properties)
    if (place) deepest = Math.max(deepest, -place.nearest_m)
  }
  return deepest
}

/** No carriageway with parking on both sides is wider. */
const ACROSS_M = 40

/** Alternatives that the judge made equal, or left empty, are told once. */
function differing(alternatives: readonly Alternative[]): Alternative[] {
  const keyOf = ({ bays }: Alternative) => JSON.stringify(bays.map(({ geometry }) => geometry))
  const keys = alternatives.map(keyOf)
  return alternatives.filter(
    ({ bays }, i) => i === 0 || (bays.length > 0 && keys.indexOf(keys[i]!) === i),
  )
}
