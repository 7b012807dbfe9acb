import fc from 'fast-check'
import t from 'tap'
import {
  isAlongKerb,
  kerbLine,
  placementOf,
  placeOnKerb,
  pointAlong,
  rectangleAlongKerb,
} from '../../api/domain/geometry/kerb-line.ts'
import {
  isRectangle,
  rectangleSize,
  resizeRectangle,
  setRectangleSize,
  turnToAlign,
} from '../../api/domain/geometry/rectangle.ts'
import {
  centreOf,
  insertCorner,
  moveCorner,
  moveRing,
  type OpenRing,
  type Point,
  removeCorner,
  rotateRing,
} from '../../api/domain/geometry/ring-edits.ts'
import { snapPoint, snapShape, type SnapTarget } from '../../api/domain/geometry/snap.ts'

const rounded = (ring: OpenRing) => ring.map((p) => p.map((m) => Math.round(m * 1000) / 1000 + 0))
const EAST = kerbLine([
  [0, 0],
  [100, 0],
])
const BOX: OpenRing = [
  [0, 0],
  [6, 0],
  [6, 2],
  [0, 2],
]

t.test('a bay 12 m long and 2 m deep, 0.3 m from the kerb, on either side of it', async (t) => {
  const place = { from_m: 10, to_m: 22, offset_m: 0.3, depth_m: 2 }
  t.same(rounded(rectangleAlongKerb(EAST, { ...place, side: 'left' })), [
    [10, 0.3],
    [22, 0.3],
    [22, 2.3],
    [10, 2.3],
  ])
  t.same(rounded(rectangleAlongKerb(EAST, { ...place, side: 'right' })), [
    [10, -0.3],
    [22, -0.3],
    [22, -2.3],
    [10, -2.3],
  ])
})

t.test('dragged backwards it is the same bay; beyond the end it stops at the end', async (t) => {
  const place = { offset_m: 0, depth_m: 2, side: 'left' } as const
  t.same(
    rectangleAlongKerb(EAST, { ...place, from_m: 22, to_m: 10 }),
    rectangleAlongKerb(EAST, { ...place, from_m: 10, to_m: 22 }),
  )
  t.same(rounded(rectangleAlongKerb(EAST, { ...place, from_m: 90, to_m: 140 }))[1], [100, 0])
})

//        (10,1)
//  ──────╱‾‾╲──────   a kerb that bulges 1 m to its left between 9 and 11 m
t.test('where the kerb bulges by 1 m the bay keeps off the bulge', async (t) => {
  const bulging = kerbLine([
    [0, 0],
    [9, 0],
    [10, 1],
    [11, 0],
    [20, 0],
  ])
  const side = (which: 'left' | 'right') =>
    rounded(
      rectangleAlongKerb(bulging, {
        from_m: 0,
        to_m: bulging.length_m,
        offset_m: 0.5,
        depth_m: 2,
        side: which,
      }),
    )
  t.same(side('left'), [
    [0, 1.5],
    [20, 1.5],
    [20, 3.5],
    [0, 3.5],
  ])
  t.same(side('right')[0], [0, -0.5], 'on the other side the bulge is out of the way')
})

t.test('places along a kerb with a corner: 3 m east, then 4 m north', async (t) => {
  const bent = kerbLine([
    [0, 0],
    [3, 0],
    [3, 4],
  ])
  t.equal(bent.length_m, 7)
  t.same(pointAlong(bent, 5), { point: [3, 2], direction: [0, 1] })
  t.same(pointAlong(bent, -1).point, [0, 0])
  t.same(placeOnKerb(bent, [1, 1]), { along_m: 1, offset_m: 1, distance_m: 1 })
  t.same(placeOnKerb(bent, [5, 3]), { along_m: 6, offset_m: -2, distance_m: 2 }, 'right of it')
})

t.test('what is laid along a kerb is read back from it, for any straight kerb', async () => {
  const metres = (min: number, max: number) => fc.double({ min, max, noNaN: true })
  fc.assert(
    fc.property(
      metres(0, 360),
      metres(0, 80),
      metres(1, 19),
      metres(0.1, 3),
      metres(0.5, 6),
      fc.constantFrom('left' as const, 'right' as const),
      (bearing, from_m, length, offset_m, depth_m, side) => {
        const end: Point = [Math.cos(bearing) * 100, Math.sin(bearing) * 100]
        const kerb = kerbLine([[0, 0], end])
        const given = { from_m, to_m: from_m + length, offset_m, depth_m, side }
        const ring = rectangleAlongKerb(kerb, given)
        const read = placementOf(kerb, ring)
        return (
          isRectangle(ring) &&
          isAlongKerb(kerb, ring) &&
          read.side === side &&
          (['from_m', 'to_m', 'offset_m', 'depth_m'] as const).every(
            (member) => Math.abs(read[member] - given[member]) < 1e-6,
          )
        )
      },
    ),
  )
})

t.test('a bay turned by 1° no longer runs with its kerb', async (t) => {
  t.ok(isAlongKerb(EAST, moveRing(BOX, 10, 1)))
  t.notOk(isAlongKerb(EAST, rotateRing(moveRing(BOX, 10, 1), 1)))
})

t.test('pushing and turning: a quarter turn about the centre of 6 × 2 m', async (t) => {
  t.same(moveRing(BOX, 0.1, -1)[2], [6.1, 1])
  t.same(centreOf(BOX), [3, 1])
  t.same(rounded(rotateRing(BOX, 90)), [
    [4, -2],
    [4, 4],
    [2, 4],
    [2, -2],
  ])
  t.same(BOX[0], [0, 0], 'the ring that was given stays as it was')
})

t.test('corners of a free shape come, move and go; three stay', async (t) => {
  const five = insertCorner(BOX, 3, [-1, 1])
  t.same(five.at(-1), [-1, 1])
  t.equal(isRectangle(five), false)
  t.same(moveCorner(five, 4, [-2, 1]).at(-1), [-2, 1])
  t.same(removeCorner(five, 4), BOX)
  t.equal(removeCorner(removeCorner(BOX, 0), 0).length, 3)
})

t.test('a corner handle pulls two sides, an edge handle one; the opposite ones stay', async (t) => {
  t.same(resizeRectangle(BOX, { kind: 'corner', at: 2 }, [8, 3]), [
    [0, 0],
    [8, 0],
    [8, 3],
    [0, 3],
  ])
  t.same(resizeRectangle(BOX, { kind: 'corner', at: 0 }, [1, 0.5]), [
    [1, 0.5],
    [6, 0.5],
    [6, 2],
    [1, 2],
  ])
  t.same(resizeRectangle(BOX, { kind: 'edge', at: 1 }, [9, 17]), [
    [0, 0],
    [9, 0],
    [9, 2],
    [0, 2],
  ])
  t.same(
    rounded(resizeRectangle(BOX, { kind: 'edge', at: 3 }, [50, 0]))[0],
    [5.7, 0],
    'pulled through itself it keeps 0.3 m',
  )
})

t.test('right angles survive any pull on any handle of any rectangle', async () => {
  const metres = fc.double({ min: -50, max: 50, noNaN: true })
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 360, noNaN: true }),
      fc.constantFrom('corner' as const, 'edge' as const),
      fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
      metres,
      metres,
      fc.boolean(),
      (degrees, kind, at, x, y, isClockwise) => {
        const ring = rotateRing(isClockwise ? [...BOX].reverse() : BOX, degrees)
        const pulled = resizeRectangle(ring, { kind, at }, [x, y])
        const opposite = kind === 'corner' ? (at + 2) % 4 : (at + 3) % 4
        const [a, b] = [ring[opposite]!, pulled[opposite]!]
        return isRectangle(pulled) && Math.hypot(a[0] - b[0], a[1] - b[1]) < 1e-9
      },
    ),
  )
})

t.test(
  'length is measured along the kerb where one is known, else along the longer side',
  async (t) => {
    const tall = rotateRing(BOX, 90)
    t.same(rectangleSize(BOX, null), { length_m: 6, depth_m: 2 })
    const { length_m, depth_m } = rectangleSize(tall, [1, 0])
    t.same([length_m.toFixed(3), depth_m.toFixed(3)], ['2.000', '6.000'])
    t.same(rounded(setRectangleSize(BOX, [1, 0], { length_m: 8, depth_m: 2.5 })), [
      [-1, -0.25],
      [7, -0.25],
      [7, 2.25],
      [-1, 2.25],
    ])
    t.same(
      rounded(setRectangleSize(BOX, [0, 1], { length_m: 3, depth_m: 6 }))[2],
      [6, 2.5],
      'length across the first edge',
    )
  },
)

t.test('corners rounded to 7 decimals still make a rectangle, 5 cm off do not', async (t) => {
  t.ok(isRectangle(moveCorner(BOX, 2, [6.01, 2.008])))
  t.notOk(isRectangle(moveCorner(BOX, 2, [6.05, 2])))
})

t.test('the turn that lays a shape along a street is the shorter one', async (t) => {
  t.equal(Math.round(turnToAlign(rotateRing(BOX, 30), [1, 0])), -30)
  t.equal(Math.round(turnToAlign(rotateRing(BOX, 80), [1, 0])), 10)
  t.equal(Math.round(turnToAlign(BOX, [-1, 0])) + 0, 0)
})

const kerbTarget: SnapTarget = { kind: 'kerb', from: [0, 0], to: [100, 0], gap_m: 0 }
//  neighbour's left edge: x = 20, from y = 0 to 2
const edgeTarget: SnapTarget = { kind: 'edge', from: [20, 0], to: [20, 2], gap_m: 0.02 }

t.test('a point 0.4 m from a kerb sticks to it, at 0.6 m it does not; a corner wins', async (t) => {
  const near = snapPoint([50, 0.4], [kerbTarget], 0.5)
  t.same(near, { point: [50, 0], kind: 'kerb', guide: [kerbTarget.from, kerbTarget.to] })
  t.equal(snapPoint([50, 0.6], [kerbTarget], 0.5), null)
  t.match(snapPoint([20.3, 1.9], [kerbTarget, edgeTarget], 0.5), { point: [20, 2], kind: 'corner' })
})

t.test(
  'a bay sticks to the kerb and slides up to its neighbour, 2 cm of paint between',
  async (t) => {
    const ring = moveRing(BOX, 13.8, 0.2)
    const { dx, dy, guides } = snapShape(ring, [kerbTarget, edgeTarget], 0.5)
    t.equal(guides.length, 2)
    t.equal(Math.round(dx * 1000), 180, '13.8 + 6 = 19.8; the neighbour begins at 20, less 0.02')
    t.equal(Math.round(dy * 1000), -200)
  },
)

t.test('nothing within reach pushes nothing', async (t) => {
  t.same(snapShape(moveRing(BOX, 40, 3), [kerbTarget, edgeTarget], 0.5), {
    dx: 0,
    dy: 0,
    guides: [],
  })
})
