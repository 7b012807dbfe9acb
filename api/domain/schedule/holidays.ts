import { Temporal } from 'temporal-polyfill'
import { CN_HOLIDAYS, CN_MAKE_UP_WORKDAYS } from '../../../geodata/calendars/cn.ts'

let china: Map<string, 'holiday' | 'workday'> | null = null

/**
 * What the State Council makes of a date (YYYY-MM-DD): a public holiday, a workday that makes up for one, or nothing.
 * For years not announced yet only the holidays that the law itself names are known; before 2020 nothing.
 */
export function holidayInChina(date: string): 'holiday' | 'workday' | null {
  if (!china) {
    china = new Map(CN_MAKE_UP_WORKDAYS.map((day) => [day, 'workday']))
    for (const range of CN_HOLIDAYS) for (const day of datesOf(range)) china.set(day, 'holiday')
  }
  return china.get(date) ?? null
}

/** The dates of "2026-10-01/2026-10-07", or the one of "2026-01-01". */
function datesOf(range: string): string[] {
  const [first, last] = range.split('/').map((date) => Temporal.PlainDate.from(date))
  const days = last ? first!.until(last, { largestUnit: 'days' }).days : 0
  return Array.from({ length: days + 1 }, (_, i) => first!.add({ days: i }).toString())
}
