import type { Finding } from '../../../api/features/checks/contract.ts'
import type { WeeklyWindow } from '../../../api/domain/schedule/windows.ts'
import { formatMeasure, formatNumber, formatPercent } from '../lib/text/format.ts'
import { hasMessage, locale, type MessageKey, nameOf, t } from '../lib/text/text.svelte.ts'

/** How a finding reads in words, in the page's language. All of it is plain text. */

/** What is wrong, in a few words: "On a fire lane". */
export function findingTitle(finding: Pick<Finding, 'message_key'>): string {
  const key = finding.message_key.replace(/^finding\./, 'rules.')
  return t(hasMessage(key) ? key : 'rules.other')
}

/** A feature as people know it; one without a name by its kind and the first figures of its id. */
export function partyName(party: Finding['subject']): string {
  const key = `rules.unnamed.${party.collection}`
  const id = party.id.slice(0, 8)
  return nameOf(party, t(hasMessage(key) ? key : 'rules.unnamed.other', { id }))
}

/** The figures of a finding, each with its unit; null where there is none. */
export interface FindingFigures {
  /** What was measured: "Overlap", "Distance" … */
  label: string
  measured: string | null
  /** "at least 15.0 m", or "none" where nothing is allowed. */
  required: string | null
  /** By how much it fails: "2.0 m short". */
  difference: string | null
}

/** What of a finding its figures are read from. */
type Measured = Pick<Finding, 'message_key' | 'measured' | 'required' | 'unit'>

export function findingFigures(finding: Measured): FindingFigures {
  const { measured, required, unit } = finding
  const label = t(labelKey(finding))
  if (unit === null || required === null)
    return { label, measured: null, required: null, difference: null }
  const isMost = measured === null ? unit === 'm2' : isMostAllowed(finding, measured, required)
  return {
    label,
    measured: measured === null ? null : amount(measured, unit),
    required:
      isMost && required === 0
        ? t('rules.none_allowed')
        : `${t(isMost ? 'rules.at_most' : 'rules.at_least')} ${amount(required, unit)}`,
    difference: measured === null ? null : difference(measured, required, unit, isMost),
  }
}

/** "28 h a week"; the whole week is "at all hours". */
export const hoursText = (hours_per_week: number): string =>
  hours_per_week >= 168
    ? t('rules.always')
    : t('rules.hours_per_week', { hours: formatNumber(hours_per_week, 1) })

/** Weekly windows in words: "daily 18:00–22:00". */
export function windowsText(windows: readonly WeeklyWindow[]): string {
  return windows
    .map(({ days, from, to }) => {
      const words = daysText(days)
      const isAllDay = (from === '00:00' && to === '24:00') || from === to
      if (isAllDay && days.length >= 7) return t('rules.always')
      return isAllDay
        ? t('rules.all_day', { days: words })
        : t('rules.window', { days: words, from, to })
    })
    .join(t('rules.joined'))
}

/** A figure with its unit, to what a tape measure shows: 13.0 m, 0.25 m, 10.8 m². */
function amount(value: number, unit: NonNullable<Finding['unit']>): string {
  switch (unit) {
    case 'm':
      return formatMeasure(value, 'm', Number.isInteger(Math.round(value * 100) / 10) ? 1 : 2)
    case 'm2':
      return formatMeasure(value, 'm²', value > 0 && value < 1 ? 2 : 1)
    case 'percent':
      return formatPercent(value, 1)
    case 'count':
    case 'minutes':
      return t(`rules.unit.${unit}`, { number: formatNumber(value) })
  }
}

const isMostAllowed = (finding: Measured, measured: number, required: number): boolean =>
  measured === required ? !isClearance(finding) : measured > required

const isClearance = (finding: Measured): boolean => finding.message_key.includes('clearance')

function labelKey(finding: Measured): MessageKey {
  if (finding.message_key === 'finding.outside_community') return 'rules.outside'
  if (finding.message_key.includes('overlap')) return 'rules.overlap'
  return isClearance(finding) ? 'rules.distance' : 'rules.measured'
}

function difference(
  measured: number,
  required: number,
  unit: NonNullable<Finding['unit']>,
  isMost: boolean,
): string | null {
  if (isMost && required === 0) return null
  const by = Math.round(Math.abs(required - measured) * 100) / 100
  // Figures are rounded to centimetres: what fails by less must not read as "0 short".
  const words = by === 0 && unit === 'm' ? t('rules.under_a_centimetre') : amount(by, unit)
  return t(isMost ? 'rules.over' : 'rules.short', { amount: words })
}

const ORDINARY_DAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su']

/** Days in a row are named by the first and the last, all seven as "daily". */
function daysText(days: readonly string[]): string {
  const numbers = ORDINARY_DAYS.flatMap((day, i) => (days.includes(day) ? [i] : []))
  const words: string[] = []
  if (numbers.length === 7) words.push(t('rules.every_day'))
  else if (numbers.length > 2 && numbers.at(-1)! - numbers[0]! === numbers.length - 1)
    words.push(t('rules.days', { first: dayName(numbers[0]!), last: dayName(numbers.at(-1)!) }))
  else words.push(...numbers.map(dayName))
  if (days.includes('ph')) words.push(t('rules.day.ph'))
  return words.join(t('rules.joined'))
}

/** The short name of a weekday, 0 = Monday. 1 January 2024 was one. */
export const dayName = (weekday: number): string =>
  new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + weekday),
  )
