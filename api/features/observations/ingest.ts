import type { Engine } from '../../db/connect.ts'
import { type Admitted, admitItem, type Fault, isFault } from './admitting.ts'
import { ObservationBatch } from './batch.ts'
import type { IngestReport } from './contract.ts'
import type { Limit } from './own-grids.ts'
import type { Places, StoredPlace } from './places.ts'
import { knownSurveys } from './store.ts'
import { storeBatch } from './write-together.ts'

export interface TakeInOptions {
  /** From `readPlaces`, or made of the street model. */
  places: Places
  /** Epoch milliseconds; what lies more than 5 minutes after it is refused. */
  now: number
  /** Degrees `[west, south, east, north]`; detections further than `MARGIN_DEG` outside it are refused. */
  bbox: readonly number[] | null
  /** What the sender may not log; null or absent where that is anything. */
  limit?: Limit | null
}

export interface IngestOptions extends TakeInOptions {
  communityId: string
}

/** About 5 km: a detection further away is a swapped or foreign coordinate, not a parked vehicle here. */
const MARGIN_DEG = 0.05

/** Items that were read in: what is refused of them already, and the rows that are still to be stored. */
export interface TakenIn {
  received: number
  refused: IngestReport['refused']
  batch: ObservationBatch
  /** Of each row of the batch, which item it was. */
  indexes: Int32Array
}

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
  return storeTakenIn(engine, options.communityId, takeIn(items, options))
}

/** Checks and places items. Nothing of them is held afterwards. */
export function takeIn(items: readonly unknown[], options: TakeInOptions): TakenIn {
  const { places, now, bbox, limit = null } = options
  const refused: IngestReport['refused'] = []
  const batch = new ObservationBatch(items.length, places.id_bytes)
  const indexes = new Int32Array(items.length)
  for (let index = 0; index < items.length; index++) {
    const item = admitItem(items[index], now)
    if (isFault(item)) {
      refused.push({ index, ...item })
      continue
    }
    let place: StoredPlace | null
    let fault: Fault | null = null
    if (item.place) {
      place = places.named(item.place)
      if (!place) fault = { path: 'place', message: unknownPlace(item.place) }
    } else {
      place = places.holding(item.lon!, item.lat!)
      if (bbox && isFarFrom(bbox, item))
        fault = { path: 'lon', message: 'lies outside the community' }
    }
    fault ??= limit && limit(item, place)
    if (fault) refused.push({ index, ...fault })
    else {
      indexes[batch.length] = index
      batch.add(item, place)
    }
  }
  return { received: items.length, refused, batch, indexes }
}

/** Stores what was taken in; its report tells of all items. */
export async function storeTakenIn(
  engine: Engine,
  communityId: string,
  { received, refused, batch, indexes }: TakenIn,
): Promise<IngestReport> {
  const surveyIds = new Set(batch.surveys)
  surveyIds.delete(null)
  const surveys = await knownSurveys(engine, communityId, [...(surveyIds as Set<string>)])
  if (surveys.size < surveyIds.size)
    for (let i = 0; i < batch.length; i++) {
      const survey = batch.surveys[i]!
      if (survey !== null && !surveys.has(survey)) batch.leftOut.add(i)
    }

  const outcomes = await storeBatch(engine, communityId, batch)
  const report: IngestReport = {
    received,
    stored: 0,
    duplicates: 0,
    assigned_in_bay: 0,
    assigned_in_lot: 0,
    outside_bay: 0,
    unassigned: 0,
    refused,
  }
  for (let i = 0; i < batch.length; i++) {
    const index = indexes[i]!
    const outcome = outcomes.get(i)
    if (batch.leftOut.has(i))
      refused.push({ index, path: 'survey_id', message: 'there is no such survey' })
    else if (outcome === 'clash')
      refused.push({ index, path: 'id', message: 'is already known with other content' })
    else {
      if (outcome === 'duplicate') report.duplicates++
      else report.stored++
      if (batch.isDetection(i)) countPlace(report, batch.places[i]!)
    }
  }
  refused.sort((a, b) => a.index - b.index)
  return report
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
