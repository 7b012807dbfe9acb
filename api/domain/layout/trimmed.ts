import type { Run } from './best-runs.ts'
import type { Standing } from './standing.ts'

/** A run with the way its vehicles stand. */
interface StandingRun {
  run: Run
  standing: Standing
}

/** How many vehicles runs hold. */
export const placesOf = (runs: readonly StandingRun[]): number =>
  runs.reduce((sum, { run, standing }) => sum + run.units * standing.bay.rows, 0)

/**
 * Keeps the runs of most worth until the wanted places are reached, in their old order. The last one is cut to what is
 * still wanted; where that would be less than the smallest site, those before it give some up, and where they cannot,
 * it stays at that size.
 */
export function trimmed<T extends StandingRun>(
  runs: readonly T[],
  wanted: number | null,
  worthOf: (run: T) => number,
): T[] {
  if (wanted === null || placesOf(runs) <= wanted) return [...runs]
  const kept = new Map<number, T>()
  const byWorth = runs
    .map((run, at) => ({ run, at }))
    .sort((a, b) => worthOf(b.run) - worthOf(a.run))
  for (const { run, at } of byWorth) {
    const { limits, bay } = run.standing
    const rest = Math.ceil((wanted - placesOf([...kept.values()])) / bay.rows)
    if (rest <= 0) break
    const units = Math.min(run.run.units, Math.max(rest, limits.least))
    giveUp(kept, units - rest, bay.rows)
    kept.set(at, cut(run, units))
  }
  return runs.flatMap((_, at) => kept.get(at) ?? [])
}

/** Takes units from runs that stay at least as large as a site must be, the least worthy first. */
function giveUp<T extends StandingRun>(kept: Map<number, T>, surplus: number, rows: number): void {
  for (const [at, run] of [...kept].reverse()) {
    const given = Math.min(surplus, run.run.units - run.standing.limits.least)
    if (given <= 0 || run.standing.bay.rows !== rows) continue
    kept.set(at, cut(run, run.run.units - given))
    surplus -= given
  }
}

const cut = <T extends StandingRun>(at: T, units: number): T => {
  const { run, standing } = at
  const to_m = run.to_m - (run.units - units) * standing.limits.step_m
  return { ...at, run: { from_m: run.from_m, to_m, units } }
}
