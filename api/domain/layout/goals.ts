import type { Point } from '../geometry/ring-edits.ts'
import { bestRuns, type Run } from './best-runs.ts'
import { placesOf, trimmed } from './trimmed.ts'
import type { SideOption } from './side-options.ts'
import { shared, type Span, unite } from './spans.ts'
import type { Standing } from './standing.ts'

/** What an alternative is best at. */
export type Goal = 'most_places' | 'fewest_warnings' | 'widest_path' | 'nearest_demand'

/** How much parking is wanted at a place in metres of the frame. */
export type Demand = (point: Point) => number

/** A run on one way of using a side. */
export interface Choice {
  option: SideOption
  standing: Standing
  run: Run
}

/** For each side its ways of use; the runs of every alternative that can be told from the others. */
export function choicesFor(
  sides: readonly (readonly SideOption[])[],
  wanted: number | null,
  demand: Demand | null,
): { goal: Goal; choices: Choice[] }[] {
  const fullest = sides.flatMap((options) => best(options, fullestFirst, openRuns) ?? [])
  const clearest = sides.flatMap((options) => best(options, clearestFirst, clearRuns) ?? [])
  const widest = sides.flatMap((options) => best(options, widestFirst, openRuns) ?? [])
  const isEnough = wanted !== null && placesOf(clearest) >= wanted
  const found: { goal: Goal; choices: Choice[] }[] = [
    { goal: 'most_places', choices: trimmed(isEnough ? clearest : fullest, wanted, unitsOf) },
    { goal: 'fewest_warnings', choices: trimmed(clearest, wanted, unitsOf) },
  ]
  if (widest.some(({ option }) => option.walking_width_m !== null))
    found.push({ goal: 'widest_path', choices: trimmed(widest, wanted, widthOf) })
  if (wanted !== null && demand) {
    const choices = nearestDemand(isEnough ? clearest : fullest, isEnough, wanted, demand)
    found.push({ goal: 'nearest_demand', choices })
  }
  return found.filter(({ choices }, i) => choices.length > 0 || i === 0).filter(isNew)
}

/** Where a run's middle lies, in metres of the frame. */
function middleOf({ option, run }: Choice): Point {
  return pointOn(option, (run.from_m + run.to_m) / 2)
}

const choice = (option: SideOption, run: Run): Choice => ({
  option,
  standing: option.standing,
  run,
})

interface Candidate {
  option: SideOption
  runs: Run[]
  places: number
}

const openRuns = ({ open, standing }: SideOption): Run[] => bestRuns(open, standing.limits)
const clearRuns = ({ clear, standing }: SideOption): Run[] => bestRuns(clear, standing.limits)

/** The runs of the best way of using a side; null where no way holds a bay. Equals keep the usual way. */
function best(
  options: readonly SideOption[],
  compare: (a: Candidate, b: Candidate) => number,
  runsOf: (option: SideOption) => Run[],
): Choice[] | null {
  const candidates = options.flatMap((option): Candidate[] => {
    const runs = runsOf(option)
    const places = runs.reduce((sum, run) => sum + run.units, 0) * option.standing.bay.rows
    return places > 0 ? [{ option, runs, places }] : []
  })
  const atKerb = candidates.filter(({ option }) => !option.isAtWall)
  const [first] = (atKerb.length > 0 ? atKerb : candidates).sort(compare)
  return first ? first.runs.map((run) => choice(first.option, run)) : null
}

const width = ({ option }: Candidate): number => option.walking_width_m ?? -1
const fullestFirst = (a: Candidate, b: Candidate): number =>
  b.places - a.places || a.option.warnings - b.option.warnings || width(b) - width(a)
const clearestFirst = (a: Candidate, b: Candidate): number =>
  a.option.warnings - b.option.warnings || b.places - a.places || width(b) - width(a)
const widestFirst = (a: Candidate, b: Candidate): number =>
  width(b) - width(a) || b.places - a.places

const unitsOf = ({ run }: Choice): number => run.units
const widthOf = ({ option }: Choice): number => option.walking_width_m ?? -1

/** How finely demand is asked along a kerb; it hardly changes within a bay's length. */
const DEMAND_STEP_M = 1
const DEMAND_LEVELS = 128

/**
 * Keeps to the ground of highest demand: the highest level above which the wanted places can still be laid out, so no
 * place stands farther from demand than it must.
 */
function nearestDemand(
  choices: readonly Choice[],
  isClear: boolean,
  wanted: number,
  demand: Demand,
): Choice[] {
  const options = [...new Set(choices.map(({ option }) => option))]
  const asked = options.map((option) => ({ option, levels: demandAlong(option, demand) }))
  const all = asked.flatMap(({ levels }) => levels).sort((a, b) => b - a)
  const steps = Array.from(
    { length: DEMAND_LEVELS },
    (_, i) => all[Math.floor(((i + 1) * (all.length - 1)) / DEMAND_LEVELS)]!,
  )
  const above = (level: number): Choice[] =>
    asked.flatMap(({ option, levels }) => {
      const near = unite(
        levels.flatMap((value, i): Span[] =>
          value >= level ? [[i * DEMAND_STEP_M, (i + 1) * DEMAND_STEP_M]] : [],
        ),
      )
      const ground = shared(isClear ? option.clear : option.open, near)
      return bestRuns(ground, option.standing.limits).map((run) => choice(option, run))
    })
  let [low, high] = [0, steps.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (placesOf(above(steps[middle]!)) >= wanted) high = middle
    else low = middle + 1
  }
  return trimmed(above(steps[low] ?? -Infinity), wanted, (at) => demand(middleOf(at)))
}

function demandAlong(option: SideOption, demand: Demand): number[] {
  const last = option.stretches.at(-1)!
  const steps = Math.ceil((last.start_m + last.length_m) / DEMAND_STEP_M)
  return Array.from({ length: steps }, (_, i) => demand(pointOn(option, (i + 0.5) * DEMAND_STEP_M)))
}

function pointOn({ stretches, strips }: SideOption, along_m: number): Point {
  const at = Math.max(
    0,
    stretches.findLastIndex(({ start_m }) => start_m <= along_m),
  )
  const { origin, u, n, start_m } = stretches[at]!
  const { near_m, far_m } = strips[at]!
  const across = (near_m + far_m) / 2
  const along = along_m - start_m
  return [origin[0] + u[0] * along + n[0] * across, origin[1] + u[1] * along + n[1] * across]
}

/** Whether no alternative before stands for the same bays. */
function isNew(
  { choices }: { choices: readonly Choice[] },
  at: number,
  all: readonly { choices: readonly Choice[] }[],
): boolean {
  const same = (other: readonly Choice[]) =>
    other.length === choices.length &&
    other.every(
      ({ option, run }, i) =>
        option === choices[i]!.option &&
        run.from_m === choices[i]!.run.from_m &&
        run.units === choices[i]!.run.units,
    )
  return !all.slice(0, at).some((earlier) => same(earlier.choices))
}
