import fc from 'fast-check'
import t from 'tap'
import {
  type Interval,
  intervalsToWindows,
  MINUTES_PER_WEEK,
  sharedIntervals,
  sharedMinutes,
  WEEKDAYS,
  weekIntervals,
} from '../../api/domain/schedule/windows.ts'

t.test('an evening market from Friday to Sunday is 3 × 4 hours', async (t) => {
  const open = weekIntervals([{ days: ['fr', 'sa', 'su'], from: '18:00', to: '22:00' }])
  t.same(open, [
    [4 * 1440 + 1080, 4 * 1440 + 1320],
    [5 * 1440 + 1080, 5 * 1440 + 1320],
    [6 * 1440 + 1080, 6 * 1440 + 1320],
  ])
})

t.test('Sunday night runs on into Monday morning', async (t) => {
  t.same(weekIntervals([{ days: ['su'], from: '22:00', to: '02:00' }]), [
    [0, 120],
    [6 * 1440 + 1320, MINUTES_PER_WEEK],
  ])
})

t.test('no windows means always; from = to is a whole day; 24:00 ends a day', async (t) => {
  t.same(weekIntervals(null), [[0, 10080]])
  t.same(weekIntervals([{ days: ['mo'], from: '08:00', to: '08:00' }]), [[480, 1920]])
  t.same(weekIntervals([{ days: ['mo'], from: '20:00', to: '24:00' }]), [[1200, 1440]])
})

t.test(
  'overlapping windows are merged and public holidays are no day of an ordinary week',
  async (t) => {
    t.same(
      weekIntervals([
        { days: ['mo'], from: '08:00', to: '12:00' },
        { days: ['mo', 'ph'], from: '11:00', to: '13:00' },
      ]),
      [[480, 780]],
    )
  },
)

t.test(
  'a shared car park 18:30–08:00 and a market 18:00–22:00 share 3.5 hours a day',
  async (t) => {
    const lot = weekIntervals([{ days: ['mo', 'tu'], from: '18:30', to: '08:00' }])
    const market = weekIntervals([{ days: [...WEEKDAYS], from: '18:00', to: '22:00' }])
    t.equal(sharedMinutes(lot, market), 2 * 210)
  },
)

t.test('intervals come back as windows people would write', async (t) => {
  t.same(intervalsToWindows(weekIntervals([{ days: ['fr', 'su'], from: '22:00', to: '02:00' }])), [
    { days: ['fr', 'su'], from: '22:00', to: '02:00' },
  ])
  t.same(intervalsToWindows([[0, 10080]]), [{ days: [...WEEKDAYS], from: '00:00', to: '24:00' }])
})

const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`)
const windows = fc.array(
  fc.record({
    days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
    from: clock,
    to: clock,
  }),
  { minLength: 1, maxLength: 6 },
)
const minutesOf = (intervals: readonly Interval[]) =>
  intervals.reduce((sum, [from, to]) => sum + to - from, 0)

t.test(
  'for any windows: sorted, disjoint, idempotent through windows, and sharing is symmetric',
  async (t) => {
    fc.assert(
      fc.property(windows, windows, (a, b) => {
        const x = weekIntervals(a)
        const y = weekIntervals(b)
        const isSorted = x.every(([s, e], i) => s < e && (i === 0 || x[i - 1]![1] < s))
        const again = weekIntervals(intervalsToWindows(x))
        return (
          isSorted &&
          minutesOf(again) === minutesOf(x) &&
          sharedMinutes(again, x) === minutesOf(x) &&
          sharedMinutes(x, y) === sharedMinutes(y, x) &&
          sharedMinutes(x, y) === minutesOf(sharedIntervals(x, y)) &&
          sharedMinutes(x, y) <= Math.min(minutesOf(x), minutesOf(y))
        )
      }),
      { numRuns: 500 },
    )
    t.pass('500 pairs')
  },
)
