import type { WeeklyWindow } from '../http/shapes.ts'

const DAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const
type Day = WeeklyWindow['days'][number]

const DAY = '(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)'
const RULE = new RegExp(
  `^(${DAY}(?:-${DAY})?(?:\\s*,\\s*${DAY}(?:-${DAY})?)*)?\\s*(\\d{1,2}:\\d{2}\\s*-\\s*\\d{1,2}:\\d{2}(?:\\s*,\\s*\\d{1,2}:\\d{2}\\s*-\\s*\\d{1,2}:\\d{2})*)$`,
  'i',
)

/**
 * Weekly windows of an OSM `opening_hours` text of the plain kind ("Mo-Fr 07:00-17:00; Sa 09:00-14:00", "24/7"); null
 * where it says more than a week holds (months, sunrise, comments), so that nobody reads half a rule as the whole.
 */
export function windowsOfOsm(text: string): WeeklyWindow[] | null {
  if (text.trim() === '24/7') return [{ days: [...DAYS], from: '00:00', to: '24:00' }]
  const windows: WeeklyWindow[] = []
  for (const rule of text.split(';')) {
    const match = RULE.exec(rule.trim())
    if (!match) return null
    const days = match[1] ? daysOf(match[1]) : [...DAYS]
    if (!days) return null
    for (const span of match[2]!.split(',')) {
      const [from, to] = span.split('-').map((clock) => clock.trim().padStart(5, '0'))
      const window = windowOf(days, from!, to!)
      if (!window) return null
      windows.push(window)
    }
  }
  return windows
}

/** One window of days from–to; null where a clock time is none. `to` "00:00" is written "24:00". */
export function windowOf(days: readonly Day[], from: string, to: string): WeeklyWindow | null {
  const end = to === '00:00' ? '24:00' : to
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(from)) return null
  if (!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(end)) return null
  return { days: [...days], from, to: end }
}

/** The days from `first` to `last` of a week that starts on Monday, running over Sunday where needed. */
export function dayRange(first: number, last: number): Day[] {
  const days: Day[] = []
  for (let day = first; ; day = (day + 1) % 7) {
    days.push(DAYS[day]!)
    if (day === last) return days
  }
}

function daysOf(text: string): Day[] | null {
  const days = new Set<Day>()
  for (const part of text.toLowerCase().split(',')) {
    const [first, last] = part.trim().split('-') as [string, string?]
    if (first === 'ph' || last === 'ph') {
      if (last !== undefined) return null
      days.add('ph')
      continue
    }
    const from = DAYS.indexOf(first as (typeof DAYS)[number])
    for (const day of dayRange(
      from,
      last === undefined ? from : DAYS.indexOf(last as (typeof DAYS)[number]),
    ))
      days.add(day)
  }
  return [...days]
}
