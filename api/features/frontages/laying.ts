import type { MultiPolygon, Polygon, Position } from 'geojson'
import {
  FRONTAGE_LIMITS,
  type FrontageLimits,
  type Ground,
  layFrontages,
} from '../../domain/frontages/frontages.ts'
import { metricFrame, toDegrees, toMetres } from '../../domain/geometry/metric-frame.ts'
import type { Point } from '../../domain/geometry/ring-edits.ts'
import { checkGeometry } from '../../domain/geometry/validity.ts'
import type { LayBody, LayReply } from './contract.ts'
import type { GroundRows, LaidRow } from './ground.ts'

/** Lays out what is missing and what was laid out before; what was corrected stays, and what was drawn unless asked. */
export function layOut(ground: GroundRows, laid: readonly LaidRow[], asked: LayBody): LayReply {
  const frame = frameOf(ground)
  const metres = ([lon, lat]: Position): Point => toMetres(frame, lon!, lat!)
  const names = new Map(ground.shops.map(({ id, name_zh }) => [id, name_zh]))
  const name = (id: string) => names.get(id) ?? null
  const standing = sortOut(laid, asked.replace_drawn ?? false)
  const limits: FrontageLimits = { ...FRONTAGE_LIMITS, ...asked.limits }
  const { frontages, missing } = layFrontages(
    {
      buildings: ground.buildings.map(({ id, shape }) => ({
        id,
        polygons: polygonsOf(shape).map((rings) => rings.map((ring) => ring.map(metres))),
      })),
      kerbs: ground.kerbs.map((line) => line.map(metres)),
      centrelines: ground.centrelines.map((line) => line.map(metres)),
      shops: ground.shops.flatMap(({ id, building_id, lon, lat }) =>
        lon === null || lat === null ? [] : [{ id, building_id, point: metres([lon, lat]) }],
      ),
      settled: standing.settled.flatMap(({ merchant_id, geometry_text }) =>
        polygonsOf(JSON.parse(geometry_text) as Polygon | MultiPolygon).map(
          (rings): Ground['settled'][number] => ({
            shop_id: merchant_id,
            polygon: rings.map((ring) => ring.map((p) => [...metres(p)])),
          }),
        ),
      ),
    },
    limits,
  )
  const shown: LayReply['frontages'] = []
  const refused: LayReply['missing'] = [
    ...ground.shops
      .filter(({ id, lon }) => lon === null && !standing.settledShops.has(id))
      .map(({ id }) => ({
        shop_id: id,
        shop_name: name(id),
        reason: 'no_point' as const,
        other_name: null,
      })),
    ...missing
      .filter(({ shop_id }) => !standing.settledShops.has(shop_id))
      .map(({ shop_id, reason, other_id }) => ({
        shop_id,
        shop_name: name(shop_id),
        reason,
        other_name: other_id && name(other_id),
      })),
  ]
  for (const { shop_id, rings, width_m, area_m2, depth_by, is_cut } of frontages) {
    const geometry = {
      type: 'Polygon',
      coordinates: rings.map((ring) =>
        ring.map(([x, y]) => toDegrees(frame, x, y).map((n) => Number(n.toFixed(8)))),
      ),
    }
    const before = standing.replaceable.get(shop_id)
    // Rounding to a millimetre may close a sliver: the store takes no such shape.
    if (!checkGeometry(geometry, { types: ['Polygon'] }).ok) {
      refused.push({ shop_id, shop_name: name(shop_id), reason: 'no_room', other_name: null })
      continue
    }
    shown.push({
      shop_id,
      shop_name: name(shop_id),
      frontage_id: before?.id ?? null,
      action: !before ? 'create' : isSameShape(before, geometry) ? 'same' : 'replace',
      geometry,
      width_m: Math.round(width_m * 100) / 100,
      area_m2: Math.round(area_m2 * 100) / 100,
      depth_by,
      is_cut,
    })
  }
  const kept = standing.settled.flatMap(({ id, merchant_id, shop_name, origin }) =>
    merchant_id === null ? [] : [{ shop_id: merchant_id, shop_name, frontage_id: id, origin }],
  )
  const count = (action: string) => shown.filter((one) => one.action === action).length
  return {
    frontages: shown,
    kept,
    missing: refused,
    counts: {
      shops: ground.shops.length,
      create: count('create'),
      replace: count('replace'),
      same: count('same'),
      kept: kept.length,
      missing: refused.length,
      without_kerb: shown.filter(({ depth_by }) => depth_by !== 'kerb').length,
    },
  }
}

/** What stays as it is, and for each other shop the one that a new shape would replace. */
function sortOut(laid: readonly LaidRow[], isDrawnReplaced: boolean) {
  const isOpen = ({ origin, merchant_id }: LaidRow) =>
    merchant_id !== null && (origin === 'laid' || (origin === 'drawn' && isDrawnReplaced))
  const settledShops = new Set(
    laid.filter((row) => !isOpen(row)).flatMap(({ merchant_id }) => merchant_id ?? []),
  )
  const replaceable = new Map<string, LaidRow>()
  const settled: LaidRow[] = []
  for (const row of laid)
    if (isOpen(row) && !settledShops.has(row.merchant_id!) && !replaceable.has(row.merchant_id!))
      replaceable.set(row.merchant_id!, row)
    else settled.push(isOpen(row) && !settledShops.has(row.merchant_id!) ? second(row) : row)
  return { settled, settledShops, replaceable }
}

/** A shop's second ground stays where it is, and does not keep its first one from being laid out. */
const second = (row: LaidRow): LaidRow => ({ ...row, merchant_id: null })

const polygonsOf = (shape: Polygon | MultiPolygon): Position[][][] =>
  shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates

/** The same corners within a millimetre, in whatever turn and from whatever corner on. */
function isSameShape(before: LaidRow, geometry: { coordinates: number[][][] }): boolean {
  const corners = (shape: { coordinates: Position[][] }) =>
    shape.coordinates.map((ring) =>
      ring
        .slice(1)
        .map((p) => `${p[0]!.toFixed(8)} ${p[1]!.toFixed(8)}`)
        .sort(),
    )
  const known = JSON.parse(before.geometry_text) as Polygon | MultiPolygon
  return (
    known.type === 'Polygon' && JSON.stringify(corners(known)) === JSON.stringify(corners(geometry))
  )
}

/** Flat metres about the middle of the buildings; of the shops where there are none. */
function frameOf({ buildings, shops }: GroundRows) {
  const places: Position[] =
    buildings.length > 0
      ? buildings.map(({ shape }) => polygonsOf(shape)[0]![0]![0]!)
      : shops.flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [[lon, lat]]))
  const mean = (axis: 0 | 1) =>
    places.reduce((sum, place) => sum + place[axis]!, 0) / Math.max(1, places.length)
  return metricFrame(mean(0), mean(1))
}
