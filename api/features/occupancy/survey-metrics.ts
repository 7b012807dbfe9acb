import { localParts } from '../../domain/schedule/instant.ts'
import { percentOf } from '../../domain/statistics/occupancy.ts'
import {
  metricsByHour,
  metricsByPlace,
  overTargetPercent,
  peakAccumulation,
  TARGET_PERCENT,
} from '../../domain/statistics/survey.ts'
import type { SurveyMetrics } from './contract.ts'
import type { SurveyRow } from './store.ts'

/** Counts further apart than this have nothing to say about the time between them. */
const LONGEST_GAP_MINUTES = 240

/** Everything a survey's counts say, on the local clock of the time zone. */
export function metricsOfSurvey(
  rows: readonly SurveyRow[],
  timeZone: string,
): Omit<SurveyMetrics, 'survey'> {
  const counts = rows.map((row) => ({
    place_id: row.place_id,
    capacity: row.capacity,
    observed_at: row.observed_at.getTime(),
    counted: row.counted,
  }))
  const heads = new Map(rows.map((row) => [row.place_id, row]))
  const hours = new Map<number, number>()
  const hourOf = (at: number) => {
    let hour = hours.get(at)
    if (hour === undefined)
      hours.set(at, (hour = Math.floor(localParts(at, timeZone).minute_of_day / 60)))
    return hour
  }
  const peak = peakAccumulation(counts)
  return {
    counts: counts.length,
    places: heads.size,
    peak: peak && {
      at: new Date(peak.at).toISOString(),
      counted: peak.counted,
      capacity: peak.capacity,
      occupancy_percent: percentOf(peak.counted, peak.capacity),
    },
    over_target_percent: overTargetPercent(counts),
    target_percent: TARGET_PERCENT,
    by_hour: metricsByHour(counts, hourOf),
    by_place: metricsByPlace(counts, LONGEST_GAP_MINUTES).map(({ place_id, peak_at, ...rest }) => {
      const { collection, name_zh, name_en } = heads.get(place_id)!
      return {
        collection,
        id: place_id,
        name_zh,
        name_en,
        ...rest,
        peak_at: new Date(peak_at).toISOString(),
      }
    }),
  }
}
