import { locale, t, timeZone } from './text.svelte.ts'

/** Numbers, shares, times and ages as people read them, in the language in force and on the community's clock. */

const MINUTES_A_DAY = 24 * 60
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()

/** With thousands separators and at most `digits` decimals. */
export function formatNumber(value: number, digits = 0): string {
  return numbers({ maximumFractionDigits: digits }).format(value)
}

/** `percent` as it comes from the API: 85 reads 85 %. */
export function formatPercent(percent: number, digits = 0): string {
  return numbers({ style: 'percent', maximumFractionDigits: digits }).format(percent / 100)
}

/** 10.8 m², 2.5 m: one decimal unless `digits` says otherwise. */
export function formatMeasure(value: number, unit: 'm' | 'm²', digits = 1): string {
  return `${numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} ${unit}`
}

/** 9月16日 周三 19:00, on the community's clock. */
export function formatMoment(instant: string | number | Date): string {
  return dates({
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant))
}

/** 2026年9月16日, on the community's clock. */
export function formatDay(instant: string | number | Date): string {
  return dates({ year: 'numeric', month: 'short', day: 'numeric' }).format(new Date(instant))
}

/** 19:00, on the community's clock. */
export function formatClock(instant: string | number | Date): string {
  return dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(instant))
}

/** How long ago: minutes below an hour and a half, hours below two days, then days. */
export function formatAge(minutes: number): string {
  if (minutes < 1) return t('common.just_now')
  const key = `${locale()} age`
  const relative = (made.get(key) ??
    new Intl.RelativeTimeFormat(locale(), { numeric: 'always' })) as Intl.RelativeTimeFormat
  made.set(key, relative)
  if (minutes < 90) return relative.format(-Math.round(minutes), 'minute')
  if (minutes < 2 * MINUTES_A_DAY) return relative.format(-Math.round(minutes / 60), 'hour')
  return relative.format(-Math.round(minutes / MINUTES_A_DAY), 'day')
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale()} ${JSON.stringify(options)}`
  const format = (made.get(key) ?? new Intl.NumberFormat(locale(), options)) as Intl.NumberFormat
  made.set(key, format)
  return format
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${timeZone()} ${JSON.stringify(options)}`
  const format = (made.get(key) ??
    new Intl.DateTimeFormat(locale(), {
      ...options,
      timeZone: timeZone(),
    })) as Intl.DateTimeFormat
  made.set(key, format)
  return format
}
