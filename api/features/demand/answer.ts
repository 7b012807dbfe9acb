import type { LineString } from 'geojson'
import { metricFrame, toMetres } from '../../domain/geometry/metric-frame.ts'
import {
  DEMAND_WEIGHTS,
  rankDemand,
  type Spot,
  WALK_M,
  wishesNear,
  withoutPlace,
} from '../../domain/statistics/demand.ts'
import type { DemandReply } from './contract.ts'
import type {
  Asked,
  OccupancyRow,
  readEffort,
  readFreePlaces,
  readGrids,
  SideRow,
  WishRow,
} from './store.ts'

/** Everything that was read about one class of vehicles. */
export interface Known {
  sides: readonly SideRow[]
  occupancy: readonly OccupancyRow[]
  effort: Awaited<ReturnType<typeof readEffort>>
  free: Awaited<ReturnType<typeof readFreePlaces>>
  wishes: readonly WishRow[]
  grids: Awaited<ReturnType<typeof readGrids>>
}

const keyOf = ({ segment_id, side }: { segment_id: string; side: string }) =>
  `${segment_id} ${side}`

/** Puts the answer together: sides by their score, grids by who lives and works there without a place. */
export function answerDemand(
  known: Known,
  asked: Asked & { vehicle_class: DemandReply['vehicle_class'] },
  limit: number,
): DemandReply {
  const [first] = known.sides
  const frame = metricFrame(first?.lon ?? 0, first?.lat ?? 0)
  const spot = ({ lon, lat }: { lon: number; lat: number }): Spot => {
    const [x, y] = toMetres(frame, lon, lat)
    return { x, y }
  }
  const wishes = known.wishes.map((wish) => ({ ...wish, ...spot(wish) }))
  const without = withoutPlace(wishes, known.free.map(spot))
  const spots = known.sides.map(spot)
  const near = (kind: WishRow['kind']) =>
    wishesNear(
      spots,
      without.filter((wish) => wish.kind === kind),
    )
  const [households, shops] = [near('households'), near('shops')]
  const occupancy = new Map(known.occupancy.map((row) => [keyOf(row), row]))
  const effort = new Map(known.effort.map((row) => [keyOf(row), row]))
  const rows = new Map(known.sides.map((row) => [keyOf(row), row]))

  const ranked = rankDemand(
    known.sides.map((side, i) => {
      const read = occupancy.get(keyOf(side))
      const walked = effort.get(keyOf(side))
      return {
        segment_id: side.segment_id,
        side: side.side,
        readings: read?.readings ?? 0,
        readings_over_85: read?.over_85 ?? 0,
        readings_over_100: read?.over_100 ?? 0,
        peak_percent: read?.peak_percent ?? null,
        outside_counted: read?.outside ?? 0,
        outside_readings: read?.outside_readings ?? 0,
        findings: walked?.findings ?? 0,
        passes: walked?.passes ?? 0,
        households_without: households[i]!,
        shops_without: shops[i]!,
      }
    }),
  )
  return {
    vehicle_class: asked.vehicle_class,
    from: asked.from.toISOString(),
    to: asked.to.toISOString(),
    walk_m: WALK_M,
    weights: DEMAND_WEIGHTS,
    checked: known.sides.length,
    sides: ranked.slice(0, limit).map((side) => {
      const row = rows.get(keyOf(side))!
      return {
        ...side,
        name_zh: row.name_zh,
        name_en: row.name_en,
        capacity: occupancy.get(keyOf(side))?.capacity ?? 0,
        kerb: (JSON.parse(row.kerb_text) as LineString).coordinates,
      }
    }),
    grids: known.grids.map(({ id, ...names }) => ({
      grid_id: id,
      ...names,
      households: sumOf(wishes, 'households', id),
      households_without: sumOf(without, 'households', id),
      shops: sumOf(wishes, 'shops', id),
      shops_without: sumOf(without, 'shops', id),
    })),
  }
}

const sumOf = (wishes: readonly WishRow[], kind: WishRow['kind'], gridId: string): number =>
  wishes
    .filter((wish) => wish.kind === kind && wish.grid_id === gridId)
    .reduce((sum, { weight }) => sum + weight, 0)
