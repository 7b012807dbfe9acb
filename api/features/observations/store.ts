import { sql, type Transaction } from 'kysely'
import type { BulkColumns } from '../../db/bulk-rows.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'

/** A row of `observation` in the order of `OBSERVATION_COLUMNS`; instants as RFC 3339 text. */
export type ObservationCells = [
  id: string,
  observed_at: string,
  kind: string,
  method: string,
  place_kind: string | null,
  place_id: string | null,
  outside_bay: boolean,
  counted: number,
  illegal_count: number | null,
  vehicle_class: string | null,
  confidence: number | null,
  lon: number | null,
  lat: number | null,
  survey_id: string | null,
]

export const OBSERVATION_COLUMNS = {
  id: 'uuid',
  observed_at: 'timestamptz',
  kind: 'text',
  method: 'text',
  place_kind: 'text',
  place_id: 'uuid',
  outside_bay: 'bool',
  counted: 'int4',
  illegal_count: 'int4',
  vehicle_class: 'text',
  confidence: 'float4',
  lon: 'float8',
  lat: 'float8',
  survey_id: 'uuid',
} satisfies BulkColumns

/** Older months share the rest partition: a few stray readings each are not worth a table. */
const MONTHS_OF_THEIR_OWN = 24
const MONTH_MS = 30.44 * 86_400_000

const knownMonths = new WeakMap<Engine, Set<string>>()

/** The ids among `ids` that are surveys of the community. */
export async function knownSurveys(
  engine: Engine,
  communityId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  return asCommunities(engine.db, [communityId], async (trx) => {
    const rows = await trx
      .selectFrom('survey')
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', 'in', [...ids])
      .execute()
    return new Set(rows.map((row) => row.id))
  })
}

/**
 * Until the transaction ends nobody else writes ids that senders made in this community: none can slip between looking
 * and writing. Ids made here are nobody else's and need no lock.
 */
export async function lockIds(trx: Transaction<Database>, communityId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`observation ${communityId}`}, 0))`.execute(
    trx,
  )
}

/** What is known of these ids, each as `contentOf` says it. */
export async function findKnown(
  trx: Transaction<Database>,
  communityId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await trx
    .selectFrom('observation')
    .selectAll()
    .where('community_id', '=', communityId)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      contentOf(
        [
          row.id,
          '',
          row.kind,
          row.method,
          row.place_kind,
          row.place_id,
          row.outside_bay,
          row.counted,
          row.illegal_count,
          row.vehicle_class,
          row.confidence,
          row.lon,
          row.lat,
          row.survey_id,
        ],
        row.observed_at.getTime(),
      ),
    ]),
  )
}

/**
 * What the sender said, as text; `at` in epoch milliseconds, all that is read of a stored instant. Where a detection was
 * put is our own finding and may change with the inventory.
 */
export function contentOf(cells: ObservationCells, at: number): string {
  const [, , kind, method, placeKind, placeId, , counted, illegal, vehicle, confidence, lon, lat] =
    cells
  const place = kind === 'detection' ? [lon, lat] : [placeKind, placeId, counted, illegal]
  const sure = confidence === null ? null : Math.fround(confidence)
  return JSON.stringify([Math.floor(at), kind, method, ...place, vehicle, sure, cells[13]])
}

/** Makes the months' partitions before the transaction: making one waits for everyone who uses the table. */
export async function ensureMonths(
  engine: Engine,
  communityId: string,
  batches: readonly { length: number; at_us: Float64Array }[],
): Promise<void> {
  let made = knownMonths.get(engine)
  if (!made) knownMonths.set(engine, (made = new Set()))
  const first = Date.now() - MONTHS_OF_THEIR_OWN * MONTH_MS
  const missing = new Set<string>()
  let [from, to] = [0, 0]
  for (const { length, at_us } of batches)
    for (let i = 0; i < length; i++) {
      const at = at_us[i]! / 1000
      // Most rows lie in the month of the row before.
      if (at < first || (at >= from && at < to)) continue
      const day = new Date(at)
      from = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1)
      to = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1)
      const month = day.toISOString().slice(0, 7)
      if (!made.has(month)) missing.add(month)
    }
  for (const month of missing) {
    await asCommunities(engine.db, [communityId], (trx) =>
      sql`select ensure_observation_month(${`${month}-01`}::date)`.execute(trx),
    )
    made.add(month)
  }
}
