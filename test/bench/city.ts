import { metricFrame, toDegrees, type MetricFrame } from '../../api/domain/geometry/metric-frame.ts'
import type { WeeklyWindow } from '../../api/domain/schedule/windows.ts'

/**
 * A synthetic city of 10 km × 10 km: 20,000 street segments of 100 m on a turned grid, five bays of 2 × 6 m along
 * each, 3,000 trading zones in clusters. The same numbers come out every time. Shapes are rings or lines of WGS 84
 * degrees, in the order of their numbers; ids rise with the numbers.
 */
export interface City {
  frame: MetricFrame
  streets: readonly Line[]
  bays: readonly Line[]
  zones: readonly { ring: Line; windows: WeeklyWindow[] }[]
}

export type Line = readonly (readonly [lon: number, lat: number])[]

export const BLOCKS = 100
const BLOCK_M = 100
const BAYS_A_STREET = 5
const ZONES = 3_000
/** The street grid is turned, so that no shape fills its box. */
const TURN = 0.2
const HALF_M = (BLOCKS * BLOCK_M) / 2

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function makeCity(): City {
  const frame = metricFrame(91.13, 29.65)
  const random = randomSource(7)
  const place = (x: number, y: number): readonly [number, number] => {
    const [tx, ty] = [
      x * Math.cos(TURN) - y * Math.sin(TURN),
      x * Math.sin(TURN) + y * Math.cos(TURN),
    ]
    // Seven decimals, as shapes are stored and sent.
    const [lon, lat] = toDegrees(frame, tx, ty)
    return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7]
  }
  const ring = (corners: readonly (readonly [number, number])[]): Line =>
    [...corners, corners[0]!].map(([x, y]) => place(x, y))

  const streets: Line[] = []
  const bays: Line[] = []
  for (let row = 0; row < BLOCKS; row++)
    for (let column = 0; column < BLOCKS; column++)
      for (const isAlong of [true, false]) {
        const x0 = column * BLOCK_M - HALF_M
        const y0 = row * BLOCK_M - HALF_M
        const at = (along: number, across: number): [number, number] =>
          isAlong ? [x0 + along, y0 + across] : [x0 - across, y0 + along]
        streets.push([place(...at(0, 0)), place(...at(BLOCK_M, 0))])
        for (let k = 0; k < BAYS_A_STREET; k++) {
          // Near neighbours overlap now and then: whoever counts must say which of the two gets the vehicle.
          const along = 12 + k * (random() < 0.06 ? 4.5 : 15) + random() * 6
          const across = (random() < 0.5 ? -1 : 1) * 4
          bays.push(
            ring([
              at(along, across - 1),
              at(along + 6, across - 1),
              at(along + 6, across + 1),
              at(along, across + 1),
            ]),
          )
        }
      }
  return { frame, streets, bays, zones: makeZones(random, ring) }
}

function makeZones(
  random: () => number,
  ring: (corners: readonly (readonly [number, number])[]) => Line,
): City['zones'] {
  const zones: { ring: Line; windows: WeeklyWindow[] }[] = []
  let [x, y] = [0, 0]
  for (let i = 0; i < ZONES; i++) {
    // Stalls gather: about half of the zones stand beside the one before.
    if (i > 0 && random() < 0.5) {
      x += (random() - 0.5) * 14
      y += (random() - 0.5) * 10
    } else {
      x = (random() - 0.5) * 2 * HALF_M
      y = (random() - 0.5) * 2 * HALF_M
    }
    const length = 4 + random() * 8
    const depth = 3 + random() * 5
    const turn = random() * Math.PI
    const corner = (u: number, v: number): [number, number] => [
      x + u * Math.cos(turn) - v * Math.sin(turn),
      y + u * Math.sin(turn) + v * Math.cos(turn),
    ]
    const isL = random() < 0.1
    const corners: [number, number][] = isL
      ? [
          [0, 0],
          [length, 0],
          [length, depth / 2],
          [length / 2, depth / 2],
          [length / 2, depth],
          [0, depth],
        ]
      : [
          [0, 0],
          [length, 0],
          [length, depth],
          [0, depth],
        ]
    zones.push({ ring: ring(corners.map(([u, v]) => corner(u, v))), windows: makeWindows(random) })
  }
  return zones
}

const DAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const

function makeWindows(random: () => number): WeeklyWindow[] {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const from = Math.floor(random() * 96) * 15
    const days = DAYS.filter(() => random() < 0.6)
    return {
      days: days.length ? days : ['sa'],
      from: clock(from),
      // Some run past midnight.
      to: clock(from + 60 + Math.floor(random() * 32) * 15),
    }
  })
}

/** Points in degrees in flat arrays: 70 % inside some bay, the others anywhere in the city. */
export function makePoints(city: City, count: number): { lons: Float64Array; lats: Float64Array } {
  const random = randomSource(11)
  const lons = new Float64Array(count)
  const lats = new Float64Array(count)
  const origin = city.streets[0]![0]!
  const east = city.streets[2 * BLOCKS - 2]![1]!
  const north = city.streets[2 * BLOCKS * (BLOCKS - 1) + 1]![1]!
  for (let p = 0; p < count; p++) {
    if (random() < 0.7) {
      const ring = city.bays[Math.floor(random() * city.bays.length)]!
      const [u, v] = [0.02 + random() * 0.96, 0.02 + random() * 0.96]
      const [o, e, n] = [ring[0]!, ring[1]!, ring[3]!]
      lons[p] = o[0] + u * (e[0] - o[0]) + v * (n[0] - o[0])
      lats[p] = o[1] + u * (e[1] - o[1]) + v * (n[1] - o[1])
    } else {
      const [u, v] = [random(), random()]
      lons[p] = origin[0] + u * (east[0] - origin[0]) + v * (north[0] - origin[0])
      lats[p] = origin[1] + u * (east[1] - origin[1]) + v * (north[1] - origin[1])
    }
  }
  return { lons, lats }
}

/** The id of the thing with this number: rises with the number, so "lowest id" and "lowest number" are one. */
export function idOf(kind: 1 | 2 | 3, number: number): string {
  return `0190000${kind}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
}

export const COMMUNITY_ID = '01900000-0000-7000-8000-000000000001'
