import type { Engine } from '../../db/connect.ts'
import { type Admitted, admitItem, type Fault, isFault } from './admitting.ts'
import type { IngestReport } from './contract.ts'
import { newIds } from './new-ids.ts'
import type { Limit } from './own-grids.ts'
import type { Places, StoredPlace } from './places.ts'
import { knownSurveys, type NewObservation, storeRows } from './store.ts'

export interface IngestOptions {
  communityId: string
  /** From `readPlaces`, or made of the street model. */
  places: Places
  /** Epoch milliseconds; what lies more than 5 minutes after it is refused. */
  now: number
  /** Degrees `[west, south, east, north]`; detections further than `MARGIN_DEG` outside it are refused. */
  bbox: readonly number[] | null
  /** What the sender may not log; null or absent where that is anything. */
  limit?: Limit | null
}

/** About 5 km: a detection further away is a swapped or foreign coordinate, not a parked vehicle here. */
const MARGIN_DEG = 0.05

/**
 * Checks, places and stores items as `POST /api/observations` takes them; any number of them. Bad ones are refused by
 * index, the good ones are committed when this resolves. The caller refreshes the change feed. Imports call it with
 * `readPlaces(engine, communityId)`.
 */
export async function storeObservations(
  engine: Engine,
  items: readonly unknown[],
  options: IngestOptions,
): Promise<IngestReport> {
  const { communityId, places, now, bbox, limit = null } = options
  const refused: IngestReport['refused'] = []
  const admitted: Admitted[] = []
  const indexes: number[] = []
  for (let index = 0; index < items.length; index++) {
    const result = admitItem(items[index], now)
    if (isFault(result)) refused.push({ index, ...result })
    else if (result.kind === 'detection' && bbox && isFarFrom(bbox, result))
      refused.push({ index, path: 'lon', message: 'lies outside the community' })
    else indexes[admitted.push(result) - 1] = index
  }

  const surveyIds = new Set<string>()
  for (const item of admitted) if (item.survey_id !== null) surveyIds.add(item.survey_id)
  const surveys = await knownSurveys(engine, communityId, [...surveyIds])
  const standing = placesOfDetections(places, admitted)
  const ids = newIds(admitted.length, now)
  const rows: NewObservation[] = []
  const sources: number[] = []
  admitted.forEach((item, i) => {
    const place = item.place ? places.named(item.place) : standing[i]!
    const fault: Fault | null =
      item.place && !place
        ? { path: 'place', message: unknownPlace(item.place) }
        : item.survey_id !== null && !surveys.has(item.survey_id)
          ? { path: 'survey_id', message: 'there is no such survey' }
          : limit && limit(item, place)
    if (fault) refused.push({ index: indexes[i]!, ...fault })
    else sources[rows.push(rowOf(item, item.id ?? ids[i]!, place)) - 1] = i
  })

  const outcomes = await storeRows(engine, communityId, rows)
  const report: IngestReport = {
    received: items.length,
    stored: 0,
    duplicates: 0,
    assigned_in_bay: 0,
    assigned_in_lot: 0,
    outside_bay: 0,
    unassigned: 0,
    refused,
  }
  outcomes.forEach((outcome, r) => {
    const i = sources[r]!
    if (outcome === 'clash') {
      const message = 'is already known with other content'
      refused.push({ index: indexes[i]!, path: 'id', message })
      return
    }
    if (outcome === 'stored') report.stored++
    else report.duplicates++
    if (admitted[i]!.kind === 'detection') countPlace(report, standing[i]!)
  })
  refused.sort((a, b) => a.index - b.index)
  return report
}

function placesOfDetections(places: Places, admitted: readonly Admitted[]): (StoredPlace | null)[] {
  const which: number[] = []
  admitted.forEach((item, i) => item.kind === 'detection' && which.push(i))
  const found = places.holding(
    Float64Array.from(which, (i) => admitted[i]!.lon!),
    Float64Array.from(which, (i) => admitted[i]!.lat!),
  )
  const standing: (StoredPlace | null)[] = new Array<null>(admitted.length).fill(null)
  which.forEach((i, k) => (standing[i] = found[k]!))
  return standing
}

function rowOf(item: Admitted, id: string, place: StoredPlace | null): NewObservation {
  const isOutside = item.kind === 'detection' && (!place || place.place_kind === 'street_side')
  return {
    at: item.at,
    is_sent_id: item.id !== null,
    cells: [
      id,
      item.observed_at,
      item.kind,
      item.method,
      place?.place_kind ?? null,
      place?.place_id ?? null,
      isOutside,
      item.counted,
      item.illegal_count,
      item.vehicle_class,
      item.confidence,
      item.lon,
      item.lat,
      item.survey_id,
    ],
  }
}

function countPlace(report: IngestReport, place: StoredPlace | null): void {
  if (place?.place_kind === 'bay') report.assigned_in_bay++
  else if (place?.place_kind === 'lot') report.assigned_in_lot++
  else {
    report.outside_bay++
    if (!place) report.unassigned++
  }
}

function isFarFrom(bbox: readonly number[], { lon, lat }: Admitted): boolean {
  const [west, south, east, north] = bbox as [number, number, number, number]
  return (
    lon! < west - MARGIN_DEG ||
    lon! > east + MARGIN_DEG ||
    lat! < south - MARGIN_DEG ||
    lat! > north + MARGIN_DEG
  )
}

function unknownPlace({ collection, id, external_id, side }: NonNullable<Admitted['place']>) {
  const name = id ?? `"${external_id!.slice(0, 80)}"`
  return `there is no ${name} in ${collection}${side ? ` with a ${side} side` : ''}`
}
