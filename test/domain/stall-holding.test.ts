import fc from 'fast-check'
import t from 'tap'
import {
  type Hold,
  holdingFault,
  holdsOf,
  occurrencesOf,
  permitState,
} from '../../api/domain/stalls/holding.ts'
import { minutesOfClock } from '../../api/domain/schedule/windows.ts'

const EVENINGS = [{ days: ['mo', 'tu'], from: '18:00', to: '22:00' }]

t.test('evenings of two weekdays are two holds that begin and end on those days', async (t) => {
  // 2026-12-01 is a Tuesday, 2026-12-16 a Wednesday.
  t.same(holdsOf(EVENINGS, '2026-12-01', '2026-12-16'), [
    { weekday: 0, minutes: [1080, 1320], first_date: '2026-12-07', last_date: '2026-12-14' },
    { weekday: 1, minutes: [1080, 1320], first_date: '2026-12-01', last_date: '2026-12-15' },
  ])
})

t.test('a night runs on into the day after, also after the last date', async (t) => {
  const night = [{ days: ['su'], from: '22:00', to: '02:00' }]
  t.same(holdsOf(night, '2026-12-06', '2026-12-06'), [
    { weekday: 6, minutes: [1320, 1440], first_date: '2026-12-06', last_date: '2026-12-06' },
    { weekday: 0, minutes: [0, 120], first_date: '2026-12-07', last_date: '2026-12-07' },
  ])
})

t.test('a wish outside the zone is refused by what is wrong with it', async (t) => {
  const zone = {
    windows: [{ days: ['mo', 'tu', 'we'], from: '17:00', to: '23:00' }],
    first_date: '2026-05-01',
    last_date: '2026-12-31',
  }
  const fault = (more: object) =>
    holdingFault(
      { windows: EVENINGS, first_date: '2026-12-01', last_date: '2026-12-16', ...more },
      zone,
    )
  t.equal(fault({}), null)
  t.equal(fault({ last_date: '2026-11-30' }), 'backwards')
  t.equal(fault({ last_date: '2029-12-02' }), 'too_long')
  t.equal(fault({ last_date: '2027-01-01' }), 'outside_dates')
  t.equal(fault({ windows: [{ days: ['ph'], from: '18:00', to: '20:00' }] }), 'holiday')
  t.equal(fault({ windows: [{ days: ['th'], from: '18:00', to: '20:00' }] }), 'outside_hours')
  t.equal(fault({ windows: [{ days: ['mo'], from: '16:59', to: '20:00' }] }), 'outside_hours')
  t.equal(
    fault({ windows: [...EVENINGS, { days: ['tu'], from: '21:59', to: '22:30' }] }),
    'overlapping',
  )
  t.equal(
    fault({ last_date: '2026-12-01', windows: [{ days: ['we'], from: '18:00', to: '20:00' }] }),
    'no_day',
  )
})

t.test('a permit is what its dates, its status and its zone say', async (t) => {
  const held = { status: 'active', first_date: '2026-12-01', last_date: '2026-12-31' }
  t.equal(permitState(held, 'approved', '2026-11-30'), 'not_yet')
  t.equal(permitState(held, 'approved', '2026-12-31'), 'valid')
  t.equal(permitState(held, 'approved', '2027-01-01'), 'ended')
  t.equal(permitState(held, 'suspended', '2026-12-02'), 'suspended')
  t.equal(permitState({ ...held, status: 'suspended' }, 'approved', '2026-12-02'), 'suspended')
  t.equal(permitState({ ...held, status: 'ended' }, 'suspended', '2026-12-02'), 'ended')
})

t.test('two holdings exclude each other exactly if some minute belongs to both', async () => {
  const clock = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`)
  const days = fc.uniqueArray(fc.constantFrom('mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'), {
    minLength: 1,
    maxLength: 3,
  })
  const date = fc
    .integer({ min: 1, max: 28 })
    .map((day) => `2026-12-${String(day).padStart(2, '0')}`)
  const held = fc
    .record({ days, from: clock, to: clock, a: date, b: date })
    .map(({ a, b, ...window }) => ({
      windows: [window],
      first_date: a < b ? a : b,
      last_date: a < b ? b : a,
    }))
  fc.assert(
    fc.property(held, held, (one, other) => {
      const minutesOf = (wish: typeof one) =>
        new Set(
          occurrencesOf(wish, '2026-12-01', '2026-12-31').flatMap(({ date, from, to }) => {
            const [start, end] = [minutesOfClock(from) / 60, minutesOfClock(to) / 60]
            const day = Number(date.slice(-2)) * 24
            const length = end > start ? end - start : end - start + 24
            return Array.from({ length }, (_, hour) => day + start + hour)
          }),
        )
      const own = minutesOf(one)
      const isShared = [...minutesOf(other)].some((hour) => own.has(hour))
      const meet = (a: Hold, b: Hold) =>
        a.weekday === b.weekday &&
        a.minutes[0] < b.minutes[1] &&
        b.minutes[0] < a.minutes[1] &&
        a.first_date <= b.last_date &&
        b.first_date <= a.last_date
      const theirs = holdsOf(other.windows, other.first_date, other.last_date)
      const isExcluded = holdsOf(one.windows, one.first_date, one.last_date).some((a) =>
        theirs.some((b) => meet(a, b)),
      )
      if (isShared !== isExcluded) throw new Error(`shared ${isShared}, excluded ${isExcluded}`)
    }),
    { numRuns: 2000, seed: 20261125 },
  )
})
