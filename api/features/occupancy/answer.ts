import { occupancyOf } from '../../domain/statistics/occupancy.ts'
import { percentOf } from '../../domain/statistics/occupancy.ts'
import {
  type GroupReading,
  type Member,
  type ObservedRow,
  readingAt,
  readingOfGroup,
} from '../../domain/statistics/readings.ts'
import type { OccupancyAt, OccupancyOf, OccupancyRange, PlaceOccupancy } from './contract.ts'
import type { MemberRow } from './store.ts'

const MINUTE_MS = 60_000

/** A place with its members and their observations, sorted by time. */
interface Place {
  head: Pick<MemberRow, 'id' | 'external_id' | 'name_zh' | 'name_en' | 'lon' | 'lat'>
  members: { capacity: number | null; is_side: boolean; rows: ObservedRow[] }[]
}

/** Answers how full every place was at `at` (epoch milliseconds), from the rows of `readLatest`. */
export function answerAt(
  rows: readonly MemberRow[],
  of: OccupancyOf,
  at: number,
  stale_after_minutes: number,
): OccupancyAt {
  const window_ms = stale_after_minutes * MINUTE_MS
  return {
    at: new Date(at).toISOString(),
    of,
    stale_after_minutes,
    survey: surveyOf(rows),
    places: gather(rows).map(({ head, members }) => {
      const group = readingOfGroup(membersAt(members, at, -Infinity), at, window_ms)
      return { ...head, ...describe(group, at, stale_after_minutes) }
    }),
  }
}

/** Answers the same at every step, from the rows of `readSpan`; a reading holds for `stale_after_minutes`. */
export function answerRange(
  rows: readonly MemberRow[],
  of: OccupancyOf,
  span: { from: number; to: number; interval_minutes: number; stale_after_minutes: number },
): OccupancyRange {
  const { from, to, interval_minutes, stale_after_minutes } = span
  const window_ms = stale_after_minutes * MINUTE_MS
  const steps: number[] = []
  for (let at = from; at <= to; at += interval_minutes * MINUTE_MS) steps.push(at)
  const total = steps.map(() => ({ counted: null, capacity: null, divided: 0 }))
  const places = gather(rows).map(({ head, members }) => {
    const series = steps.map((at, step) => {
      const group = readingOfGroup(membersAt(members, at, at - window_ms), at, window_ms)
      addTo(total[step]!, group)
      return group
    })
    const { capacity, places_total } = readingOfGroup(
      members.map((member) => ({ ...member, reading: null })),
      to,
      window_ms,
    )
    return {
      ...head,
      capacity,
      places_total,
      counted: series.map((group) => group.counted),
      occupancy_percent: series.map((group) => group.occupancy_percent),
    }
  })
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    interval_minutes,
    of,
    stale_after_minutes,
    survey: surveyOf(rows),
    steps: steps.map((at) => new Date(at).toISOString()),
    places,
    total: {
      counted: total.map((step) => step.counted),
      capacity: total.map((step) => step.capacity),
      occupancy_percent: total.map((step) => percentOf(step.divided, step.capacity)),
    },
  }
}

interface Total {
  counted: number | null
  capacity: number | null
  divided: number
}

function addTo(total: Total, group: GroupReading): void {
  if (group.counted !== null) total.counted = (total.counted ?? 0) + group.counted
  if (!group.capacity_read) return
  total.capacity = (total.capacity ?? 0) + group.capacity_read
  total.divided += group.divided ?? 0
}

function describe(
  group: GroupReading,
  at: number,
  stale_after_minutes: number,
): Omit<PlaceOccupancy, keyof Place['head']> {
  const { age_minutes, state } = occupancyOf({
    capacity: group.capacity_read,
    counted: group.counted,
    observed_at: group.observed_at,
    at,
    stale_after_minutes,
  })
  return {
    capacity: group.capacity,
    capacity_read: group.capacity_read,
    counted: group.counted,
    free: group.free,
    occupancy_percent: group.occupancy_percent,
    illegal_count: group.illegal_count,
    observed_at: group.observed_at === null ? null : new Date(group.observed_at).toISOString(),
    age_minutes,
    state,
    places_read: group.places_read,
    places_total: group.places_total,
  }
}

function membersAt(members: Place['members'], at: number, oldest: number): Member[] {
  return members.map(({ capacity, is_side, rows }) => {
    const reading = readingAt(rows, at)
    return { capacity, is_side, reading: reading && reading.observed_at >= oldest ? reading : null }
  })
}

/** Rows come sorted by place and member: a new id begins a new one. */
function gather(rows: readonly MemberRow[]): Place[] {
  const places: Place[] = []
  let memberId: string | null = null
  for (const row of rows) {
    let place = places.at(-1)
    if (place?.head.id !== row.id) {
      const { id, external_id, name_zh, name_en, lon, lat } = row
      places.push((place = { head: { id, external_id, name_zh, name_en, lon, lat }, members: [] }))
      memberId = null
    }
    if (row.member_id === null) continue
    if (row.member_id !== memberId)
      place.members.push({
        capacity: row.member_capacity,
        is_side: row.member_is_side!,
        rows: [],
      })
    memberId = row.member_id
    if (row.observed_at)
      place.members.at(-1)!.rows.push({
        observed_at: row.observed_at.getTime(),
        received_at: row.received_at.getTime(),
        kind: row.kind,
        method: row.method,
        counted: row.counted,
        illegal_count: row.illegal_count,
        vehicle_class: row.vehicle_class,
      })
  }
  return places
}

/** The survey that all readings come from; null where there are several sources. */
function surveyOf(rows: readonly MemberRow[]): { id: string; name: string } | null {
  const read = rows.filter((row) => row.observed_at)
  const [first] = read
  if (!first?.survey_id || first.survey_name === null) return null
  return read.every((row) => row.survey_id === first.survey_id)
    ? { id: first.survey_id, name: first.survey_name }
    : null
}
