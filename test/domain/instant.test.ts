import t from 'tap'
import { isOpenAt, localParts, parseInstant } from '../../api/domain/schedule/instant.ts'

t.test('an instant needs a real date and an offset', async (t) => {
  t.equal(parseInstant('2026-09-14T07:00:00+08:00'), Date.UTC(2026, 8, 13, 23))
  t.equal(parseInstant('2026-09-13T23:00:00Z'), Date.UTC(2026, 8, 13, 23))
  for (const bad of [
    'yesterday',
    '2026-09-14T07:00:00',
    '2026-02-29T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '',
  ])
    t.equal(parseInstant(bad), null, bad)
})

t.test('a Lhasa Saturday at 11:00 is open 09–22 whatever clock the server has', async (t) => {
  const windows = [{ days: ['sa'], from: '09:00', to: '22:00' }]
  const saturday = parseInstant('2026-09-19T11:00:00+08:00')!
  t.ok(isOpenAt(windows, saturday, 'Asia/Shanghai'))
  t.notOk(isOpenAt(windows, saturday, 'America/New_York'), 'there it is still Friday')
  t.same(localParts(saturday, 'Asia/Shanghai'), {
    date: '2026-09-19',
    minute_of_week: 5 * 1440 + 660,
    minute_of_day: 660,
    weekday: 5,
  })
})

t.test('a night that began yesterday is still open in the morning', async (t) => {
  const nights = [{ days: ['fr'], from: '19:00', to: '09:00' }]
  t.ok(isOpenAt(nights, parseInstant('2026-09-19T08:59:00+08:00')!, 'Asia/Shanghai'))
  t.notOk(isOpenAt(nights, parseInstant('2026-09-19T09:00:00+08:00')!, 'Asia/Shanghai'))
})

t.test('on a public holiday the ph windows hold where there are any', async (t) => {
  const isHoliday = (date: string) => date === '2026-10-01'
  const holiday = parseInstant('2026-10-01T12:00:00+08:00')!
  const weekday = [{ days: ['th'], from: '00:00', to: '24:00' }]
  t.ok(isOpenAt(weekday, holiday, 'Asia/Shanghai', isHoliday), 'no ph window: the weekday counts')
  t.notOk(
    isOpenAt(
      [...weekday, { days: ['ph'], from: '18:00', to: '22:00' }],
      holiday,
      'Asia/Shanghai',
      isHoliday,
    ),
  )
})
