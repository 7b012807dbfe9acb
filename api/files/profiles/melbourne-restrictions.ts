import { dayRange, windowOf } from '../opening-hours.ts'
import { type PatchProfile, withProperties } from '../profile.ts'
import type { SourceRecord } from '../source-file.ts'
import { countOf, plainText } from '../values.ts'

/**
 * Time rules of bays (`bay-restrictions.csv`), one rule a row, joined by `bay_id`.
 *
 * Days are numbered from 0 = Sunday to 6 = Saturday, both ends inclusive: City of Melbourne, "On-street Car Park Bay
 * Restrictions" (data.melbourne.vic.gov.au, ntht-5rk7), fields FromDay and ToDay. So 6–0 is the week-end.
 */
export const melbourneRestrictions: PatchProfile = {
  kind: 'patches',
  name: 'melbourne-restrictions',
  description: 'Melbourne time rules (bay-restrictions.csv) → restrictions of bays, by bay_id',
  source: 'City of Melbourne Open Data, On-street Car Park Bay Restrictions, CC BY 4.0',
  attribution: 'City of Melbourne Open Data, CC BY 4.0',
  recognises: withProperties('bay_id', 'fromday', 'today', 'starttime'),
  crs: 'EPSG:4326',
  time_zone: 'Australia/Melbourne',
  joins: { bays: 'bay_id' },
  gather: (records, joins, refuse) => {
    const ofBays = new Map<string, { index: number; rules: { order: string; rule: unknown }[] }>()
    for (const record of records) {
      const id = joins.find('bays', plainText(record.properties['bay_id']))
      if (!id) continue
      const rule = ruleOf(record)
      if ('path' in rule) {
        refuse(record.index, rule.path, rule.message)
        continue
      }
      const bay = ofBays.get(id) ?? { index: record.index, rules: [] }
      bay.rules.push(rule)
      ofBays.set(id, bay)
    }
    return [...ofBays].map(([id, { index, rules }]) => ({
      collection: 'bays',
      id,
      index,
      records: rules.length,
      members: {
        // By slot, then rule number: the order of rows in the file may change from one download to the next.
        restrictions: rules
          .toSorted((a, b) => (a.order < b.order ? -1 : 1))
          .map(({ rule }) => rule),
      },
    }))
  },
}

function ruleOf({
  properties: p,
}: SourceRecord): { order: string; rule: unknown } | { path: string; message: string } {
  const [from, to] = [countOf(p['fromday']), countOf(p['today'])]
  if (from === null || from > 6) return { path: 'fromday', message: 'must be 0 (Sunday) to 6' }
  if (to === null || to > 6) return { path: 'today', message: 'must be 0 (Sunday) to 6' }
  const [start, end] = [clock(p['starttime']), clock(p['endtime'])]
  const window = start && end && windowOf(dayRange(fromMonday(from), fromMonday(to)), start, end)
  if (!window) return { path: 'starttime', message: 'starttime and endtime must be HH:MM:SS' }
  const pad = (value: unknown) => (plainText(value) ?? '').padStart(8, '0')
  return {
    order: pad(p['slot_num']) + pad(p['id']),
    rule: {
      text: [plainText(p['typedesc']), plainText(p['plain_english'])].filter(Boolean).join(': '),
      windows: [window],
      max_stay_minutes: countOf(p['duration_mins']),
    },
  }
}

/** Their week starts on Sunday, ours on Monday. */
const fromMonday = (day: number) => (day + 6) % 7

const clock = (value: unknown) => /^(\d{2}:\d{2})(:\d{2})?$/.exec(plainText(value) ?? '')?.[1]
