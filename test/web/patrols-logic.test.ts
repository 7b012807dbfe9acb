import t from 'tap'
import type { InventoryFeature } from '../../api/features/inventory/contract.ts'
import type { Coverage } from '../../api/features/patrols/contract.ts'
import { ageClassOf, passClasses, passColour } from '../../web/src/patrols/coverage-classes.ts'
import { dateAfter, PERIODS, spanOfPeriod } from '../../web/src/patrols/period.ts'
import { changesOf, faultOf, type PlanDraft } from '../../web/src/patrols/plan-draft.ts'
import { byNeglect, sideFeatures, sideRows, sidesOf } from '../../web/src/patrols/sides.ts'

const ZONE = 'Asia/Shanghai'
/** Sunday, 1 March 2026, an hour after midnight in Lhasa; in London it is February still. */
const NOW = Date.parse('2026-02-28T17:00:00Z')
const at = (text: string) => Date.parse(`${text}T00:00:00+08:00`)

t.test('today, this week, this month and last month by the community’s clock', async (t) => {
  t.same(spanOfPeriod('today', NOW, ZONE), { from: at('2026-03-01'), to: at('2026-03-02') })
  t.same(spanOfPeriod('week', NOW, ZONE), { from: at('2026-02-23'), to: at('2026-03-02') })
  t.same(spanOfPeriod('month', NOW, ZONE), { from: at('2026-03-01'), to: at('2026-04-01') })
  t.same(spanOfPeriod('last_month', NOW, ZONE), { from: at('2026-02-01'), to: at('2026-03-01') })
  t.equal(dateAfter('2026-03-01', -1), '2026-02-28')
})

t.test('a side is as old as its last pass, and never is never', async (t) => {
  const hours = (n: number) => NOW - n * 3_600_000
  t.same(
    [0, 23.9, 24, 167.9, 168, 743.9, 744].map((n) => ageClassOf(hours(n), NOW)),
    ['day', 'day', 'week', 'week', 'month', 'month', 'older'],
  )
  t.equal(ageClassOf(null, NOW), 'never')
})

t.test('classes of passes leave no gap, and every number has one colour', async (t) => {
  for (const period of PERIODS) {
    const classes = passClasses(period)
    t.equal(new Set(classes.map(({ colour }) => colour)).size, 5)
    for (const [i, one] of classes.entries())
      t.equal(one.to, i + 1 < classes.length ? classes[i + 1]!.from - 1 : null, period)
  }
  t.equal(passColour(0, 'week'), passClasses('week')[0]!.colour)
  t.equal(passColour(3, 'week'), passClasses('week')[1]!.colour)
  t.equal(passColour(4, 'week'), passClasses('week')[2]!.colour)
  t.equal(passColour(999, 'week'), passClasses('week')[4]!.colour)
})

/** A street to the east; its northern kerb is drawn from east to west. */
const STREET = {
  id: 's',
  geometry: {
    type: 'LineString',
    coordinates: [
      [91, 29],
      [91.001, 29],
    ],
  },
  properties: {
    name_zh: '街',
    sides: [
      {
        side: 'left',
        kerb_line: {
          type: 'LineString',
          coordinates: [
            [91.001, 29.0001],
            [91, 29.0001],
          ],
        },
      },
    ],
  },
} as unknown as InventoryFeature<'street_segments'>
const covered = (side: 'left' | 'right', last_ever_at: string | null, passes = 0) => ({
  segment_id: 's',
  side,
  grid_id: null,
  passes,
  last_at: null,
  last_ever_at,
})
const coverage = (...sides: Coverage['sides']): Coverage => ({ from: '', to: '', grids: [], sides })

t.test('both sides have a line the way of the street, and a name by the compass', async (t) => {
  const sides = sidesOf([STREET])
  t.same([...sides.keys()], ['s/left', 's/right'])
  t.match(sides.get('s/left'), {
    compass: 'north',
    line: [
      [91, 29.0001],
      [91.001, 29.0001],
    ],
  })
  t.match(sides.get('s/right'), { compass: 'south', line: STREET.geometry.coordinates })
})

t.test('never walked comes first, then longest ago; unknown streets are left out', async (t) => {
  const other = { ...covered('left', null), segment_id: 'gone' }
  const rows = sideRows(
    sidesOf([STREET]),
    coverage(covered('left', '2026-02-01T00:00:00Z', 2), covered('right', null), other),
  ).sort(byNeglect)
  t.same(
    rows.map(({ key, passes, last }) => [key, passes, last]),
    [
      ['s/right', 0, null],
      ['s/left', 2, Date.parse('2026-02-01T00:00:00Z')],
    ],
  )
  const { features } = sideFeatures(rows, () => ({ colour: '#000000', is_dashed: true }))
  t.match(features[0]!.properties, { key: 's/right', side: 'right', is_dashed: true })
})

const PLAN: PlanDraft = {
  grid_id: 'g',
  frequency: 'daily',
  passes: 1,
  account_id: null,
  first_date: '2026-03-01',
  last_date: null,
}

t.test('only what was changed in a form is sent', async (t) => {
  t.same(changesOf({ ...PLAN }, PLAN), {})
  t.same(changesOf({ ...PLAN, passes: 2, last_date: '2026-03-09' }, PLAN), {
    passes: 2,
    last_date: '2026-03-09',
  })
  t.same(changesOf({ ...PLAN, account_id: null }, { ...PLAN, account_id: 'a' }), {
    account_id: null,
  })
})

t.test('what the server would refuse is said beforehand', async (t) => {
  t.equal(faultOf(PLAN), null)
  t.equal(faultOf({ ...PLAN, last_date: '2026-03-01' }), null)
  t.equal(faultOf({ ...PLAN, last_date: '2026-02-28' }), 'date_order')
  t.equal(faultOf({ ...PLAN, first_date: '' }), 'date_missing')
  for (const passes of [0, 51, 1.5, NaN, null as unknown as number])
    t.equal(faultOf({ ...PLAN, passes }), 'passes_range', String(passes))
})
