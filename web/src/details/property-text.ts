import type { WeeklyWindow } from '../../../api/http/shapes.ts'
import {
  formatDay,
  formatMeasure,
  formatMoment,
  formatNumber,
  formatPercent,
} from '../lib/text/format.ts'
import { hasMessage, t } from '../lib/text/text.svelte.ts'
import { windowsText } from '../parts/finding-text.ts'

/** Members in the order in which people ask for them; all others follow as the server sends them. */
const FIRST = [
  'status',
  'kind',
  'class',
  'category',
  'vehicle_classes',
  'capacity',
  'shared_spaces',
  'stalls',
  'windows',
  'layout',
]
/** Shown on their own, or of no use to a reader. */
const ASIDE = new Set(['community_id', 'sides', 'restrictions', 'name_zh', 'name_en', 'valid_to'])
/** About the record rather than the thing. */
export const RECORD = new Set([
  'external_id',
  'merchant_id',
  'source',
  'version',
  'valid_from',
  'updated_at',
])
const REFERENCES = new Set(['grid_id', 'segment_id'])

export interface PropertyLine {
  name: string
  label: string
  value: string
  /** A record that the value points at. */
  refersTo: { collection: 'grids' | 'street_segments'; id: string } | null
}

/** Every property that has a value, with its label and unit in the page's language. */
export function propertyLines(properties: Readonly<Record<string, unknown>>): PropertyLine[] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return Object.entries(properties)
    .filter(([name, value]) => !ASIDE.has(name) && value !== null && value !== '')
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, value]) => ({
      name,
      label: propertyLabel(name),
      value: propertyValue(name, value),
      refersTo:
        REFERENCES.has(name) && typeof value === 'string'
          ? { collection: name === 'grid_id' ? 'grids' : 'street_segments', id: value }
          : null,
    }))
}

export function propertyLabel(name: string): string {
  const key = `property.${name}`
  return hasMessage(key) ? t(key) : name
}

/** A value as people read it: units from the member's name, words for codes, hours for windows. */
export function propertyValue(name: string, value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (typeof value === 'number') {
    if (name.endsWith('_m')) return formatMeasure(value, 'm')
    if (name.endsWith('_m2')) return formatMeasure(value, 'm²')
    return name.endsWith('_percent') ? formatPercent(value, 1) : formatNumber(value, 2)
  }
  if (name === 'windows') return windowsText(value as WeeklyWindow[])
  if (Array.isArray(value))
    return value.map((one) => propertyValue(name, one)).join(t('common.comma'))
  if (typeof value !== 'string') return JSON.stringify(value)
  const key = `value.${name}.${value}`
  if (hasMessage(key)) return t(key)
  if (name.endsWith('_at')) return formatMoment(value)
  return name.endsWith('_from') || name.endsWith('_date') ? formatDay(value) : value
}
