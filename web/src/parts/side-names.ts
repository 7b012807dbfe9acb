import { metricFrame, toMetres } from '../../../api/domain/geometry/metric-frame.ts'

export const DIRECTIONS = ['north', 'east', 'south', 'west'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** A side's own key: left and right are told along the drawn direction, which nobody on the street sees. */
export const sideKey = (side: { segment_id: string; side: 'left' | 'right' }): string =>
  `${side.segment_id}/${side.side}`

/** On which side of its street (degrees, lon lat) a kerb lies, by the compass. */
export function directionOf({
  side,
  centreline,
}: {
  side: 'left' | 'right'
  centreline: readonly (readonly number[])[]
}): Direction {
  const from = centreline[0]!
  const to = centreline.at(-1)!
  const [dx, dy] = toMetres(metricFrame(from[0]!, from[1]!), to[0]!, to[1]!)
  // A quarter turn from where the street goes: to the left or to the right of it.
  const [east, north] = side === 'left' ? [-dy, dx] : [dy, -dx]
  if (Math.abs(north) >= Math.abs(east)) return north >= 0 ? 'north' : 'south'
  return east >= 0 ? 'east' : 'west'
}
