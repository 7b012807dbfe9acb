import type { Position } from 'geojson'
import { orient2d } from 'robust-predicates'

/** Signed area of a closed ring in the squared unit of its positions; positive when counter-clockwise. */
export function areaOfRing(ring: readonly Position[]): number {
  // Measured from the first position: absolute lon/lat would lose the digits that a square metre needs.
  const [x0, y0] = ring[0] as [number, number]
  let twice = 0
  for (let i = 1; i + 1 < ring.length; i++) {
    const a = ring[i]!
    const b = ring[i + 1]!
    twice += (a[0]! - x0) * (b[1]! - y0) - (b[0]! - x0) * (a[1]! - y0)
  }
  return twice / 2
}

/** Where a point lies: 1 inside, 0 on the ring, −1 outside. Even–odd over the closed ring's edges, decided exactly. */
export function sideOfRing(x: number, y: number, ring: readonly Position[]): -1 | 0 | 1 {
  let isInside = false
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as [number, number]
    const [bx, by] = ring[i + 1] as [number, number]
    if (Math.min(ay, by) > y || Math.max(ay, by) < y) continue
    // The package counts clockwise as negative for y upwards: positive means left of the edge.
    const turn = -orient2d(ax, ay, bx, by, x, y)
    if (turn === 0 && Math.min(ax, bx) <= x && x <= Math.max(ax, bx)) return 0
    if (ay > y !== by > y && turn > 0 === by > ay) isInside = !isInside
  }
  return isInside ? 1 : -1
}
