import { execFileSync } from 'node:child_process'
import { Temporal } from 'temporal-polyfill'
import fc from 'fast-check'
import t from 'tap'
import { holidayInChina } from '../../api/domain/schedule/holidays.ts'
import { isOpenAt } from '../../api/domain/schedule/instant.ts'
import {
  addWorkingMinutes,
  isWorkingDay,
  makeCalendar,
  type WorkingCalendar,
  workingMinutesBetween,
} from '../../api/domain/schedule/working-calendar.ts'
import { lengthOf, WEEKDAYS } from '../../api/domain/schedule/windows.ts'

/** Set where this file runs itself in another time zone: then only what is worked by hand. */
const INNER = 'CALENDAR_INNER_RUN'
const isInner = process.env[INNER] !== undefined

const OFFICE_DAYS = ['mo', 'tu', 'we', 'th', 'fr']
/** Seven hours a day with a break at noon. */
const OFFICE = [
  { days: OFFICE_DAYS, from: '09:00', to: '12:00' },
  { days: OFFICE_DAYS, from: '14:00', to: '18:00' },
]
const lhasa = makeCalendar({ time_zone: 'Asia/Shanghai', windows: OFFICE, holidays: 'cn' })

/** A local time such as "2026-02-13 17:00" as an instant. */
const at = (calendar: WorkingCalendar, local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(calendar.time_zone).epochMilliseconds
/** The local time at which so many working hours are over. */
const after = (calendar: WorkingCalendar, local: string, hours: number) =>
  Temporal.Instant.fromEpochMilliseconds(
    addWorkingMinutes(calendar, at(calendar, local), hours * 60),
  )
    .toZonedDateTimeISO(calendar.time_zone)
    .toPlainDateTime()
    .toString()
    .replace('T', ' ')
    .slice(0, 16)
const hoursBetween = (calendar: WorkingCalendar, from: string, to: string) =>
  workingMinutesBetween(calendar, at(calendar, from), at(calendar, to)) / 60

t.test('four working hours within a day, over noon, a night, a weekend', async (t) => {
  t.equal(after(lhasa, '2026-09-16 08:00', 4), '2026-09-16 15:00', 'before opening: 9–12, 14–15')
  t.equal(after(lhasa, '2026-09-16 12:30', 4), '2026-09-16 18:00', 'in the break: the afternoon')
  t.equal(after(lhasa, '2026-09-16 14:00', 4), '2026-09-16 18:00', 'ends with the day')
  t.equal(after(lhasa, '2026-09-16 18:00', 4), '2026-09-17 15:00', 'at closing')
  t.equal(after(lhasa, '2026-09-16 16:30', 4), '2026-09-17 11:30')
  t.equal(after(lhasa, '2026-09-11 16:30', 4), '2026-09-14 11:30', 'a Friday')
  t.equal(after(lhasa, '2026-09-12 10:00', 4), '2026-09-14 15:00', 'a Saturday')
  t.equal(after(lhasa, '2026-09-16 20:15', 0), '2026-09-16 20:15', 'no limit is over at once')
})

t.test(
  'National Day 2025 rests from 1 to 8 October, with Sunday 28 September worked for it',
  async (t) => {
    t.equal(after(lhasa, '2025-09-30 16:00', 4), '2025-10-09 11:00')
    t.equal(after(lhasa, '2025-09-26 17:00', 4), '2025-09-28 12:00', 'Friday, then Sunday')
    t.equal(after(lhasa, '2025-10-10 17:00', 2), '2025-10-11 10:00', 'a worked Saturday')
  },
)

t.test(
  'National Day 2026 rests from 1 to 7 October; 20 September and 10 October are worked',
  async (t) => {
    t.equal(after(lhasa, '2026-09-30 16:00', 4), '2026-10-08 11:00')
    t.equal(after(lhasa, '2026-09-18 17:00', 4), '2026-09-20 12:00')
    t.equal(after(lhasa, '2026-10-09 17:00', 2), '2026-10-10 10:00')
    t.equal(after(lhasa, '2026-09-24 17:30', 1), '2026-09-28 09:30', 'Mid-autumn, 25 to 27')
    t.equal(
      hoursBetween(lhasa, '2026-09-28 00:00', '2026-10-12 00:00'),
      6 * 7,
      'six days of seven hours',
    )
  },
)

t.test(
  'Spring Festival 2026 rests from 15 to 23 February; Saturdays 14 and 28 are Mondays',
  async (t) => {
    t.equal(
      after(lhasa, '2026-02-13 17:00', 9),
      '2026-02-24 10:00',
      '1 h Friday, 7 h Saturday, 1 h',
    )
    t.ok(isWorkingDay(lhasa, '2026-02-14'))
    t.notOk(isWorkingDay(lhasa, '2026-02-15'))
    t.notOk(isWorkingDay(lhasa, '2026-02-23'))
    t.ok(isWorkingDay(lhasa, '2026-02-28'))
    t.notOk(isWorkingDay(lhasa, '2026-03-01'), 'an ordinary Sunday')
    const short = makeCalendar({
      time_zone: 'Asia/Shanghai',
      windows: [
        { days: ['mo'], from: '10:00', to: '12:00' },
        { days: ['sa'], from: '08:00', to: '09:00' },
      ],
      holidays: 'cn',
    })
    t.equal(hoursBetween(short, '2026-02-14 00:00', '2026-02-15 00:00'), 2, 'a Monday, no Saturday')
    t.equal(hoursBetween(short, '2026-02-07 00:00', '2026-02-08 00:00'), 1, 'an ordinary Saturday')
  },
)

t.test('of 2027, not announced yet, the holidays that the law names are known', async (t) => {
  t.equal(holidayInChina('2027-02-05'), 'holiday', 'the eve of the year of the goat')
  t.equal(after(lhasa, '2027-02-04 17:30', 1), '2027-02-09 09:30')
  t.equal(after(lhasa, '2027-09-30 17:30', 1), '2027-10-04 09:30')
  t.equal(holidayInChina('2026-10-10'), 'workday')
  t.equal(holidayInChina('2026-10-11'), null)
})

t.test(
  "a community's own days win, duty hours hold on holidays, and others know none",
  async (t) => {
    const own = makeCalendar({
      time_zone: 'Asia/Shanghai',
      windows: [...OFFICE, { days: ['ph'], from: '10:00', to: '11:00' }],
      holidays: 'cn',
      exceptions: [
        { date: '2026-08-12', is_working: false },
        { date: '2026-10-02', is_working: true },
        { date: '2026-08-15', is_working: true },
      ],
    })
    t.equal(
      hoursBetween(own, '2026-08-12 00:00', '2026-08-13 00:00'),
      1,
      'closed but for the duty hour',
    )
    t.equal(hoursBetween(own, '2026-10-01 00:00', '2026-10-02 00:00'), 1)
    t.equal(hoursBetween(own, '2026-10-02 00:00', '2026-10-03 00:00'), 7, 'worked on a holiday')
    t.equal(hoursBetween(own, '2026-08-15 00:00', '2026-08-16 00:00'), 7, 'a worked Saturday')
    const none = makeCalendar({ time_zone: 'Asia/Shanghai', windows: OFFICE, holidays: 'none' })
    t.ok(isWorkingDay(none, '2026-10-01'))
    t.notOk(isWorkingDay(none, '2026-10-10'))
  },
)

t.test(
  'a night shift runs over midnight, is counted once and belongs to the day it began',
  async (t) => {
    const nights = makeCalendar({
      time_zone: 'Asia/Shanghai',
      windows: [
        { days: ['mo', 'tu'], from: '22:00', to: '06:00' },
        { days: ['tu'], from: '05:00', to: '09:00' },
      ],
      holidays: 'none',
    })
    // Monday 14 September 22:00 to Tuesday 9:00 without a break, Tuesday 22:00 to Wednesday 6:00.
    t.equal(hoursBetween(nights, '2026-09-14 12:00', '2026-09-16 12:00'), 11 + 8)
    t.equal(after(nights, '2026-09-14 23:00', 10.5), '2026-09-15 22:30')
    t.equal(after(nights, '2026-09-16 01:00', 6), '2026-09-21 23:00', '5 h, then the next Monday')
    t.ok(isWorkingDay(nights, '2026-09-16'), 'until six')
    t.notOk(isWorkingDay(nights, '2026-09-17'))
  },
)

t.test(
  'in Berlin the night of 29 March 2026 has seven hours, that of 25 October nine',
  async (t) => {
    const berlin = makeCalendar({
      time_zone: 'Europe/Berlin',
      windows: [
        { days: ['sa'], from: '22:00', to: '06:00' },
        { days: ['fr', 'mo'], from: '09:00', to: '18:00' },
      ],
      holidays: 'none',
    })
    t.equal(hoursBetween(berlin, '2026-03-28 20:00', '2026-03-29 20:00'), 7)
    t.equal(hoursBetween(berlin, '2026-10-24 20:00', '2026-10-25 20:00'), 9)
    // From Saturday 21:00 UTC: 22:00 to 2:00, then 3:00 to 4:00 are five hours.
    t.equal(
      addWorkingMinutes(berlin, Date.UTC(2026, 2, 28, 21), 300),
      Date.UTC(2026, 2, 29, 2),
      'in true hours',
    )
    t.equal(
      addWorkingMinutes(berlin, Date.UTC(2026, 2, 27, 16), 60 + 7 * 60 + 120),
      Date.UTC(2026, 2, 30, 9),
      'Friday 17:00 at +1, the night, Monday 11:00 at +2',
    )
  },
)

t.test('what never works is refused', async (t) => {
  const rules = { time_zone: 'Asia/Shanghai', holidays: 'cn' as const }
  t.throws(() => makeCalendar({ ...rules, windows: [] }), RangeError)
  t.throws(
    () => makeCalendar({ ...rules, windows: [{ days: ['ph'], from: '09:00', to: '10:00' }] }),
    RangeError,
  )
  t.throws(() => addWorkingMinutes(lhasa, 0, 1e9), RangeError)
  t.equal(hoursBetween(lhasa, '2026-09-16 12:00', '2026-09-16 09:00'), 0, 'backwards')
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
  { minLength: 1, maxLength: 4 },
)
const instant = fc
  .integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2026, 11, 31) / 60_000 })
  .map((minute) => minute * 60_000)

t.test(
  'for any windows: as many minutes as the clock shows open, and there and back again',
  async (t) => {
    fc.assert(
      fc.property(
        windows,
        instant,
        fc.integer({ min: 1, max: 1500 }),
        (windows, since, minutes) => {
          fc.pre(windows.some((window) => lengthOf(window) >= 120))
          const calendar = makeCalendar({ time_zone: 'Asia/Shanghai', windows, holidays: 'none' })
          let open = 0
          for (let minute = 0; minute < 600; minute++)
            if (isOpenAt(windows, since + minute * 60_000, 'Asia/Shanghai')) open++
          if (workingMinutesBetween(calendar, since, since + 600 * 60_000) !== open)
            throw new Error(`${open} minutes were open`)
          const due = addWorkingMinutes(calendar, since, minutes)
          if (workingMinutesBetween(calendar, since, due) !== minutes) throw new Error('not there')
          if (workingMinutesBetween(calendar, since, due - 60_000) !== minutes - 1)
            throw new Error('a due time outside the working time')
        },
      ),
      { numRuns: isInner ? 1 : 40 },
    )
    t.pass('40 calendars')
  },
)

t.test('a hundred thousand due times take less than a second', async (t) => {
  const first = Date.UTC(2026, 0, 1)
  addWorkingMinutes(lhasa, first, 60_000)
  const before = process.cpuUsage()
  let sum = 0
  for (let i = 0; i < 100_000; i++) sum += addWorkingMinutes(lhasa, first + i * 313_000, 240)
  const { user, system } = process.cpuUsage(before)
  t.comment(`${Math.round(100_000 / ((user + system) / 1000))} a millisecond`)
  t.ok(sum > 0 && user + system < 1_000_000, `${(user + system) / 1000} ms`)
})

if (!isInner)
  t.test('all this holds wherever the computer itself stands', async (t) => {
    for (const TZ of ['UTC', 'Asia/Shanghai']) {
      const env = { ...process.env, TZ, [INNER]: '1' }
      const told = execFileSync(process.execPath, ['--import=tsx', import.meta.filename], { env })
      t.notMatch(told.toString(), /^\s*not ok/m, TZ)
      t.match(told.toString(), /^\s*ok \d+ - in Berlin/m)
    }
  })
