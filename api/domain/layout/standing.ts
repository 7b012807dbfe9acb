import {
  bayDepth,
  type BayLayout,
  type StandingBay,
  unitSizeOf,
  type VehicleClass,
} from '../geometry/bay-capacity.ts'
import type { Rule, RulePack } from '../rules/rule-pack.ts'
import type { RunLimits } from './best-runs.ts'

/** One way in which vehicles may stand along a kerb, with what a run of them takes. */
export interface Standing {
  bay: StandingBay & {
    layout: BayLayout
    rows: number
    unit_length_m: number
    unit_width_m: number
  }
  depth_m: number
  /** What must stay free beside the vehicles, so that they get in and out and others past. */
  aisle_m: number
  limits: RunLimits
}

/** What a person decides about how vehicles stand; null leaves it to the layout. */
export interface StandingWish {
  vehicle_class: VehicleClass
  layout: BayLayout | null
  rows: number | null
  unit_length_m: number | null
  unit_width_m: number | null
  /** No bay longer than this, and so far apart, so that people come through; null takes what is usual. */
  longest_run_m: number | null
  gap_m: number | null
}

/** Stored corners are rounded to a centimetre: with this a rounded bay still counts as many units as were laid out. */
const PAINT_M = 0.015
/** Bays that touch would overlap by that rounding. */
const LEAST_GAP_M = 0.02

/**
 * A row of bikes is broken every 15 m for 1.5 m, so that whoever crosses the street gets through: the clear walking
 * width of the rules, common practice for the length. Cars are passed between anyway.
 */
const BIKE_ROW = { longest_m: 15, gap_m: 1.5 }

/** Layouts that are tried where none is wished, what is usual first. */
const TRIED: Readonly<Record<'bike' | 'car', readonly (readonly [BayLayout, rows: number])[]>> = {
  bike: [
    ['perpendicular', 1],
    ['perpendicular', 2],
    ['angled', 1],
    ['parallel', 1],
  ],
  car: [
    ['parallel', 1],
    ['perpendicular', 1],
    ['angled', 1],
  ],
}

/** The ways of standing that a wish leaves open, the usual one first. */
export function standingsFor(wish: StandingWish, pack: RulePack): Standing[] {
  const tried = TRIED[wish.vehicle_class === 'car' ? 'car' : 'bike']
  const open = tried.filter(
    ([layout, rows]) =>
      (wish.layout ?? layout) === layout &&
      (wish.rows === null || (wish.layout ? 1 : rows) === rows),
  )
  const chosen = open.length > 0 ? open : [[wish.layout ?? tried[0]![0], 1] as const]
  return chosen.map(([layout, rows]) => standing(wish, layout, wish.rows ?? rows, pack))
}

/** The unit that the rules ask for: the usual one, or a larger one where the community's pack wants it. */
export function unitSizeFor(
  vehicle: VehicleClass,
  layout: BayLayout | null | undefined,
  pack: RulePack | null,
): { length_m: number; width_m: number } {
  const usual = unitSizeOf(vehicle, layout ?? null)
  const asked = (member: 'unit_length_m' | 'unit_width_m') =>
    (pack?.rules ?? [])
      .filter((rule) => rule.kind === 'unit_size' && rule.member === member)
      .filter((rule) => concerns(rule, vehicle, layout ?? null))
      .flatMap((rule) => rule.levels.map((level) => level.required))
  return {
    length_m: Math.max(usual.length_m, ...asked('unit_length_m')),
    width_m: Math.max(usual.width_m, ...asked('unit_width_m')),
  }
}

/** Whether a rule speaks of bays for such vehicles. */
export function concerns(rule: Rule, vehicle: VehicleClass, layout: BayLayout | null): boolean {
  const { collection, vehicle_classes, layouts } = rule.subject
  return (
    collection === 'bays' &&
    (vehicle_classes?.includes(vehicle) ?? true) &&
    (layouts?.includes(layout ?? '') ?? true)
  )
}

/** The rule that asks for the largest least site, if any does. */
export function smallestSite(
  pack: RulePack,
  vehicle: VehicleClass,
  layout: BayLayout,
): { rule: Rule; places: number } | null {
  let found: { rule: Rule; places: number } | null = null
  for (const rule of pack.rules) {
    if (rule.kind !== 'smallest_site' || !concerns(rule, vehicle, layout)) continue
    const places = Math.max(...rule.levels.map((level) => level.required))
    if (places > (found?.places ?? 0)) found = { rule, places }
  }
  return found
}

/** A fire engine's lane, GB 50016 7.1.8 as commonly quoted: less is never left of a carriageway. */
export const LEAST_LANE_M = 4
/**
 * Aisles of cars: along the kerb the lane above; 60° forwards 4.5 m and square, backing in, 5.5 m by JGJ 100, table
 * 4.3.4, as commonly quoted. Bikes are walked in: the clear walking width.
 */
const AISLES: Readonly<Record<BayLayout, number>> = {
  parallel: LEAST_LANE_M,
  angled: 4.5,
  perpendicular: 5.5,
}
const BIKE_AISLE_M = 1.5
export const AISLE_SOURCE = {
  title:
    '《车库建筑设计规范》JGJ 100 表4.3.4（停车通道宽度）、《建筑设计防火规范》GB 50016 第7.1.8条，通行引用',
  url: null,
  quoted: '平行 4.0 m，60° 4.5 m，垂直 5.5 m',
}

const SIXTY_DEGREES = Math.PI / 3

function standing(wish: StandingWish, layout: BayLayout, rows: number, pack: RulePack): Standing {
  const { vehicle_class } = wish
  const size = unitSizeFor(vehicle_class, layout, pack)
  const unit_length_m = wish.unit_length_m ?? size.length_m
  const unit_width_m = wish.unit_width_m ?? size.width_m
  const bay = { vehicle_class, layout, rows, unit_length_m, unit_width_m }
  const isAngled = layout === 'angled'
  const step_m =
    layout === 'parallel'
      ? unit_length_m
      : isAngled
        ? unit_width_m / Math.sin(SIXTY_DEGREES)
        : unit_width_m
  const tail_m = (isAngled ? unit_length_m * Math.cos(SIXTY_DEGREES) : 0) + PAINT_M
  const isCar = vehicle_class === 'car'
  const longest = wish.longest_run_m ?? (isCar ? Infinity : BIKE_ROW.longest_m)
  const site = smallestSite(pack, vehicle_class, layout)
  const least = Math.max(1, Math.ceil((site?.places ?? 1) / rows))
  return {
    bay,
    depth_m: bayDepth(bay),
    aisle_m: isCar ? AISLES[layout] : BIKE_AISLE_M,
    limits: {
      step_m,
      tail_m,
      least,
      most: Math.max(least, Math.floor((longest - tail_m) / step_m + 1e-9)),
      gap_m: Math.max(LEAST_GAP_M, wish.gap_m ?? (isCar ? 0 : BIKE_ROW.gap_m)),
    },
  }
}
