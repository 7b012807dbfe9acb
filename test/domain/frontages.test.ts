import t from 'tap'
import type { Polygon } from 'polygon-clipping'
import {
  type Frontage,
  FRONTAGE_LIMITS,
  type Ground,
  layFrontages,
  type ShopPlace,
} from '../../api/domain/frontages/frontages.ts'
import { wallsOf } from '../../api/domain/frontages/walls.ts'
import { box, building, close, near, overlap, ringArea } from '../fixtures/houses.ts'

const shop = (id: string, x: number, y = 0, building_id: string | null = 'b'): ShopPlace => ({
  id,
  point: [x, y],
  building_id,
})
/** A house north of the x axis, 40 m long, and a kerb 4 m south of its wall. */
const street: Omit<Ground, 'shops'> = {
  buildings: [building('b', box(0, 0, 40, 10))],
  kerbs: [
    [
      [-10, -4],
      [50, -4],
    ],
  ],
  centrelines: [],
  settled: [],
}
const lay = (ground: Partial<Ground>, limits = FRONTAGE_LIMITS) =>
  layFrontages({ ...street, shops: [], ...ground }, limits)
const spanOf = ({ rings }: Frontage) => {
  const xs = rings[0]!.map(([x]) => x)
  return [Math.min(...xs), Math.max(...xs)]
}

t.test('doors at 5, 10 and 20 m share their borders at 7.5 and 15 m, 4 m deep', async (t) => {
  const { frontages, missing } = lay({ shops: [shop('z', 20), shop('x', 5), shop('y', 10)] })
  t.same(missing, [])
  t.same(
    frontages.map((one) => [one.shop_id, ...spanOf(one), one.area_m2, one.depth_by]),
    // The ends reach as far outwards as inwards, but no more than 3 m: 5 − 2.5, and 20 + 3 for 20 + 5.
    [
      ['x', 2.5, 7.5, 20, 'kerb'],
      ['y', 7.5, 15, 30, 'kerb'],
      ['z', 15, 23, 32, 'kerb'],
    ],
  )
  for (const { rings } of frontages) t.ok(ringArea(rings[0]!) > 0, 'counter-clockwise')
})

t.test('a shop that stands alone has 6 m, or what the wall leaves', async (t) => {
  t.same(spanOf(lay({ shops: [shop('x', 20)] }).frontages[0]!), [17, 23])
  t.same(spanOf(lay({ shops: [shop('x', 1)] }).frontages[0]!), [0, 4])
})

t.test('a kerb that comes nearer: a trapezium of (4 + 2) / 2 × 6 m', async (t) => {
  const { frontages } = lay({
    shops: [shop('x', 20)],
    kerbs: [
      [
        [17, -4],
        [23, -2],
      ],
    ],
  })
  t.match(frontages, [{ depth_by: 'kerb' }])
  t.ok(near(frontages[0]!.area_m2, 18))
})

t.test('no kerb: 3 m, and said; half a kerb: partly, 3 × 4 + 3 × 3 m²', async (t) => {
  const none = lay({ shops: [shop('x', 20)], kerbs: [] }).frontages[0]!
  t.match(none, { depth_by: 'limit' })
  t.ok(near(none.area_m2, 18))
  const half = lay({
    shops: [shop('x', 20)],
    kerbs: [
      [
        [0, -4],
        [20, -4],
      ],
    ],
  }).frontages[0]!
  t.match(half, { depth_by: 'partly' })
  t.ok(near(half.area_m2, 21))
  const far = lay({
    shops: [shop('x', 20)],
    kerbs: [
      [
        [-10, -12.1],
        [50, -12.1],
      ],
    ],
  })
  t.match(far.frontages, [{ depth_by: 'limit' }], 'beyond 12 m a kerb is another street’s')
})

t.test('the kerb across the street is not the own one', async (t) => {
  const { frontages } = lay({
    shops: [shop('x', 20)],
    centrelines: [
      [
        [-10, -2],
        [50, -2],
      ],
    ],
  })
  t.match(frontages, [{ depth_by: 'limit' }])
  t.ok(near(frontages[0]!.area_m2, 12), 'up to the middle of the street')
})

t.test('across a lane of 4 m without kerbs each has 2 m', async (t) => {
  const { frontages } = lay({
    kerbs: [],
    buildings: [building('b', box(0, 0, 40, 10)), building('c', box(0, -14, 40, 10))],
    shops: [shop('x', 20), shop('y', 21, -4, 'c')],
  })
  t.same(
    frontages.map(({ shop_id, area_m2 }) => [shop_id, Math.round(area_m2 * 1e6) / 1e6]),
    [
      ['x', 12],
      ['y', 12],
    ],
  )
  t.equal(overlap(frontages[0]!, frontages[1]!), 0)
})

t.test('at an inner corner the later one gives way; what was settled by hand stays', async (t) => {
  const l = building(
    'b',
    close([
      [0, 0],
      [20, 0],
      [20, -20],
      [30, -20],
      [30, 10],
      [0, 10],
    ]),
  )
  const { frontages } = lay({
    kerbs: [],
    buildings: [l],
    shops: [shop('x', 18.5), shop('y', 20, -1.5)],
  })
  t.equal(frontages.length, 2)
  t.ok(overlap(frontages[0]!, frontages[1]!) < 1e-9)
  t.same(frontages.map(({ is_cut }) => is_cut).sort(), [false, true])
  const kept: Polygon = [box(18, -5, 4, 5).map(([x, y]) => [x, y])]
  const beside = lay({
    shops: [shop('x', 15), shop('y', 20)],
    settled: [{ shop_id: 'y', polygon: kept }],
  })
  t.same(
    beside.frontages.map(({ shop_id }) => shop_id),
    ['x'],
    'a settled shop is not laid out anew, and still has its side of the border',
  )
  t.same(spanOf(beside.frontages[0]!), [12.5, 17.5])
  const within = lay({
    shops: [shop('x', 20)],
    settled: [{ shop_id: null, polygon: [box(19, -3, 1, 1).map(([x, y]) => [x, y])] }],
  }).frontages[0]!
  t.ok(near(within.area_m2, 23), '6 × 4 m less the square metre within')
  t.equal(within.rings.length, 2)
})

t.test('who gets none is told why', async (t) => {
  const { frontages, missing } = lay({
    shops: [shop('a', 20), shop('b', 20.1), shop('far', 20, -30), shop('c', 10)],
    kerbs: [
      [
        [0, -0.05],
        [13, -0.05],
      ],
      [
        [13, -4],
        [40, -4],
      ],
    ],
  })
  t.same(
    frontages.map(({ shop_id }) => shop_id),
    ['c', 'a'],
  )
  t.same(missing, [
    { shop_id: 'b', reason: 'same_place', other_id: 'a' },
    { shop_id: 'far', reason: 'no_wall', other_id: null },
  ])
  const tight = lay({
    shops: [shop('x', 20)],
    kerbs: [
      [
        [0, -0.05],
        [40, -0.05],
      ],
    ],
  })
  t.same(tight.missing, [{ shop_id: 'x', reason: 'no_room', other_id: null }])
  t.same(lay({ buildings: [], shops: [shop('x', 1)] }).missing, [
    { shop_id: 'x', reason: 'no_wall', other_id: null },
  ])
})

t.test(
  'a point behind the counter takes the wall on the street, not the nearer yard',
  async (t) => {
    // 6 m from the street, 4 m from the yard: 4 + 3 is more than 6.
    t.same(spanOf(lay({ shops: [shop('x', 20, 6)] }).frontages[0]!), [17, 23])
    t.match(lay({ shops: [shop('x', 20, 6)] }).frontages, [{ depth_by: 'kerb' }])
    t.match(lay({ shops: [shop('x', 20, 9.5)] }).frontages, [{ depth_by: 'limit' }])
  },
)

t.test('walls: collinear pieces are one, courts face inwards, either way round', async (t) => {
  const pieces = close([
    [0, 0],
    [10, 0],
    [20, 0.01],
    [40, 0],
    [40, 10],
    [0, 10],
  ])
  const court = box(15, 3, 10, 4)
  for (const outer of [pieces, pieces.toReversed()])
    for (const inner of [court, court.toReversed()]) {
      const walls = wallsOf(building('b', outer, inner))
      t.equal(walls.length, 8)
      const south = walls.find(({ from, to }) => from[1] === 0 && to[1] === 0)!
      t.ok(near(south.out[1], -1))
      t.equal(south.length_m, 40)
      const courtSouth = walls.find(({ from, to }) => from[1] === 3 && to[1] === 3)!
      t.ok(near(courtSouth.out[1], 1), 'the wall south of a court looks north into it')
    }
})
