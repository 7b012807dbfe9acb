import fc from 'fast-check'
import t from 'tap'
import { bestRuns, type RunLimits } from '../../../api/domain/layout/best-runs.ts'
import { metresOf, shared, type Span, unite, without } from '../../../api/domain/layout/spans.ts'

const limits = (more: Partial<RunLimits> = {}): RunLimits => ({
  step_m: 1,
  tail_m: 0,
  least: 1,
  most: Infinity,
  gap_m: 0,
  ...more,
})
const units = (free: readonly Span[], l: RunLimits) =>
  bestRuns(free, l).reduce((sum, run) => sum + run.units, 0)

t.test('spans: what covers, what is left, what both cover', async (t) => {
  t.same(
    unite([
      [3, 5],
      [0, 1],
      [4, 6],
      [1, 2],
    ]),
    [
      [0, 2],
      [3, 6],
    ],
  )
  t.same(
    without(
      [0, 10],
      [
        [-1, 2],
        [4, 5],
        [9, 12],
      ],
    ),
    [
      [2, 4],
      [5, 9],
    ],
  )
  t.same(
    shared(
      [
        [0, 4],
        [6, 9],
      ],
      [
        [3, 7],
        [8, 20],
      ],
    ),
    [
      [3, 4],
      [6, 7],
      [8, 9],
    ],
  )
  t.equal(
    metresOf([
      [0, 2],
      [3, 6],
    ]),
    5,
  )
})

t.test('twelve metres hold twenty bikes of 0.6 m; a last half bike is left out', async (t) => {
  t.equal(units([[0, 12]], limits({ step_m: 0.6 })), 20)
  t.equal(units([[0, 12.5]], limits({ step_m: 0.6 })), 20)
})

t.test(
  'a row of at most five is broken by a gap: 13 m hold five, a gap of 2 m, five, and no third row',
  async (t) => {
    const found = bestRuns([[0, 13]], limits({ most: 5, gap_m: 2 }))
    t.same(found, [
      { from_m: 0, to_m: 5, units: 5 },
      { from_m: 7, to_m: 12, units: 5 },
    ])
    // 5 + 2 + 5 + 2 + 1 = 15 m for eleven; as even rows: 4 + 4 + 3.
    t.same(
      bestRuns([[0, 15]], limits({ most: 5, gap_m: 2 })).map((run) => run.units),
      [4, 4, 3],
    )
  },
)

t.test(
  'no site smaller than the least: 9.9 m hold none of at least ten, and 23 m two rows of ten, eleven',
  async (t) => {
    t.same(bestRuns([[0, 9.9]], limits({ least: 10 })), [])
    const rows = limits({ least: 10, most: 15, gap_m: 2 })
    t.same(
      bestRuns([[0, 23]], rows).map((run) => run.units),
      [11, 10],
    )
    // Sixteen to nineteen would leave one row too short.
    t.same(
      bestRuns([[0, 19]], rows).map((run) => run.units),
      [15],
    )
  },
)

t.test('one unit given up here lets a whole site stand there', async (t) => {
  // Ten in the first span would end at 10; the second begins at 11 and needs all its ten metres after a gap of 2.
  const found = bestRuns(
    [
      [0, 10],
      [11, 21],
    ],
    limits({ least: 9, most: 20, gap_m: 2 }),
  )
  t.same(found, [
    { from_m: 0, to_m: 9, units: 9 },
    { from_m: 11, to_m: 21, units: 10 },
  ])
})

/** Every placement on whole decimetres, by trying whether a run ends, goes on or begins at each of them. */
function bruteForce(free: readonly Span[], l: RunLimits): number {
  const grid = (metres: number) => Math.round(metres * 10)
  const [step, tail, gap] = [grid(l.step_m), grid(l.tail_m), grid(l.gap_m)]
  const end = Math.max(0, ...free.map(([, to]) => grid(to)))
  const memo = new Map<number, number>()
  const bestFrom = (at: number): number => {
    if (at > end) return 0
    const known = memo.get(at)
    if (known !== undefined) return known
    let most = bestFrom(at + 1)
    const span = free.find(([from, to]) => grid(from) <= at && at < grid(to))
    if (span)
      for (let k = l.least; k <= l.most; k++) {
        const stop = at + k * step + tail
        if (stop > grid(span[1])) break
        most = Math.max(most, k + bestFrom(stop + gap))
      }
    memo.set(at, most)
    return most
  }
  return bestFrom(0)
}

const decimetres = (min: number, max: number) => fc.integer({ min, max }).map((n) => n / 10)
const someLimits = fc
  .record({
    step_m: decimetres(3, 30),
    tail_m: decimetres(0, 10),
    least: fc.integer({ min: 1, max: 6 }),
    more: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constant(Infinity)),
    gap_m: decimetres(0, 25),
  })
  .map(({ more, ...rest }): RunLimits => ({ ...rest, most: rest.least + more }))
const someSpans = fc
  .array(fc.tuple(decimetres(0, 30), decimetres(1, 120)), { maxLength: 6 })
  .map((parts) => {
    let at = 0
    return parts.map(([skip, length]): Span => {
      const from = Math.round((at + skip) * 10) / 10
      at = Math.round((from + length) * 10) / 10
      return [from, at]
    })
  })

t.test('as many units as trying every placement finds', async () => {
  fc.assert(
    fc.property(someSpans, someLimits, (free, l) => units(free, l) === bruteForce(free, l)),
    { numRuns: 3000 },
  )
})

t.test('runs keep to the free spans, to their sizes and to their gaps', async () => {
  fc.assert(
    fc.property(someSpans, someLimits, (free, l) => {
      const runs = bestRuns(free, l)
      const isEach = runs.every(
        ({ from_m, to_m, units: count }) =>
          count >= l.least &&
          count <= l.most &&
          Math.abs(to_m - from_m - count * l.step_m - l.tail_m) < 1e-6 &&
          free.some(([a, b]) => a <= from_m + 1e-6 && to_m <= b + 1e-6),
      )
      return isEach && runs.slice(1).every((run, i) => run.from_m - runs[i]!.to_m >= l.gap_m - 1e-6)
    }),
    { numRuns: 2000 },
  )
})

t.test('a kilometre in a hundred pieces: at the bound that no layout can pass', async (t) => {
  const free = Array.from({ length: 100 }, (_, i): Span => [i * 12, i * 12 + 7 + (i % 5)])
  const l = limits({ step_m: 0.6, tail_m: 0.015, least: 10, most: 25, gap_m: 1 })
  // Pieces of 7 to 11 m that lie a metre or more apart: each holds its own most, floor((length − 0.015) / 0.6).
  const bound = free.reduce((sum, [a, b]) => sum + Math.floor((b - a - 0.015) / 0.6), 0)
  t.equal(units(free, l), bound)
})
