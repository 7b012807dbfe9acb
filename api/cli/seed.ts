import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { asCommunityInBulk, type BulkTransaction } from '../db/bulk.ts'
import type { BulkColumns, BulkValue } from '../db/bulk-rows.ts'
import { bumpVersion } from '../db/change-feed.ts'
import type { Engine } from '../db/connect.ts'
import { fromGeoJson } from '../db/geo-sql.ts'
import type { Database } from '../db/tables.ts'
import { COLLECTIONS, type CollectionId } from '../features/inventory/contract.ts'
import { analyzeTables } from '../files/import-run.ts'
import { loadMonth } from './sample/load-month.ts'
import type { KeepPhotos } from './sample/load-photos.ts'
import type { LedgerFeature } from './sample/month.ts'

const FOLDER = new URL('../../geodata/tongjian/', import.meta.url)
const SOURCE = 'Synthetic sample, geodata/tongjian (CC0-1.0)'
/** The sample is in force since its agreements began, so that its survey week can be asked for. */
const VALID_FROM = '2026-05-01T00:00:00+08:00'

type Row = Record<string, unknown>

interface SampleFeature {
  id: string
  geometry: { type: string; coordinates: unknown }
  properties: Row & { external_id: string }
}

/** Column types by name; a name that is not here is text. */
const TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    uuid: 'id grid_id segment_id merchant_id building_id lot_id unit_id place_id survey_id',
    int4: 'full_time_workers part_time_workers residents resident_vehicles floors households rows capacity charging stalls spaces_shared counted illegal_count',
    int8: 'changed_version',
    float8:
      'carriageway_width_m unit_length_m unit_width_m footway_width_m furnishing_width_m slope_percent',
    bool: 'oneway dead_end covered letter_signed tactile_paving is_synthetic',
    jsonb: 'windows restrictions',
    date: 'first_date last_date',
    timestamptz: 'valid_from found_at closed_at started_at ended_at observed_at',
    geometry: 'geom kerb_line',
    'text[]': 'vehicle_classes',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type])),
)

/** Each collection's own columns. */
const INVENTORY: Readonly<Record<CollectionId, string>> = {
  grids: 'grid_code full_time_workers part_time_workers residents resident_vehicles',
  buildings: 'grid_id floors households residents resident_vehicles',
  street_segments: 'class carriageway_width_m oneway dead_end',
  curb_objects: 'kind owner_unit maintainer condition',
  bays: 'vehicle_classes layout rows unit_length_m unit_width_m capacity charging covered status segment_id side windows restrictions',
  vendor_zones: 'status stalls category duties windows first_date last_date',
  lots: 'kind owner_unit capacity windows fee charging covered',
  frontages: 'merchant_id category letter_signed',
  closures: 'kind reason windows first_date last_date',
}

const PLAIN = {
  merchant: 'external_id name_zh category building_id grid_id geom',
  partner_unit: 'external_id name_zh name_en',
  sharing_agreement:
    'external_id lot_id unit_id spaces_shared windows audience first_date last_date status',
  ledger_event: 'external_id kind grid_id patrol status found_at closed_at unit_id geom',
  street_side:
    'segment_id side footway_width_m furnishing_width_m tactile_paving slope_percent kerb_line',
  survey: 'name method started_at ended_at is_synthetic',
  observation:
    'observed_at kind method place_kind place_id counted illegal_count vehicle_class survey_id',
} as const satisfies Partial<Record<keyof Database, string>>

/**
 * Loads the synthetic community from the files in geodata/tongjian, in one transaction; where its slug is there
 * already, changes nothing. `onProgress` counts the steps, the last of them when all is committed.
 */
export async function seedSample(
  engine: Engine,
  options: {
    onProgress?: (done: number, total: number, what: string) => void
    /** The instant at which the sample's cases and patrols stand; now where nothing is said. */
    now?: Date
    /** Where its photos go; without it none are loaded. */
    keepPhotos?: KeepPhotos
  } = {},
): Promise<{ community_id: string; slug: string }> {
  const [community] = await readFeatures('community')
  const slug = String(community!.properties['slug'])
  const known = await findCommunity(engine.db, slug)
  if (known) return { community_id: known.id, slug }

  const steps = loadingSteps(String(community!.properties['time_zone']), options)
  const community_id = community!.id
  const isLoaded = await asCommunityInBulk(engine, community_id, async (bulk) => {
    // Two instances may start on the same empty database: the second waits, then finds the first one's work.
    await sql`select pg_advisory_xact_lock(hashtext(${`seed ${slug}`}))`.execute(bulk.trx)
    if (await findCommunity(bulk.trx, slug)) return false
    await insertCommunity(bulk, community!)
    for (const [index, step] of steps.entries()) {
      options.onProgress?.(index, steps.length, step.what)
      await step.load(bulk, community_id)
    }
    return true
  })
  if (!isLoaded) return seedSample(engine, options)
  await analyzeTables(engine)
  options.onProgress?.(steps.length, steps.length, 'done')
  return { community_id, slug }
}

const findCommunity = (db: Engine['db'], slug: string) =>
  db.selectFrom('community').select('id').where('slug', '=', slug).executeTakeFirst()

interface Step {
  what: string
  load: (bulk: BulkTransaction, communityId: string) => Promise<void>
}

/** In an order that the foreign keys allow. */
function loadingSteps(
  time_zone: string,
  { now = new Date(), keepPhotos }: { now?: Date; keepPhotos?: KeepPhotos },
): Step[] {
  const ofCollections = (Object.keys(INVENTORY) as CollectionId[]).map((collection) => ({
    what: collection,
    load: (bulk: BulkTransaction, communityId: string) =>
      loadCollection(bulk, communityId, collection),
  }))
  return [
    { what: 'partner_units', load: (bulk) => loadRecords(bulk, 'partner_unit', 'partner_units') },
    ...ofCollections,
    {
      what: 'merchants',
      load: async (bulk) =>
        insertRows(bulk, 'merchant', (await readFeatures('merchants')).map(flat)),
    },
    {
      what: 'sharing_agreements',
      load: (bulk) => loadRecords(bulk, 'sharing_agreement', 'sharing_agreements'),
    },
    {
      what: 'ledger_events',
      load: async (bulk) =>
        insertRows(bulk, 'ledger_event', (await readFeatures('ledger_events')).map(flat)),
    },
    { what: 'survey', load: loadSurvey },
    {
      what: 'cases and patrols',
      load: async ({ trx }, id) =>
        loadMonth(
          trx,
          { id, time_zone },
          (await readFeatures('ledger_events')) as unknown as LedgerFeature[],
          now,
          keepPhotos,
        ),
    },
  ]
}

async function insertCommunity({ trx }: BulkTransaction, community: SampleFeature): Promise<void> {
  const columns = Object.fromEntries(
    Object.entries(community.properties).filter(([name]) => name !== 'external_id'),
  ) as { slug: string; time_zone: string; name_zh: string }
  // The application role may only read communities; the owner writes this one, in the same transaction.
  await sql`set local role none`.execute(trx)
  await trx
    .insertInto('community')
    .values({
      ...columns,
      id: community.id,
      geom: sql`ST_Multi(${fromGeoJson(community.geometry)})`,
    })
    .execute()
  await sql`set local role jiexu_app`.execute(trx)
}

async function loadCollection(
  bulk: BulkTransaction,
  communityId: string,
  collection: CollectionId,
): Promise<void> {
  const features = await readFeatures(collection)
  const changed_version = await bumpVersion(bulk.trx, communityId, collection)
  const columns = columnsOf(
    `id external_id source name_zh name_en ${INVENTORY[collection]} geom changed_version valid_from`,
  )
  const rows = features.map((feature) => ({
    ...flat(feature),
    source: SOURCE,
    changed_version,
    valid_from: VALID_FROM,
  }))
  await bulk.insert(COLLECTIONS[collection].table, columns, inOrder(columns, rows))
  if (collection === 'street_segments') await loadSides(bulk, features)
}

async function loadSides(bulk: BulkTransaction, segments: SampleFeature[]): Promise<void> {
  const sides = segments.flatMap((segment) =>
    (segment.properties['sides'] as Row[]).map((side) => ({
      ...side,
      segment_id: segment.id,
      kerb_line: asEwkt(side['kerb_line'] as SampleFeature['geometry']),
    })),
  )
  await insertRows(bulk, 'street_side', sides)
}

async function loadSurvey(bulk: BulkTransaction): Promise<void> {
  const [survey] = await readRecords('survey')
  await insertRows(bulk, 'survey', [survey!])
  const counts = parse<Record<string, string>>(await readText('survey_counts.csv'), {
    columns: true,
  })
  const months = new Set(counts.map((count) => `${count['observed_at']!.slice(0, 7)}-01`))
  for (const month of months)
    await sql`select ensure_observation_month(${month}::date)`.execute(bulk.trx)
  await insertRows(
    bulk,
    'observation',
    counts.map((count) => ({
      ...count,
      kind: 'count',
      method: survey!['method'],
      survey_id: survey!['id'],
      vehicle_class: count['vehicle_class'] === '' ? null : count['vehicle_class'],
    })),
  )
}

const loadRecords = async (bulk: BulkTransaction, table: keyof typeof PLAIN, file: string) =>
  insertRows(bulk, table, await readRecords(file))

function insertRows(bulk: BulkTransaction, table: keyof typeof PLAIN, rows: Row[]): Promise<void> {
  const columns = columnsOf(`id ${PLAIN[table]}`)
  return bulk.insert(table, columns, inOrder(columns, rows))
}

const columnsOf = (names: string): BulkColumns =>
  Object.fromEntries(names.split(' ').map((name) => [name, TYPES[name] ?? 'text']))

/** Values in the order of the columns; what is bound for jsonb goes as text, because arrays would go as arrays. */
const inOrder = (columns: BulkColumns, rows: Row[]): BulkValue[][] =>
  rows.map((row) =>
    Object.entries(columns).map(([column, type]) => {
      const value = (row[column] ?? null) as BulkValue
      return type === 'jsonb' && value !== null ? JSON.stringify(value) : value
    }),
  )

const flat = ({ id, geometry, properties }: SampleFeature): Row => ({
  id,
  ...properties,
  geom: asEwkt(geometry),
})

/** Only the shapes that the sample has: points, lines and polygons without holes or parts. */
function asEwkt({ type, coordinates }: SampleFeature['geometry']): string {
  const list = (positions: unknown) =>
    (positions as [number, number][]).map(([lon, lat]) => `${lon} ${lat}`).join(',')
  const inside =
    type === 'Point'
      ? list([coordinates])
      : type === 'LineString'
        ? list(coordinates)
        : `(${list((coordinates as unknown[])[0])})`
  return `SRID=4326;${type.toUpperCase()}(${inside})`
}

const readText = (name: string) => readFile(new URL(name, FOLDER), 'utf8')

const readFeatures = async (name: string) =>
  (JSON.parse(await readText(`${name}.geojson`)) as { features: SampleFeature[] }).features

const readRecords = async (name: string) =>
  (JSON.parse(await readText(`${name}.json`)) as { records: Row[] }).records
