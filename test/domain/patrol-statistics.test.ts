import fc from 'fast-check'
import t from 'tap'
import {
  periodOf,
  plannedPasses,
  plannedTogether,
  roundsThatMeet,
  spanOf,
  type WalkingPlan,
} from '../../api/domain/statistics/patrol-periods.ts'
import { FEWEST_PASSES, ratePerPass } from '../../api/domain/statistics/rate.ts'

const plan = (
  frequency: WalkingPlan['frequency'],
  more: Partial<WalkingPlan> = {},
): WalkingPlan => ({
  frequency,
  passes: 1,
  first_date: '2026-01-01',
  last_date: null,
  ...more,
})
const near = (found: number, expected: number) => Math.abs(found - expected) < 1e-9

t.test('twice a day in September are 60 passes, once a week 30/7, once a month 1', async (t) => {
  const september = ['2026-09-01', '2026-09-30'] as const
  t.equal(plannedPasses(plan('daily', { passes: 2 }), ...september), 60)
  t.ok(near(plannedPasses(plan('weekly'), ...september), 30 / 7))
  t.ok(near(plannedPasses(plan('monthly'), ...september), 1))
})

t.test('ten days of February and five of March ask for their share of each month', async (t) => {
  const passes = plannedPasses(plan('monthly', { passes: 3 }), '2026-02-19', '2026-03-05')
  t.ok(near(passes, 3 * (10 / 28 + 5 / 31)))
})

t.test('a plan asks only from its first date to its last', async (t) => {
  const daily = plan('daily', { first_date: '2026-09-10', last_date: '2026-09-12' })
  t.equal(plannedPasses(daily, '2026-09-01', '2026-09-30'), 3, 'both counted')
  t.equal(plannedPasses(daily, '2026-09-12', '2026-09-30'), 1)
  t.equal(plannedPasses(daily, '2026-09-13', '2026-09-30'), 0)
  t.equal(plannedPasses(daily, '2026-08-01', '2026-09-09'), 0)
})

t.test('plans of one frequency add up, of different ones the most demanding counts', async (t) => {
  const week = ['2026-09-14', '2026-09-20'] as const
  const together = [plan('daily'), plan('daily', { passes: 2 }), plan('weekly', { passes: 5 })]
  t.equal(
    plannedTogether(together, ...week),
    21,
    'three a day; the five of the week are among them',
  )
  t.equal(plannedTogether([plan('daily'), plan('weekly', { passes: 9 })], ...week), 9)
  t.equal(plannedTogether([], ...week), 0)
})

t.test(
  'a round that looks more closely meets the lesser duties, never the other way',
  async (t) => {
    t.same(roundsThatMeet('daily'), ['daily', 'weekly', 'monthly'])
    t.same(roundsThatMeet('weekly'), ['weekly', 'monthly'])
    t.same(roundsThatMeet('monthly'), ['monthly'])
  },
)

t.test('weeks begin on Monday, months have their own length', async (t) => {
  // 1 March 2026 is a Sunday.
  const period = (...dates: [string, string]) => ({ first_date: dates[0], last_date: dates[1] })
  t.same(periodOf('daily', '2026-03-01'), period('2026-03-01', '2026-03-01'))
  t.same(periodOf('weekly', '2026-03-01'), period('2026-02-23', '2026-03-01'))
  t.same(periodOf('weekly', '2026-03-02'), period('2026-03-02', '2026-03-08'))
  t.same(periodOf('monthly', '2028-02-29'), period('2028-02-01', '2028-02-29'))
  t.same(periodOf('monthly', '2026-12-31'), period('2026-12-01', '2026-12-31'))
})

t.test(
  'a span runs from local midnight to local midnight, also where a clock is changed',
  async (t) => {
    const day = (date: string) => ({ first_date: date, last_date: date })
    t.same(spanOf(day('2026-03-01'), 'Asia/Shanghai'), {
      from: Date.parse('2026-02-28T16:00:00Z'),
      to: Date.parse('2026-03-01T16:00:00Z'),
    })
    const { from, to } = spanOf(day('2026-03-29'), 'Europe/Berlin')
    t.equal((to - from) / 3_600_000, 23, 'clocks are put forward')
  },
)

// Exact Poisson limits (Garwood) for comparison: 0: 0–3.689, 1: 0.025–5.572, 5: 1.623–11.668, 10: 4.795–18.390,
// 50: 37.11–65.92. Source: Ulm, American Journal of Epidemiology 131 (1990), from chi-squared quantiles.
t.test(
  'the limits of 0, 1, 5, 10 and 50 findings are the exact ones, to Byar’s error',
  async (t) => {
    for (const [findings, low, high, error] of [
      [0, 0, 3.689, 0.03],
      [1, 0.025, 5.572, 0.03],
      [5, 1.623, 11.668, 0.02],
      [10, 4.795, 18.39, 0.01],
      [50, 37.11, 65.92, 0.01],
    ] as const) {
      const { rate, interval } = ratePerPass(findings, 100)!
      t.equal(rate, findings / 100)
      t.ok(Math.abs(interval.low * 100 - low) < error, `${findings}: low ${interval.low * 100}`)
      t.ok(Math.abs(interval.high * 100 - high) < error, `${findings}: high ${interval.high * 100}`)
    }
  },
)

t.test('with nine passes nothing is said, with ten it is', async (t) => {
  t.equal(ratePerPass(3, FEWEST_PASSES - 1), null)
  t.equal(ratePerPass(0, 0), null)
  t.equal(ratePerPass(3, FEWEST_PASSES)?.rate, 0.3)
})

t.test(
  'the rate lies within its interval, and the same rate from more passes in a narrower one',
  async (t) => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 10, max: 5000 }), (findings, passes) => {
        const once = ratePerPass(findings, passes)!
        const fourfold = ratePerPass(findings * 4, passes * 4)!
        const width = ({ interval: { low, high } }: typeof once) => high - low
        return (
          once.interval.low >= 0 &&
          once.interval.low <= once.rate &&
          once.rate < once.interval.high &&
          width(fourfold) < width(once)
        )
      }),
    )
    t.pass('100 rates')
  },
)
