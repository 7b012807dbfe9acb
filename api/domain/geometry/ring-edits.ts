/** A position in metres of one frame. */
export type Point = readonly [x: number, y: number]

/** The corners of an area in metres, each once: the last one is not the first again. Either way round. */
export type OpenRing = readonly Point[]

/** Nothing is drawn smaller than this; a kerb stone is as wide. */
export const LEAST_SIDE_M = 0.3

const RADIANS = Math.PI / 180

/** The ring pushed by metres east and north. */
export const moveRing = (ring: OpenRing, dx: number, dy: number): OpenRing =>
  ring.map(([x, y]) => [x + dx, y + dy])

/** The ring turned about a point, counter-clockwise by degrees. */
export function rotateRing(ring: OpenRing, degrees: number, about = centreOf(ring)): OpenRing {
  const cosine = Math.cos(degrees * RADIANS)
  const sine = Math.sin(degrees * RADIANS)
  return ring.map(([x, y]) => {
    const dx = x - about[0]
    const dy = y - about[1]
    return [about[0] + dx * cosine - dy * sine, about[1] + dx * sine + dy * cosine]
  })
}

/** The ring with one corner put somewhere else. */
export const moveCorner = (ring: OpenRing, corner: number, to: Point): OpenRing =>
  ring.map((point, i) => (i === corner ? to : point))

/** The ring with a new corner on the edge that begins at `edge`. */
export const insertCorner = (ring: OpenRing, edge: number, at: Point): OpenRing => [
  ...ring.slice(0, edge + 1),
  at,
  ...ring.slice(edge + 1),
]

/** The ring without a corner; a triangle keeps its three. */
export const removeCorner = (ring: OpenRing, corner: number): OpenRing =>
  ring.length <= 3 ? ring : ring.filter((_, i) => i !== corner)

/** The middle of the corners. */
export function centreOf(ring: OpenRing): Point {
  const sum = ring.reduce<Point>(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0])
  return [sum[0] / ring.length, sum[1] / ring.length]
}

/** The edges of a ring, the closing one included: edge `i` begins at corner `i`. */
export const edgesOf = (ring: OpenRing): [from: Point, to: Point][] =>
  ring.map((from, i) => [from, ring[(i + 1) % ring.length]!])

/** The middle of an edge. */
export const middleOf = ([[ax, ay], [bx, by]]: readonly [Point, Point]): Point => [
  (ax + bx) / 2,
  (ay + by) / 2,
]

/** The unit vector square to an edge that points away from the middle of its ring. */
export function outwardOf(ring: OpenRing, [[ax, ay], [bx, by]]: readonly [Point, Point]): Point {
  const length = Math.hypot(bx - ax, by - ay) || 1
  const [nx, ny] = [(by - ay) / length, (ax - bx) / length]
  const [cx, cy] = centreOf(ring)
  const isOut = nx * ((ax + bx) / 2 - cx) + ny * ((ay + by) / 2 - cy) >= 0
  return isOut ? [nx, ny] : [-nx, -ny]
}
