import { getVtimezoneComponent } from '@touch4it/ical-timezones'
import ical from 'ical-generator'
import { Temporal } from 'temporal-polyfill'
import { clockOfMinutes } from '../../domain/schedule/windows.ts'
import { occurrencesOf } from '../../domain/stalls/holding.ts'
import type { Community } from '../../http/community.ts'
import { permitText, type StoredAllocation, type StoredZone } from './store.ts'

/** RFC 5545 names days by two capitals, as windows do in small letters. */
const DAYS_OF_WINDOW = new Set(['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'])

/**
 * A zone's calendar (RFC 5545): one repeating event for each window of each stall that is given away, in the
 * community's time zone. Stalls, permits and categories only: no shop and no person is named.
 */
export function zoneCalendar(
  community: Community,
  zone: StoredZone,
  allocations: readonly StoredAllocation[],
): string {
  const name = zone.name_zh ?? zone.name_en ?? zone.external_id ?? zone.id
  const calendar = ical({
    name,
    prodId: { company: 'Jiexu', product: 'Trading zones', language: 'ZH' },
    ttl: 3600,
  })
  calendar.timezone({
    name: null,
    generator: (timeZone) => getVtimezoneComponent(timeZone) ?? null,
  })
  for (const allocation of allocations) {
    const last_date = allocation.ended_on ?? allocation.last_date
    allocation.windows.forEach((window, i) => {
      const held = { ...allocation, last_date, windows: [window] }
      const [first] = occurrencesOf(held, held.first_date, nextWeek(held.first_date))
      if (!first) return
      const isSuspended = allocation.status === 'suspended' || zone.status === 'suspended'
      const days = window.days.filter((day) => DAYS_OF_WINDOW.has(day))
      calendar.createEvent({
        id: `${allocation.id}-${i}@jiexu`,
        stamp: STAMP,
        sequence: allocation.version,
        ...timesOf(first),
        timezone: community.time_zone,
        summary: [`摊位 ${allocation.stall_number}`, allocation.category ?? zone.category]
          .filter(Boolean)
          .join(' · '),
        description: `许可证 ${permitText(allocation.permit_year, allocation.permit_serial) ?? ''}${isSuspended ? ' · 暂停' : ''}`,
        location: name,
        status: (isSuspended ? 'TENTATIVE' : 'CONFIRMED') as never,
        repeating: `FREQ=WEEKLY;BYDAY=${days.join(',').toUpperCase()};UNTIL=${untilOf(last_date, community.time_zone)}`,
      })
    })
  }
  return calendar.toString()
}

/** The same rows give the same file. */
const STAMP = new Date('2026-01-01T00:00:00Z')

const nextWeek = (date: string): string => Temporal.PlainDate.from(date).add({ days: 6 }).toString()

/** Local begin and end without offset; an end at midnight or in the night is on the next day. */
function timesOf({ date, from, to }: { date: string; from: string; to: string }) {
  const clock = to === '24:00' ? clockOfMinutes(0) : to
  const end = clock <= from ? Temporal.PlainDate.from(date).add({ days: 1 }).toString() : date
  return { start: `${date}T${from}:00`, end: `${end}T${clock}:00` }
}

/** The last second of a local day in UTC, as UNTIL has it. */
const untilOf = (date: string, timeZone: string): string =>
  Temporal.PlainDate.from(date)
    .toZonedDateTime({ timeZone, plainTime: '23:59:59' })
    .toInstant()
    .toString()
    .replace(/[-:]/g, '')
