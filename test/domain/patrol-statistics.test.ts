import fc from 'fast-check'
import t from 'tap'
import { plannedPasses, type WalkingPlan } from '../../api/domain/statistics/patrol-periods.ts'
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
