import { type Feature, idOf, randomStream } from './frame.ts'

/** One week of counting by eye: every bay and lot, every two hours from 7:00 to 23:00 local time. */

const DAYS = ['14', '15', '16', '17', '18', '19', '20'].map((day) => `2026-09-${day}`)
const WEEKEND = new Set(['2026-09-19', '2026-09-20'])
const HOURS = [7, 9, 11, 13, 15, 17, 19, 21, 23] as const

/** Vehicles for each place at the hours above; above 1 they stand beside the marked places. */
type Rhythm = Readonly<Record<'workday' | 'weekend', readonly number[]>>

const SHOPPING: Rhythm = {
  workday: [0.25, 0.5, 0.85, 1.05, 0.65, 0.8, 1.1, 0.8, 0.35],
  weekend: [0.2, 0.45, 0.95, 1.15, 0.9, 0.95, 1.15, 0.9, 0.4],
}
const KERB: Rhythm = {
  workday: [0.7, 0.8, 0.95, 0.92, 0.9, 1.0, 1.08, 1.0, 0.9],
  weekend: [0.8, 0.8, 0.9, 0.95, 0.95, 1.0, 1.1, 1.05, 0.95],
}
const HOME: Rhythm = {
  workday: [0.9, 0.55, 0.42, 0.5, 0.44, 0.62, 0.84, 0.95, 0.99],
  weekend: [0.95, 0.82, 0.68, 0.7, 0.62, 0.7, 0.85, 0.95, 1.0],
}
/** By day the unit's own cars; by night a few of the neighbours in the shared spaces. */
const OFFICE: Rhythm = {
  workday: [0.32, 0.86, 0.97, 0.85, 0.95, 0.76, 0.3, 0.26, 0.22],
  weekend: [0.25, 0.3, 0.34, 0.32, 0.3, 0.28, 0.25, 0.24, 0.22],
}
/** Hospital and market work at weekends too. */
const OPEN_ALL_WEEK: Rhythm = { workday: OFFICE.workday, weekend: OFFICE.workday }

/** Painted last and left out of the count: the place that has no data at all. */
const NEVER_COUNTED = new Set(['BAY-36'])
/** Days on which a place was not reached. */
const SKIPPED_DAYS = new Set(['KERB-4 2026-09-16', 'YARD-3 2026-09-20'])
const MISSED_SHARE = 0.012

/** The week itself. */
export const survey = {
  id: idOf('SURVEY-2026-09'),
  external_id: 'SURVEY-2026-09',
  name: '2026年9月一周占用调查(合成)',
  method: 'visual',
  started_at: '2026-09-14T07:00:00+08:00',
  ended_at: '2026-09-20T23:00:00+08:00',
  is_synthetic: true,
}

/** One reading of one place. `counted` lies in 0 … capacity; `illegal_count` stands beside it, outside the marks. */
export interface Count {
  id: string
  place_kind: 'bay' | 'lot'
  place_external_id: string
  place_id: string
  observed_at: string
  counted: number
  illegal_count: number
  vehicle_class: 'car' | ''
}

/** All readings, in the order of time, then place. */
export function surveyCounts(bays: readonly Feature[], lots: readonly Feature[]): Count[] {
  const random = randomStream(914)
  const places = [
    ...bays.map((bay) => ({ kind: 'bay' as const, place: bay })),
    ...lots.map((lot) => ({ kind: 'lot' as const, place: lot })),
  ].map(({ kind, place }) => ({
    kind,
    place,
    // Some places are liked more than others, all week long.
    liking: 0.88 + 0.24 * random(),
  }))
  const counts: Count[] = []
  for (const day of DAYS)
    for (const [step, hour] of HOURS.entries())
      for (const { kind, place, liking } of places) {
        const name = place.properties.external_id
        const noise = 0.94 + 0.12 * random()
        const isMissed = random() < MISSED_SHARE
        if (isMissed || NEVER_COUNTED.has(name) || SKIPPED_DAYS.has(`${name} ${day}`)) continue
        const share = rhythmOf(name)[WEEKEND.has(day) ? 'weekend' : 'workday'][step]!
        const capacity = Number(place.properties['capacity'])
        const wanted = Math.round(capacity * share * noise * (kind === 'bay' ? liking : 1))
        const at = `${day}T${String(hour).padStart(2, '0')}:00:00+08:00`
        counts.push({
          id: idOf(`count ${name} ${at}`),
          place_kind: kind,
          place_external_id: name,
          place_id: place.id,
          observed_at: at,
          counted: Math.min(wanted, capacity),
          illegal_count: kind === 'bay' ? Math.max(0, wanted - capacity) : 0,
          vehicle_class: name.startsWith('BAY-') ? '' : 'car',
        })
      }
  return counts
}

function rhythmOf(name: string): Rhythm {
  if (name.startsWith('BAY-')) return SHOPPING
  if (name.startsWith('KERB-')) return KERB
  if (name.startsWith('YARD-')) return HOME
  return name === 'SHARED-4' || name === 'SHARED-5' ? OPEN_ALL_WEEK : OFFICE
}
