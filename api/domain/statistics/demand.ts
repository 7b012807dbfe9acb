import Flatbush from 'flatbush'
import { ratePerPass } from './rate.ts'

/** Where places to park are missing: what is known of each side of a street, weighed and ranked, reasons kept. */

/** As far as somebody walks from a free place, in metres as the crow flies: the spacing of sites that guides ask for. */
export const WALK_M = 300

/**
 * What each reason weighs, in points of 100, and at which figure it weighs fully: a share of readings, vehicles that
 * stand outside the marks, findings per pass, households or shops. Judgement, not measurement: so it stands here as
 * data and in every answer.
 */
export const DEMAND_WEIGHTS = {
  full: { points: 30, full_at: 1 },
  overfull: { points: 20, full_at: 1 },
  outside: { points: 20, full_at: 10 },
  illegal: { points: 15, full_at: 0.5 },
  households: { points: 10, full_at: 200 },
  shops: { points: 5, full_at: 20 },
} as const

export type DemandCode = keyof typeof DEMAND_WEIGHTS

/** What is known of one side. Readings are hours in which its bays were counted. */
export interface SideFacts {
  segment_id: string
  side: 'left' | 'right'
  readings: number
  readings_over_85: number
  readings_over_100: number
  peak_percent: number | null
  /** Vehicles standing outside the marks: their sum over `outside_readings` hours. */
  outside_counted: number
  outside_readings: number
  /** Parking cases found on patrol, and how often the side was walked. */
  findings: number
  passes: number
  /** Without a free place within 300 m of them, and within 300 m of the side. */
  households_without: number
  shops_without: number
}

/** Why a side needs places: a figure, how strongly it counts (0 to 1) and the points that makes; null: too little known. */
export interface DemandReason {
  code: DemandCode
  /** A share (0 to 1) for `full` and `overfull`, otherwise a number: see `DEMAND_WEIGHTS`. */
  figure: number | null
  points: number
  /** Of how many readings, or of how many passes; null where it is no share. */
  of: number | null
  /** 95 % for findings per pass. */
  interval: { low: number; high: number } | null
}

export interface SideDemand {
  segment_id: string
  side: 'left' | 'right'
  score: number
  peak_percent: number | null
  reasons: DemandReason[]
}

/** The score of a side: for each reason its points times the figure's share of the figure at which it counts fully. */
export function demandOfSide(facts: SideFacts): SideDemand {
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)
  const rate = ratePerPass(facts.findings, facts.passes)
  const reasons = [
    reason('full', share(facts.readings_over_85, facts.readings), facts.readings),
    reason('overfull', share(facts.readings_over_100, facts.readings), facts.readings),
    reason('outside', share(facts.outside_counted, facts.outside_readings), facts.outside_readings),
    { ...reason('illegal', rate?.rate ?? null, facts.passes), interval: rate?.interval ?? null },
    reason('households', facts.households_without, null),
    reason('shops', facts.shops_without, null),
  ]
  const { segment_id, side, peak_percent } = facts
  const score = reasons.reduce((sum, { points }) => sum + points, 0)
  return { segment_id, side, peak_percent, score: round(score, 1), reasons }
}

/** Sides with any demand at all, the strongest first; equal ones in the order of their ids. */
export function rankDemand(sides: readonly SideFacts[]): SideDemand[] {
  return sides
    .map(demandOfSide)
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        (a.segment_id < b.segment_id ? -1 : a.segment_id > b.segment_id ? 1 : 0) ||
        (a.side < b.side ? -1 : 1),
    )
}

function reason(code: DemandCode, figure: number | null, of: number | null): DemandReason {
  const { points, full_at } = DEMAND_WEIGHTS[code]
  return {
    code,
    figure: figure === null ? null : round(figure, 3),
    points: figure === null ? 0 : round(points * Math.min(1, figure / full_at), 1),
    of,
    interval: null,
  }
}

/** A place in metres of one frame. */
export interface Spot {
  x: number
  y: number
}

/** Those of `wishes` that have none of `places` within 300 m. */
export function withoutPlace<W extends Spot>(wishes: readonly W[], places: readonly Spot[]): W[] {
  if (places.length === 0) return [...wishes]
  const index = indexOf(places)
  return wishes.filter((wish) => !around(index, wish).some((i) => isWithinWalk(wish, places[i]!)))
}

/** For each of `spots` the sum of the wishes' weights within 300 m of it. */
export function wishesNear(
  spots: readonly Spot[],
  wishes: readonly (Spot & { weight: number })[],
): number[] {
  if (wishes.length === 0) return spots.map(() => 0)
  const index = indexOf(wishes)
  return spots.map((spot) =>
    around(index, spot).reduce(
      (sum, i) => (isWithinWalk(spot, wishes[i]!) ? sum + wishes[i]!.weight : sum),
      0,
    ),
  )
}

function indexOf(spots: readonly Spot[]): Flatbush {
  const index = new Flatbush(spots.length)
  for (const { x, y } of spots) index.add(x, y, x, y)
  index.finish()
  return index
}

const around = (index: Flatbush, { x, y }: Spot): number[] =>
  index.search(x - WALK_M, y - WALK_M, x + WALK_M, y + WALK_M)

const isWithinWalk = (a: Spot, b: Spot): boolean => Math.hypot(a.x - b.x, a.y - b.y) <= WALK_M

const round = (value: number, digits: number): number => {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
