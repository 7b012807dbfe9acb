import t from 'tap'
import { layOutArea } from '../../../api/domain/layout/lay-out-area.ts'
import { area, box, object, pack, point, scene, wish } from './street.ts'

t.test('a yard of 30.1 × 16.6 m holds two rows of twelve cars around an aisle', async (t) => {
  // 5.5 + 6 + 6 = 17.5 m would be needed for units of 6 m; at 5.5 m units the rows need 5.5 + 5.5 + 5.5 = 16.5.
  const cars = wish({ vehicle_class: 'car', layout: 'perpendicular', unit_length_m: 5.5 })
  const { alternatives } = layOutArea(box(0, 0, 30.1, 16.6), cars, scene(), pack)
  t.equal(alternatives[0]!.places, 24)
  t.same(
    alternatives[0]!.bays.map(({ properties }) => properties.capacity),
    [12, 12],
  )
  t.ok(alternatives[0]!.bays.every(({ properties }) => properties.segment_id === null))
})

t.test('turned by 30° it holds the same: rows follow the edges', async (t) => {
  const turned = ([x, y]: readonly [number, number]): [number, number] => [
    x * Math.cos(Math.PI / 6) - y * Math.sin(Math.PI / 6),
    x * Math.sin(Math.PI / 6) + y * Math.cos(Math.PI / 6),
  ]
  const yard = area(
    ...(
      [
        [0, 0],
        [30.1, 0],
        [30.1, 16.6],
        [0, 16.6],
      ] as const
    ).map(turned),
  )
  const cars = wish({ vehicle_class: 'car', layout: 'perpendicular', unit_length_m: 5.5 })
  t.equal(layOutArea(yard, cars, scene(), pack).alternatives[0]!.places, 24)
})

t.test('bikes: 10.1 × 5.6 m hold two rows of sixteen with an aisle of 1.5 m between', async (t) => {
  const { alternatives } = layOutArea(box(0, 0, 10.1, 5.6), wish(), scene(), pack)
  t.equal(alternatives[0]!.places, 32)
})

t.test('a hydrant in the corner takes its 5 m of the yard, and is told', async (t) => {
  const at = scene(object('fire_hydrant', point(0, 0)))
  const { alternatives, reasons } = layOutArea(box(0, 0, 30.1, 5.6), wish(), at, pack)
  const free = layOutArea(box(0, 0, 30.1, 5.6), wish(), scene(), pack)
  t.ok(alternatives[0]!.places < free.alternatives[0]!.places)
  t.equal(reasons[0]!.rule_id, 'B7')
})

t.test('too small a yard holds none', async (t) => {
  const { alternatives } = layOutArea(
    box(0, 0, 3, 3),
    wish({ vehicle_class: 'car', layout: null }),
    scene(),
    pack,
  )
  t.match(alternatives, [{ places: 0, bays: [] }])
})
