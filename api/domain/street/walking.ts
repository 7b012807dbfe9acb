import type { Geometry } from 'geojson'
import { toMetres } from '../geometry/metric-frame.ts'
import { doBoundsMeet } from '../geometry/overlap.ts'
import { planarShape, type PlanarShape } from '../geometry/planar-shape.ts'
import type { Rule, RulePack } from '../rules/rule-pack.ts'
import { near, type PlacedFeature, type Scene } from '../rules/scene.ts'
import { openInWeek } from '../schedule/around-holidays.ts'
import { type Interval, MINUTES_PER_WEEK } from '../schedule/windows.ts'
import {
  type Footway,
  leastWidth,
  shareUnder,
  type WidthPiece,
  widthProfile,
} from './clear-path.ts'

/** What stands on a footway and is walked around; hydrants and trees count by the place that was drawn for them. */
const STANDING_KINDS = new Set<unknown>(['fire_hydrant', 'bollard', 'street_trees'])
const IN_FORCE: Readonly<Record<string, ReadonlySet<unknown>>> = {
  bays: new Set(['approved', 'painted']),
  vendor_zones: new Set(['approved']),
}

/** A side of a street and everything that can narrow it; `missing` names what is not known of it. */
export interface WalkingSide {
  footway: Footway | null
  missing: ('kerb_line' | 'footway_width_m')[]
  obstacles: readonly PlacedFeature[]
}

interface Side {
  side: 'left' | 'right'
  footway_width_m?: number | null
  furnishing_width_m?: number | null
  kerb_line?: Geometry | null
}

/**
 * Gathers what narrows a side: bays and zones in force, closures, and what stands there. Buildings do not: the width
 * of a footway is what was measured, ground floors set back under them included.
 */
export function walkingSide(
  scene: Scene,
  segment: PlacedFeature,
  side: 'left' | 'right',
): WalkingSide {
  const own = ((segment.properties['sides'] ?? []) as Side[]).find((one) => one.side === side)
  const kerb = own?.kerb_line?.type === 'LineString' ? own.kerb_line : null
  const width = own?.footway_width_m ?? null
  const missing = [
    ...(kerb ? [] : (['kerb_line'] as const)),
    ...(width === null ? (['footway_width_m'] as const) : []),
  ]
  if (!kerb || width === null) return { footway: null, missing, obstacles: [] }
  const line = planarShape(scene.frame, kerb)
  return {
    footway: {
      kerb: kerb.coordinates.map((p) => toMetres(scene.frame, p[0]!, p[1]!)),
      side,
      footway_width_m: width,
      furnishing_width_m: Math.min(own?.furnishing_width_m ?? 0, width),
    },
    missing,
    obstacles: obstaclesNear(scene, line, width),
  }
}

function obstaclesNear(scene: Scene, kerb: PlanarShape, width_m: number): PlacedFeature[] {
  const of = (collection: string) =>
    near(scene, collection, kerb, width_m).filter((one) => doBoundsMeet(one.shape, kerb, width_m))
  return [
    ...['bays', 'vendor_zones'].flatMap((collection) =>
      of(collection).filter(({ properties }) => IN_FORCE[collection]!.has(properties['status'])),
    ),
    ...of('closures'),
    ...of('curb_objects').filter(({ properties }) => STANDING_KINDS.has(properties['kind'])),
  ]
}

/** How one moment's profile reads: which obstacles were there, and what it comes to. */
export interface WalkingState {
  pieces: readonly WidthPiece[]
  least: ReturnType<typeof leastWidth>
  share_under_1_5: number
  share_under_2: number
}

/** The profile with those obstacles that are there; `narrowed_by` are their places among all. */
export function walkingState(
  footway: Footway,
  obstacles: readonly PlacedFeature[],
  isThere: (feature: PlacedFeature, index: number) => boolean,
): WalkingState {
  const there = obstacles.flatMap((one, i) => (isThere(one, i) ? [i] : []))
  const profile = widthProfile(
    footway,
    there.map((i) => obstacles[i]!.shape),
  ).map((piece) => ({ ...piece, narrowed_by: piece.narrowed_by.map((n) => there[n]!) }))
  return {
    pieces: profile,
    least: leastWidth(profile),
    share_under_1_5: shareUnder(profile, 1.5) ?? 0,
    share_under_2: shareUnder(profile, 2) ?? 0,
  }
}

/** A stretch of the week, minutes from Monday 00:00, in which the same things are there. */
export interface WeekStretch {
  from_minute: number
  to_minute: number
  state: WalkingState
}

/**
 * The week that begins on a Monday (YYYY-MM-DD), minute-exact: stretches between the moments at which anything opens
 * or closes; stretches with the same things there share one state.
 */
export function walkingWeek(
  scene: Scene,
  footway: Footway,
  obstacles: readonly PlacedFeature[],
  monday: string,
): WeekStretch[] {
  const open = obstacles.map((one) => openInWeek(one, monday, scene.holidays ?? 'cn'))
  const moments = [...new Set([0, MINUTES_PER_WEEK, ...open.flat(2)])].sort((a, b) => a - b)
  const known = new Map<string, WalkingState>()
  return moments.slice(1).map((to_minute, i) => {
    const from_minute = moments[i]!
    const isThere = (n: number) =>
      open[n]!.some(([from, to]) => from <= from_minute && to_minute <= to)
    const key = obstacles.map((_, n) => (isThere(n) ? '1' : '0')).join('')
    let state = known.get(key)
    if (!state) known.set(key, (state = walkingState(footway, obstacles, (_, n) => isThere(n))))
    return { from_minute, to_minute, state }
  })
}

/** The worst of each hour: 7 days from Monday × 24 hours. */
export function worstByHour<T>(
  stretches: readonly WeekStretch[],
  figure: (state: WalkingState) => T,
  isWorse: (a: T, b: T) => boolean,
): T[][] {
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 }, (_unused, hour) => {
      const whole: Interval = [day * 1440 + hour * 60, day * 1440 + hour * 60 + 60]
      return stretches
        .filter(({ from_minute, to_minute }) => from_minute < whole[1] && to_minute > whole[0])
        .map(({ state }) => figure(state))
        .reduce((worst, one) => (isWorse(one, worst) ? one : worst))
    }),
  )
}

/** The width that a wheelchair needs by the pack: the least that any of its hard rules on walking width asks for. */
export function wheelchairRule(pack: RulePack): { rule: Rule; required_m: number } | null {
  let least: { rule: Rule; required_m: number } | null = null
  for (const rule of pack.rules) {
    if (rule.kind !== 'clear_walking_width') continue
    for (const { severity, required } of rule.levels)
      if (severity === 'hard' && (!least || required < least.required_m))
        least = { rule, required_m: required }
  }
  return least
}
