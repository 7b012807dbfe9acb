import t from 'tap'
import { metricFrame } from '../../api/domain/geometry/metric-frame.ts'
import { passes, sharedTimes } from '../../api/domain/rules/meeting.ts'
import { placeFeature } from '../../api/domain/rules/scene.ts'
import { timesToWindows } from '../../api/domain/schedule/around-holidays.ts'
import { holidayInChina } from '../../api/domain/schedule/holidays.ts'
import { isOpenAt } from '../../api/domain/schedule/instant.ts'
import type { WeeklyWindow } from '../../api/domain/schedule/windows.ts'
import { randomSource } from '../bench/city.ts'

const frame = metricFrame(91.145, 29.653)
const POINT = { type: 'Point' as const, coordinates: [91.145, 29.653] }
const use = (
  windows: WeeklyWindow[] | null,
  dates: { first_date?: string | null; last_date?: string | null } = {},
) =>
  placeFeature(frame, {
    collection: 'closures',
    id: 'x',
    geometry: POINT,
    properties: { windows, ...dates },
  })
const daily = (from: string, to: string, ...days: string[]) => [{ days, from, to }]
const isHoliday = (date: string) => holidayInChina(date) === 'holiday'

t.test('what meets on public holidays alone is found, and said so', async (t) => {
  const bay = use(daily('08:00', '18:00', 'mo', 'tu', 'we', 'th', 'fr'))
  const market = use(daily('09:00', '22:00', 'ph'))
  const times = sharedTimes(bay, market, 'cn')!
  t.same(times.week, [])
  t.same(timesToWindows(times), [{ days: ['ph'], from: '09:00', to: '18:00' }])
  t.equal(sharedTimes(bay, market, 'none'), null, 'a community that keeps no holidays')
  const own = use([...daily('08:00', '18:00', 'mo'), ...daily('06:00', '08:00', 'ph')])
  t.equal(
    sharedTimes(own, market, 'cn'),
    null,
    'on holidays its own hours hold, and they end before',
  )
})

t.test('works of one Saturday meet a weekend market for its hours of that day', async (t) => {
  const market = use(daily('10:00', '20:00', 'sa', 'su'))
  const works = use(daily('14:00', '24:00', 'mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'), {
    first_date: '2026-10-17',
    last_date: '2026-10-17',
  })
  t.same(timesToWindows(sharedTimes(market, works, 'cn')!), daily('14:00', '20:00', 'sa'))
  const weekdays = use(null, { first_date: '2026-10-19', last_date: '2026-10-23' })
  t.equal(sharedTimes(market, weekdays, 'cn'), null, 'no weekend within its dates')
  const overNewYear = use(null, { first_date: '2026-12-31', last_date: '2027-01-02' })
  t.same(timesToWindows(sharedTimes(market, overNewYear, 'cn')!), daily('10:00', '20:00', 'sa'))
})

t.test(
  '300 random pairs meet exactly when a quarter-hour of their dates has both open',
  async (t) => {
    const random = randomSource(5)
    const clock = (quarters: number) =>
      `${String(Math.floor(quarters / 4) % 24).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`
    const windows = (): WeeklyWindow[] | null => {
      if (random() < 0.15) return null
      return Array.from({ length: 1 + Math.floor(random() * 2) }, () => {
        const from = Math.floor(random() * 96)
        const days = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su', 'ph'].filter(() => random() < 0.4)
        return {
          days: days.length ? days : ['ph'],
          from: clock(from),
          to: clock(from + 1 + Math.floor(random() * 40)),
        }
      })
    }
    // Around the National Day holidays of 2026 and the turn of the year.
    const date = (start: string, days: number) =>
      new Date(Date.parse(`${start}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
    let meeting = 0
    for (let i = 0; i < 300; i++) {
      const start = random() < 0.5 ? '2026-09-28' : '2026-12-28'
      const span = () => {
        const first = Math.floor(random() * 8)
        return {
          first_date: date(start, first),
          last_date: date(start, first + Math.floor(random() * 4)),
        }
      }
      const [a, b] = [use(windows(), span()), use(windows(), span())]
      const counts = { week: 0, asked: 0 }
      const asked = {
        first: date(start, 3),
        last: date(start, 6),
        from_minute: 390,
        to_minute: 1200,
      }
      for (let q = 0; q < 12 * 96; q++) {
        const at = Date.parse(`${start}T00:00:00+08:00`) + q * 900_000
        const day = date(start, Math.floor(q / 96))
        const isThere = (one: typeof a) => {
          const p = one.properties as {
            windows: WeeklyWindow[] | null
            first_date: string
            last_date: string
          }
          return (
            p.first_date <= day &&
            day <= p.last_date &&
            isOpenAt(p.windows, at, 'Asia/Shanghai', isHoliday)
          )
        }
        if (!isThere(a) || !isThere(b)) continue
        counts.week++
        const minute = (q % 96) * 15
        if (
          day >= asked.first &&
          day <= asked.last &&
          (day > asked.first || minute + 15 > asked.from_minute) &&
          (day < asked.last || minute < asked.to_minute)
        )
          counts.asked++
      }
      const times = sharedTimes(a, b, 'cn')
      const found = times !== null
      const wanted = times !== null && passes({ dates: asked }, times, [a, b], 'cn')
      if (found !== counts.week > 0 || wanted !== counts.asked > 0)
        t.fail(
          `${JSON.stringify(a.properties)} ${JSON.stringify(b.properties)}: ${JSON.stringify(counts)}, found ${found}, asked for ${wanted}`,
        )
      if (found) meeting++
    }
    t.ok(meeting > 50 && meeting < 250, `${meeting} of 300 meet`)
  },
)
