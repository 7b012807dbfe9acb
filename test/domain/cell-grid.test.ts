import fc from 'fast-check'
import t from 'tap'
import {
  buildCellGrid,
  itemsAt,
  visitCells,
  visitOnce,
} from '../../api/domain/geometry/cell-grid.ts'

t.test('three boxes in cells of 10 m lie where they are drawn', async (t) => {
  //  y 20 ┌───┬───┐     0: 2…8 × 2…8      one cell
  //    10 ├───┼───┤     1: 5…15 × 5…15    four cells
  //     0 └───┴───┘     2: 12…18 × 2…8    one cell
  const grid = buildCellGrid(Float64Array.of(2, 2, 8, 8, 5, 5, 15, 15, 12, 2, 18, 8), 10)
  t.equal(grid.minx, 2)
  t.equal(grid.columns, 2)
  t.equal(grid.rows, 2)
  t.same([...itemsAt(grid, 3, 3)], [0, 1])
  t.same([...itemsAt(grid, 17, 3)], [1, 2])
  t.same([...itemsAt(grid, 3, 14)], [1])
  t.same([...itemsAt(grid, -1, 3)], [])
  t.same([...itemsAt(grid, 3, 99)], [])
})

t.test('a box of four cells is visited four times, or once', async (t) => {
  const grid = buildCellGrid(Float64Array.of(0, 0, 15, 15, 100, 100, 101, 101), 10)
  const visits: number[] = []
  visitCells(grid, 0, 0, 20, 20, (item) => visits.push(item))
  t.same(visits, [0, 0, 0, 0])
  const once: number[] = []
  visitOnce(grid, 0, 0, 20, 20, (item) => once.push(item))
  t.same(once, [0])
})

t.test(
  'boxes without extent or number lie in no cell, and no box gives an empty grid',
  async (t) => {
    const grid = buildCellGrid(Float64Array.of(Infinity, 0, -Infinity, 0, 1, 1, 2, 2), 10)
    t.same([...itemsAt(grid, 1.5, 1.5)], [1])
    t.same([...itemsAt(buildCellGrid(new Float64Array(0), 10), 0, 0)], [])
  },
)

t.test('a box 10,000 km away makes the cells larger, not the memory', async (t) => {
  const grid = buildCellGrid(Float64Array.of(0, 0, 5, 5, 1e7, 1e7, 1e7 + 5, 1e7 + 5), 10)
  t.ok(grid.columns * grid.rows <= 2 ** 24)
  t.same([...itemsAt(grid, 1e7, 1e7)], [1])
})

const ordinate = fc.integer({ min: -300, max: 300 })
const box = fc
  .tuple(ordinate, ordinate, ordinate, ordinate)
  .map(([x, y, u, v]) => [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)] as const)

t.test('visitOnce finds exactly the boxes that meet the asked one, each once', async (t) => {
  fc.assert(
    fc.property(
      fc.array(box, { maxLength: 40 }),
      box,
      fc.integer({ min: 1, max: 90 }),
      (boxes, asked, cell_m) => {
        const grid = buildCellGrid(Float64Array.from(boxes.flat()), cell_m)
        const found: number[] = []
        visitOnce(grid, ...asked, (item) => found.push(item))
        const expected = boxes.flatMap((b, i) =>
          b[0] <= asked[2] && b[2] >= asked[0] && b[1] <= asked[3] && b[3] >= asked[1] ? [i] : [],
        )
        const sorted = found.sort((a, b) => a - b)
        if (sorted.join() !== expected.join())
          throw new Error(`${sorted.join(' ')} instead of ${expected.join(' ')}`)
      },
    ),
    { numRuns: 500 },
  )
  t.pass('500 grids')
})
