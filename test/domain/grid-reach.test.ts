import t from 'tap'
import { isInReach } from '../../api/domain/geometry/grid-reach.ts'
import { metricFrame, toDegrees } from '../../api/domain/geometry/metric-frame.ts'
import { planarShape } from '../../api/domain/geometry/planar-shape.ts'

const frame = metricFrame(91.145, 29.653)
const box = (west: number, south: number, width: number, height: number) =>
  planarShape(frame, {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [west + width, south],
        [west + width, south + height],
        [west, south + height],
        [west, south],
      ].map(([x, y]) => toDegrees(frame, x!, y!)),
    ],
  })
const point = (x: number, y: number) =>
  planarShape(frame, { type: 'Point', coordinates: toDegrees(frame, x, y) })

//  own 0–100 | street 100–120 | other 120–220      (metres east; all 100 m high)
const own = [box(0, 0, 100, 100)]
const others = [box(120, 0, 100, 100)]

t.test('what lies in an own grid or across its border street belongs to it', async (t) => {
  t.ok(isInReach(point(50, 50), own, others), 'in the middle')
  t.ok(isInReach(point(110, 50), own, others), 'on the street between the two')
  t.ok(isInReach(point(114, 50), own, others), '14 m away, 6 m from the other')
  t.ok(
    isInReach(point(116, 50), own, others),
    '16 m away and 4 m from the other: 12 m nearer to it',
  )
  t.notOk(
    isInReach(point(119, 50), own, others),
    '19 m away and 1 m from the other: 18 m nearer to it',
  )
  t.notOk(isInReach(point(170, 50), own, others), 'in the middle of the other')
  t.ok(isInReach(box(90, 40, 100, 5), own, others), 'a thing that reaches into both')
})

t.test('what no grid holds belongs to the nearest, up to 200 m', async (t) => {
  t.ok(isInReach(point(-150, 50), own, others))
  t.ok(isInReach(point(-199, 50), own, []))
  t.notOk(isInReach(point(-201, 50), own, []))
  t.notOk(isInReach(point(300, 50), own, others), '80 m from the other, 200 m from the own')
  // √(10² + 50²) = 51 m to a corner of each.
  t.ok(isInReach(point(110, -50), own, others))
})

t.test('without an own grid nothing is in reach', async (t) => {
  t.notOk(isInReach(point(50, 50), [], others))
  t.notOk(isInReach(point(50, 50), [], []))
})
