import fc from 'fast-check'
import type { Position } from 'geojson'
import t from 'tap'
import { latOf, lonOf, mercatorShape } from '../../api/model/mercator.ts'
import { LayerBuilder } from '../../api/model/model-layer.ts'
import { encodeTile } from '../../api/model/mvt/encode-tile.ts'
import { tileFrame, writeGeometry } from '../../api/model/mvt/geometry.ts'
import { ByteWriter } from '../../api/model/mvt/writer.ts'

const Z = 16
const [X, Y] = [49_357, 27_132]
const SIZE = 1 / 2 ** Z

/** A closed ring of a polygon from tile units of the tile Z/X/Y. */
const ring = (units: readonly (readonly [number, number])[]): Position[] =>
  [...units, units[0]!].map(([x, y]) => [
    lonOf((X + x / 4096) * SIZE),
    latOf((Y + y / 4096) * SIZE),
  ])

function layerOf(rings: readonly Position[][], capacity = 1) {
  const builder = new LayerBuilder('bays')
  rings.forEach((ring, i) => {
    const id = `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`
    const properties = { status: 'painted', vehicle_classes: ['car'], capacity }
    builder.put({ id, geometry: { type: 'Polygon', coordinates: [ring] }, properties })
  })
  return builder.build(1)
}

/** The geometry field of a feature as the general writer makes it; null where nothing is left of the shape. */
function generalGeometry(ring: Position[]): Buffer | null {
  const writer = new ByteWriter()
  const shape = mercatorShape({ type: 'Polygon', coordinates: [ring] })
  if (!writeGeometry(writer, shape, tileFrame(Z, X, Y))) return null
  const field = new ByteWriter()
  field.message(4, writer)
  return Buffer.from(field.take())
}

const corner = fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 }))

t.test('a small ring inside a tile gets the bytes that any other shape would get', async (t) => {
  fc.assert(
    fc.property(fc.array(corner, { minLength: 3, maxLength: 14 }), (corners) => {
      const one = ring(corners)
      const tile = Buffer.from(encodeTile([layerOf([one])], Z, X, Y))
      const expected = generalGeometry(one)
      if (expected ? !tile.includes(expected) : tile.length > 0)
        throw new Error(`${JSON.stringify(corners)}: ${tile.toString('hex')}`)
    }),
    { numRuns: 500 },
  )
  t.pass('500 rings')
})

t.test('a ring over the seam of a tile is cut at its buffer of 64 units', async (t) => {
  const across = ring([
    [3000, 100],
    [5000, 100],
    [5000, 200],
    [3000, 200],
  ])
  const cut = ring([
    [3000, 100],
    [4160, 100],
    [4160, 200],
    [3000, 200],
  ])
  const tile = Buffer.from(encodeTile([layerOf([across])], Z, X, Y))
  // 100 × 1,160 units are left; the writer begins at another corner of the cut ring, so only the length is compared.
  t.equal(tile.length, encodeTile([layerOf([cut])], Z, X, Y).length)
})

t.test(
  'of the tiles that cut a ring, the one without its middle says that it holds a part',
  async (t) => {
    const across = layerOf([
      ring([
        [3000, 100],
        [5000, 100],
        [5000, 200],
        [3000, 200],
      ]),
    ])
    t.notOk(Buffer.from(encodeTile([across], Z, X, Y)).includes('part'))
    t.ok(Buffer.from(encodeTile([across], Z, X + 1, Y)).includes('part'))
  },
)

t.test(
  'three bays of 4 places in one cell of zoom 13 are one point: count 3, capacity 12',
  async (t) => {
    const square = (x: number) =>
      ring([
        [x, 100],
        [x + 50, 100],
        [x + 50, 150],
        [x, 150],
      ])
    const layer = layerOf([square(100), square(200), square(300)], 4)
    const tile = Buffer.from(encodeTile([layer], 13, X >> 3, Y >> 3))
    const number = (value: number) => Buffer.from([0x22, 0x02, 0x28, value])
    t.ok(tile.includes('count') && tile.includes(number(3)), 'count')
    t.ok(tile.includes('capacity') && tile.includes(number(12)), 'capacity')
    // Tile 27132 / 8 = 3391.5: the bays lie in row 8 of 16, in the first rows of its lower half; column 10 (49357 / 8 = 6169.625).
    const at = (cell: number) => (cell + 0.5) * 256 * 2
    const point = new ByteWriter()
    for (const value of [9, at(10), at(8)]) point.varint(value)
    t.ok(tile.includes(Buffer.from(point.take())), 'in the middle of cell 10, 8')
    t.equal(encodeTile([layer], 13, (X >> 3) + 1, Y >> 3).length, 0, 'and in no other tile')
  },
)
