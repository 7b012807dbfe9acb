import type { LineString, Point } from 'geojson'
import { kerbLine, pointAlong } from '../../domain/geometry/kerb-line.ts'
import { type MetricFrame, toDegrees } from '../../domain/geometry/metric-frame.ts'
import { partyOf } from '../../domain/rules/make-finding.ts'
import type { RulePack } from '../../domain/rules/rule-pack.ts'
import type { PlacedFeature, Scene } from '../../domain/rules/scene.ts'
import { openInWeek } from '../../domain/schedule/around-holidays.ts'
import type { Footway } from '../../domain/street/clear-path.ts'
import {
  walkingSide,
  type WalkingState,
  walkingState,
  walkingWeek,
  wheelchairRule,
  worstByHour,
} from '../../domain/street/walking.ts'
import type { ClearPathReply } from './contract.ts'

/** The moment that is asked about: its week's Monday, and the minute of that week. */
export interface Moment {
  at: string
  monday: string
  minute_of_week: number
}

/** What a side is like to walk at a moment, and through its week where that is asked for. */
export function describeSide(
  scene: Scene,
  pack: RulePack,
  segment: PlacedFeature,
  side: 'left' | 'right',
  moment: Moment,
  isWeek: boolean,
): ClearPathReply {
  const { footway, missing, obstacles } = walkingSide(scene, segment, side)
  const head = { segment_id: segment.id, side, at: moment.at, missing }
  const chair = wheelchairRule(pack)
  if (!footway)
    return {
      ...head,
      length_m: null,
      footway_width_m: null,
      furnishing_width_m: null,
      narrowed_by: [],
      pieces: [],
      least: null,
      share_under_1_5: null,
      share_under_2: null,
      wheelchair: null,
    }
  const calendar = scene.holidays ?? 'cn'
  const now = walkingState(footway, obstacles, (one) =>
    openInWeek(one, moment.monday, calendar).some(
      ([from, to]) => from <= moment.minute_of_week && moment.minute_of_week < to,
    ),
  )
  const isPassable = ({ least }: WalkingState) =>
    chair === null || least === null || least.width_m >= chair.required_m - 0.001
  const stretches = isWeek ? walkingWeek(scene, footway, obstacles, moment.monday) : []
  const onMap = mapOf(scene.frame, footway)
  const used = usedObstacles([now, ...stretches.map(({ state }) => state)])
  const places = (numbers: readonly number[]) => numbers.map((n) => used.indexOf(n))
  const states = [...new Set(stretches.map(({ state }) => state))]
  const written = (state: WalkingState) => ({
    pieces: state.pieces.map((piece) => ({
      from_m: centimetres(piece.from_m),
      to_m: centimetres(piece.to_m),
      from_width_m: centimetres(piece.from_width_m),
      to_width_m: centimetres(piece.to_width_m),
      narrowed_by: places(piece.narrowed_by),
      line: onMap.line(piece.from_m, piece.to_m),
    })),
    least: state.least && {
      width_m: centimetres(state.least.width_m),
      at_m: centimetres(state.least.at_m),
      where: onMap.point(state.least.at_m),
      narrowed_by: places(state.least.narrowed_by),
    },
    share_under_1_5: state.share_under_1_5,
    share_under_2: state.share_under_2,
  })
  return {
    ...head,
    length_m: onMap.length_m,
    footway_width_m: footway.footway_width_m,
    furnishing_width_m: footway.furnishing_width_m,
    narrowed_by: used.map((n) => ({
      ...partyOf(obstacles[n]!),
      kind: (obstacles[n]!.properties['kind'] as string | null | undefined) ?? null,
    })),
    ...written(now),
    wheelchair: chair && {
      is_passable: isPassable(now),
      required_m: chair.required_m,
      rule_id: chair.rule.id,
      source: chair.rule.source.title,
    },
    ...(isWeek && {
      week: {
        monday: moment.monday,
        least_width_m: worstByHour(
          stretches,
          ({ least }) => centimetres(least?.width_m ?? 0),
          (a, b) => a < b,
        ),
        share_under_1_5: worstByHour(stretches, (s) => s.share_under_1_5, isMore),
        share_under_2: worstByHour(stretches, (s) => s.share_under_2, isMore),
        is_passable: worstByHour(stretches, isPassable, (a, b) => !a && b),
        states: states.map(written),
        stretches: stretches.map(({ state, ...minutes }) => ({
          ...minutes,
          state: states.indexOf(state),
        })),
      },
    }),
  }
}

const isMore = (a: number, b: number): boolean => a > b
const centimetres = (metres: number): number => Math.round(metres * 100) / 100

const usedObstacles = (states: readonly WalkingState[]): number[] =>
  [...new Set(states.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.narrowed_by)))].sort(
    (a, b) => a - b,
  )

/** The middle of the footway as lines and points of the map, by metres along the kerb. */
function mapOf(frame: MetricFrame, footway: Footway) {
  const kerb = kerbLine(footway.kerb)
  const away = (footway.furnishing_width_m + footway.footway_width_m) / 2
  const position = (along_m: number, shift: number) => {
    // A hair inside the stretch, so that at a bend each stretch keeps its own direction.
    const { direction } = pointAlong(kerb, along_m + shift)
    const { point } = pointAlong(kerb, along_m)
    const sign = footway.side === 'left' ? 1 : -1
    return toDegrees(
      frame,
      point[0] - sign * direction[1] * away,
      point[1] + sign * direction[0] * away,
    ).map((degrees) => Math.round(degrees * 1e7) / 1e7)
  }
  return {
    length_m: centimetres(kerb.length_m),
    line: (from_m: number, to_m: number): LineString => ({
      type: 'LineString',
      coordinates: [position(from_m, 1e-6), position(to_m, -1e-6)],
    }),
    point: (along_m: number): Point => ({ type: 'Point', coordinates: position(along_m, 1e-6) }),
  }
}
