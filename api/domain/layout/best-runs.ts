import type { Span } from './spans.ts'

/**
 * How units may stand in a row: a run of k units takes `k · step_m + tail_m`, has at least `least` and at most `most`
 * units, and keeps `gap_m` to the next run.
 */
export interface RunLimits {
  step_m: number
  tail_m: number
  least: number
  most: number
  gap_m: number
}

/** Units that stand side by side: one bay. */
export interface Run {
  from_m: number
  to_m: number
  units: number
}

/** Lengths that a person gave with two decimals fit where they fit exactly. */
const ROUNDING_M = 1e-6

/**
 * The runs that hold the most units in free spans (sorted, apart), none across two spans. Exact: whatever solution
 * there is can be pushed towards the start, run by run, without losing a unit; so only how many units stand so far and
 * where the last run ends matters, and of two states the one with fewer units that ends later is never better.
 */
export function bestRuns(free: readonly Span[], limits: RunLimits): Run[] {
  let states: State[] = [{ units: 0, end_m: -Infinity, before: null, runs: [] }]
  free.forEach(([from, to], at) => {
    const next = [...states]
    const after = free[at + 1]?.[0] ?? -Infinity
    for (const state of worthGoingOn(states, from, limits.gap_m)) {
      const start = Math.max(from, state.end_m + limits.gap_m)
      for (let units = mostUnits(to - start, limits); units >= limits.least; units--) {
        const count = runsFor(units, limits)
        if (count === null) continue
        const end_m = start + lengthOf(units, count, limits)
        next.push({ units: state.units + units, end_m, before: state, runs: [start, units, count] })
        // The next span is reached in full: fewer units here gain nothing there.
        if (end_m + limits.gap_m <= after || at + 1 === free.length) break
      }
    }
    states = undominated(next)
  })
  return runsOf(states.at(-1)!, limits)
}

interface State {
  units: number
  end_m: number
  before: State | null
  /** Where the runs of the last used span start, their units, their number. */
  runs: [start_m: number, units: number, count: number] | []
}

/** Of the states that leave a span untouched only the fullest counts. */
function worthGoingOn(states: readonly State[], from: number, gap_m: number): State[] {
  const isClear = (state: State) => state.end_m + gap_m <= from
  const fullest = states.filter(isClear).at(-1)
  return states.filter((state) => state === fullest || !isClear(state))
}

/** Fewer units and an earlier end first; a state that another one beats in both is left out. */
function undominated(states: State[]): State[] {
  states.sort((a, b) => a.end_m - b.end_m || b.units - a.units)
  let most = -1
  return states.filter((state) => state.units > most && (most = state.units) >= 0)
}

const lengthOf = (units: number, runs: number, { step_m, tail_m, gap_m }: RunLimits): number =>
  units * step_m + runs * tail_m + (runs - 1) * gap_m

/** The fewest runs that so many units can stand in; null where every number of runs leaves one too short. */
function runsFor(units: number, { least, most }: RunLimits): number | null {
  // "Any number" may be in one run.
  const runs = Math.max(1, Math.ceil(units / most))
  return runs * least <= units ? runs : null
}

/** The most units that a length can hold at all. */
function mostUnits(length_m: number, limits: RunLimits): number {
  const { step_m, tail_m, gap_m, most } = limits
  const has = length_m + ROUNDING_M
  let units = Math.floor((has - tail_m) / step_m)
  if (units > most) {
    const whole = Math.floor((has + gap_m) / (most * step_m + tail_m + gap_m))
    const rest = has - whole * (most * step_m + tail_m + gap_m) - tail_m
    units = whole * most + Math.max(0, Math.floor(rest / step_m))
  }
  return units
}

/** Each span's units dealt out evenly over its runs. */
function runsOf(last: State, limits: RunLimits): Run[] {
  const runs: Run[] = []
  for (let state: State | null = last; state; state = state.before) {
    const [start, units, count] = state.runs
    if (start === undefined) continue
    const here: Run[] = []
    let from_m = start
    for (let i = 0; i < count!; i++) {
      const share = Math.floor(units! / count!) + (i < units! % count! ? 1 : 0)
      const to_m = from_m + share * limits.step_m + limits.tail_m
      here.push({ from_m, to_m, units: share })
      from_m = to_m + limits.gap_m
    }
    runs.unshift(...here)
  }
  return runs
}
