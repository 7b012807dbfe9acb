import type { PlanarShape } from '../geometry/planar-shape.ts'

export const COST_ITEMS = ['line_m', 'place', 'sign', 'removal_m'] as const
export type CostItem = (typeof COST_ITEMS)[number]

/** A bay as painting it costs: metres of its outline, its places, its unit's length in metres. */
export interface PaintedBay {
  shape: PlanarShape
  capacity: number | null
  vehicle_classes: readonly string[]
  unit_length_m: number | null
}

/**
 * What a plan's bays take: metres of line (the outline, and for motor vehicles a line between each two places), places,
 * one sign for each new bay, and metres of old outline removed. Quantities only; prices are the community's.
 */
export function paintingQuantities(bays: {
  created: readonly PaintedBay[]
  replaced: readonly { before: PaintedBay; after: PaintedBay }[]
  retired: readonly PaintedBay[]
}): Record<CostItem, number> {
  const painted = [...bays.created, ...bays.replaced.map(({ after }) => after)]
  const removed = [...bays.retired, ...bays.replaced.map(({ before }) => before)]
  const sum = (list: readonly PaintedBay[], of: (bay: PaintedBay) => number) =>
    Math.round(list.reduce((total, bay) => total + of(bay), 0) * 100) / 100
  return {
    line_m: sum(painted, lineOf),
    place: sum(painted, (bay) => bay.capacity ?? 0),
    sign: bays.created.length,
    removal_m: sum(removed, lineOf),
  }
}

/** Quantities with their prices; `total` is null while a price that is needed is missing. */
export function priced(
  quantities: Readonly<Record<CostItem, number>>,
  prices: Readonly<Partial<Record<CostItem, number>>>,
) {
  const items = COST_ITEMS.map((what) => {
    const unit_price = prices[what] ?? null
    const quantity = quantities[what]
    return {
      what,
      quantity,
      unit_price,
      amount: unit_price === null ? null : Math.round(quantity * unit_price * 100) / 100,
    }
  })
  const isKnown = items.every((item) => item.quantity === 0 || item.amount !== null)
  const total = items.reduce((sum, item) => sum + (item.amount ?? 0), 0)
  return { items, total: isKnown ? Math.round(total * 100) / 100 : null }
}

function lineOf({ shape, capacity, vehicle_classes, unit_length_m }: PaintedBay): number {
  const isMotor = vehicle_classes.includes('car') || vehicle_classes.includes('motorcycle')
  const between = isMotor ? Math.max(0, (capacity ?? 0) - 1) * (unit_length_m ?? 0) : 0
  return outlineOf(shape) + between
}

function outlineOf({ edges }: PlanarShape): number {
  let metres = 0
  for (let i = 0; i < edges.length; i += 4)
    metres += Math.hypot(edges[i + 2]! - edges[i]!, edges[i + 3]! - edges[i + 1]!)
  return metres
}
