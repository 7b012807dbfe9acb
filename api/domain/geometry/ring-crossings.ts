import Flatbush from 'flatbush'
import type { Position } from 'geojson'
import { orient2d } from 'robust-predicates'
import { sideOfRing } from './rings.ts'

/** What is wrong with a geometry: the path inside it, words, and the place in degrees where there is one. */
export interface Fault {
  path: string
  message: string
  lon?: number
  lat?: number
}

export function fault(path: string, message: string, at?: Position): Fault {
  return at ? { path, message, lon: at[0]!, lat: at[1]! } : { path, message }
}

/** A shape whose edges' boxes meet more often than this was made to be slow; it is refused instead. */
const MOST_MEETINGS = 20_000_000

interface Edge {
  polygon: number
  ring: number
  index: number
  edgesInRing: number
  a: Position
  b: Position
}

/**
 * The first place where closed, cleaned rings break the rules for polygons: a ring that crosses or touches itself,
 * rings that cross or share an edge, a hole outside its shell, parts that overlap. Orientation tests are exact.
 */
export function findPolygonFault(
  polygons: readonly Position[][][],
  pathOf: (polygon: number) => string,
): Fault | null {
  const touches = new Map<string, Position[]>()
  const crossing = findCrossing(edgesOf(polygons), touches, pathOf)
  if (crossing) return crossing
  for (const [p, rings] of polygons.entries()) {
    const hole = findHoleFault(rings, p, touches, pathOf(p))
    if (hole) return hole
  }
  for (let p = 0; p < polygons.length; p++)
    for (let q = 0; q < polygons.length; q++) {
      if (p === q) continue
      const shell = toTry(polygons[p]![0]!, touches.has(`${Math.min(p, q)}|${Math.max(p, q)}`))
      const inside = shell.find((at) => sideOfPolygon(at, polygons[q]!) === 1)
      if (inside) return fault(pathOf(p), `overlaps part ${q}`, inside)
    }
  return null
}

/** Rings that neither cross nor touch are wholly on one side of each other: one position tells. */
const toTry = (ring: Position[], isTouching: boolean): Position[] =>
  isTouching ? ring : ring.slice(0, 1)

function edgesOf(polygons: readonly Position[][][]): Edge[] {
  return polygons.flatMap((rings, polygon) =>
    rings.flatMap((ring, r) =>
      ring.slice(1).map((b, index) => ({
        polygon,
        ring: r,
        index,
        edgesInRing: ring.length - 1,
        a: ring[index]!,
        b,
      })),
    ),
  )
}

function findCrossing(
  edges: readonly Edge[],
  touches: Map<string, Position[]>,
  pathOf: (polygon: number) => string,
): Fault | null {
  const index = new Flatbush(edges.length)
  for (const { a, b } of edges)
    index.add(
      Math.min(a[0]!, b[0]!),
      Math.min(a[1]!, b[1]!),
      Math.max(a[0]!, b[0]!),
      Math.max(a[1]!, b[1]!),
    )
  index.finish()
  let meetings = 0
  for (const [i, e] of edges.entries()) {
    const near = index.search(
      Math.min(e.a[0]!, e.b[0]!),
      Math.min(e.a[1]!, e.b[1]!),
      Math.max(e.a[0]!, e.b[0]!),
      Math.max(e.a[1]!, e.b[1]!),
      (j) => j > i,
    )
    for (const j of near) {
      if (++meetings > MOST_MEETINGS)
        return fault(pathOf(e.polygon), 'too tangled to be checked: simplify the shape', e.a)
      const f = edges[j]!
      const meeting = meet(e, f)
      if (!meeting) continue
      const isSameRing = e.polygon === f.polygon && e.ring === f.ring
      const path = `${pathOf(e.polygon)}/${e.ring}`
      if (isSameRing) {
        if (isAdjacent(e, f) && meeting.kind === 'touch') continue
        return fault(path, 'the ring crosses or touches itself', meeting.at)
      }
      if (meeting.kind !== 'touch')
        return fault(path, 'two rings cross or share an edge', meeting.at)
      noteTouch(touches, e, f, meeting.at)
    }
  }
  return null
}

function isAdjacent(e: Edge, f: Edge): boolean {
  const step = Math.abs(e.index - f.index)
  return step === 1 || step === e.edgesInRing - 1
}

function noteTouch(touches: Map<string, Position[]>, e: Edge, f: Edge, at: Position): void {
  const key =
    e.polygon === f.polygon
      ? `${e.polygon}/${Math.min(e.ring, f.ring)}/${Math.max(e.ring, f.ring)}`
      : `${Math.min(e.polygon, f.polygon)}|${Math.max(e.polygon, f.polygon)}`
  const known = touches.get(key) ?? []
  if (!known.some((p) => p[0] === at[0] && p[1] === at[1])) touches.set(key, [...known, at])
}

/** How two edges meet: at one point that ends one of them, by crossing, along a stretch, or not at all. */
function meet(e: Edge, f: Edge): { kind: 'touch' | 'cross' | 'along'; at: Position } | null {
  const d1 = turn(f.a, f.b, e.a)
  const d2 = turn(f.a, f.b, e.b)
  const d3 = turn(e.a, e.b, f.a)
  const d4 = turn(e.a, e.b, f.b)
  if (d1 === 0 && d2 === 0) return meetInLine(e, f)
  if (d1 * d2 < 0 && d3 * d4 < 0) {
    const share = d1 / (d1 - d2)
    return {
      kind: 'cross',
      at: [e.a[0]! + share * (e.b[0]! - e.a[0]!), e.a[1]! + share * (e.b[1]! - e.a[1]!)],
    }
  }
  if (d1 === 0 && isBetween(e.a, f)) return { kind: 'touch', at: e.a }
  if (d2 === 0 && isBetween(e.b, f)) return { kind: 'touch', at: e.b }
  if (d3 === 0 && isBetween(f.a, e)) return { kind: 'touch', at: f.a }
  if (d4 === 0 && isBetween(f.b, e)) return { kind: 'touch', at: f.b }
  return null
}

function meetInLine(e: Edge, f: Edge): { kind: 'touch' | 'along'; at: Position } | null {
  const shared = [
    ...[e.a, e.b].filter((p) => isBetween(p, f)),
    ...[f.a, f.b].filter((p) => isBetween(p, e)),
  ]
  const first = shared[0]
  if (!first) return null
  const isOnePoint = shared.every((p) => p[0] === first[0] && p[1] === first[1])
  return { kind: isOnePoint ? 'touch' : 'along', at: first }
}

/** Exact sign of the turn from a over b to p; the size is only good enough to place a crossing. */
const turn = (a: Position, b: Position, p: Position): number =>
  orient2d(a[0]!, a[1]!, b[0]!, b[1]!, p[0]!, p[1]!)

const isBetween = (p: Position, { a, b }: Edge): boolean =>
  Math.min(a[0]!, b[0]!) <= p[0]! &&
  p[0]! <= Math.max(a[0]!, b[0]!) &&
  Math.min(a[1]!, b[1]!) <= p[1]! &&
  p[1]! <= Math.max(a[1]!, b[1]!)

function findHoleFault(
  rings: readonly Position[][],
  polygon: number,
  touches: ReadonlyMap<string, Position[]>,
  path: string,
): Fault | null {
  const shell = rings[0]!
  for (let h = 1; h < rings.length; h++) {
    const isTouching = (g: number) => touches.has(`${polygon}/${Math.min(g, h)}/${Math.max(g, h)}`)
    const outside = toTry(rings[h]!, isTouching(0)).find(
      (p) => sideOfRing(p[0]!, p[1]!, shell) === -1,
    )
    if (outside) return fault(`${path}/${h}`, 'the hole lies outside its polygon', outside)
    for (let g = 1; g < rings.length; g++) {
      if (g === h) continue
      const nested = toTry(rings[h]!, isTouching(g)).find(
        (p) => sideOfRing(p[0]!, p[1]!, rings[g]!) === 1,
      )
      if (nested) return fault(`${path}/${h}`, `the hole lies inside hole ${g}`, nested)
    }
    for (let g = 0; g < h; g++) {
      const shared = touches.get(`${polygon}/${g}/${h}`) ?? []
      if (shared.length > 1)
        return fault(`${path}/${h}`, 'the hole cuts the polygon in two', shared[1])
    }
  }
  return null
}

function sideOfPolygon(at: Position, rings: readonly Position[][]): -1 | 0 | 1 {
  const [x, y] = at as [number, number]
  const shell = sideOfRing(x, y, rings[0]!)
  if (shell < 1) return shell
  for (const hole of rings.slice(1)) {
    const side = sideOfRing(x, y, hole)
    if (side === 1) return -1
    if (side === 0) return 0
  }
  return 1
}
