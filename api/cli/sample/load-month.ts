import { type RawBuilder, sql, type Transaction } from 'kysely'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { DEMO_INSPECTOR_ID } from '../../features/accounts/demo.ts'
import { createDefaultKinds } from '../../features/case-kinds/default-kinds.ts'
import { calendarOf } from '../../features/cases/clock.ts'
import { type KeepPhotos, keepDrawings } from './load-photos.ts'
import { type LedgerFeature, makeMonth, type Setting } from './month.ts'
import type { Street } from './patrols.ts'
import type { Around } from './subjects.ts'

type Trx = Transaction<Database>

/** A street or a place further away than this is not what an event is about; as when a report comes in. */
const STREET_M = 30
const PLACE_M = 15

/** Column types; a name that is not here is text. */
const TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    uuid: 'id case_id step_id kind_id subject_id merchant_id grid_id segment_id place_id original_id lead_unit_id reported_by actor_id unit_id dispatch_id dispatched_by patrol_id account_id done_by',
    int4: 'year serial version satisfaction bytes width height',
    float8: 'accuracy_m lon lat distance_m share',
    bool: 'is_lead is_on_time',
    jsonb: 'data',
    date: 'due_on',
    timestamptz:
      'found_at received_at filed_at dispatched_at due_at hold_since notice_until handled_at closed_at updated_at at claimed_at arrive_by handle_by recalled_at accepted_at arrived_at hand_over_at signed_off_at done_at created_at taken_at last_seen_at started_at ended_at',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type])),
)

const CASE =
  'id year serial kind_id source step status severity description outcome subject_id accuracy_m grid_id segment_id side place_kind place_id found_at received_at reported_by original_id lead_unit_id filed_at dispatched_at due_at due_what hold_since notice_until handled_at closed_at is_on_time satisfaction version updated_at content_hash'

const TABLES = {
  subject: 'id kind plate_hash plate_mask merchant_id created_at last_seen_at',
  case_step:
    'id case_id action from_step to_step from_status to_status actor_id actor_role unit_id at claimed_at reason note data content_hash',
  dispatch: 'id case_id arrive_by handle_by message dispatched_by dispatched_at recalled_at',
  dispatch_unit:
    'dispatch_id unit_id case_id is_lead accepted_at arrived_at hand_over_at hand_over_why result signed_off_at recalled_at link_hash',
  revisit: 'id case_id due_on done_at done_by result note',
  media:
    'id case_id step_id role storage_key content_type bytes width height sha256 taken_at created_at',
  patrol: 'id grid_id frequency account_id started_at ended_at received_at distance_m content_hash',
  pass: 'id patrol_id segment_id side grid_id account_id at received_at result method share content_hash',
} as const

/**
 * Loads the sample's kinds of cases, its ledger as cases with their histories, and a month of patrols, as of `now`:
 * whoever opens the sample finds a community at work today, not one of last autumn. Without storage it has no photos.
 */
export async function loadMonth(
  trx: Trx,
  community: { id: string; time_zone: string },
  events: readonly LedgerFeature[],
  now: Date,
  keepPhotos?: KeepPhotos,
): Promise<void> {
  await createDefaultKinds(trx, community.id)
  const month = makeMonth(await readSetting(trx, community, events, now.getTime()))
  await insertRows(trx, community.id, 'subject', month.subjects)
  // What a case repeats must be there first.
  const originals = month.cases.filter((row) => !row['original_id'])
  const repeats = month.cases.filter((row) => row['original_id'])
  for (const cases of [originals, repeats]) await insertCases(trx, community.id, cases)
  await insertRows(trx, community.id, 'case_step', month.steps)
  await insertRows(trx, community.id, 'dispatch', month.dispatches)
  await insertRows(trx, community.id, 'dispatch_unit', month.orders)
  await insertRows(trx, community.id, 'revisit', month.revisits)
  if (keepPhotos)
    await insertRows(trx, community.id, 'media', await keepDrawings(month.photos, keepPhotos))
  for (const { year, last } of month.numbers)
    await trx.insertInto('case_number').values({ community_id: community.id, year, last }).execute()
  const patrols = month.patrols.map(({ started_at, ended_at, ...patrol }) => ({
    ...patrol,
    started_at: new Date(started_at),
    ended_at: ended_at === null ? null : new Date(ended_at),
    received_at: new Date(started_at),
    distance_m: ended_at === null ? null : patrol.distance_m,
    content_hash: '',
  }))
  await insertRows(trx, community.id, 'patrol', patrols)
  const passes = month.passes.map(({ at, ...pass }) => ({
    ...pass,
    at: new Date(at),
    received_at: new Date(at),
    method: 'track',
    content_hash: '',
  }))
  await insertRows(trx, community.id, 'pass', passes)
  await insertPlans(trx, community, now)
  for (const layer of ['case_kinds', 'cases', 'passes']) await bumpVersion(trx, community.id, layer)
}

/** All that a month is made from, as it lies in the database. */
export async function readSetting(
  trx: Trx,
  community: { id: string; time_zone: string },
  events: readonly LedgerFeature[],
  now: number,
): Promise<Setting> {
  const kinds = await trx
    .selectFrom('case_kind')
    .selectAll()
    .where('community_id', '=', community.id)
    .execute()
  const units = await trx
    .selectFrom('partner_unit')
    .select(['id', 'external_id'])
    .where('community_id', '=', community.id)
    .execute()
  const grids = await trx
    .selectFrom('grid')
    .select('id')
    .where('community_id', '=', community.id)
    .orderBy('external_id')
    .execute()
  return {
    community_id: community.id,
    time_zone: community.time_zone,
    now,
    events,
    calendar: await calendarOf(trx, community.id),
    kinds: new Map(kinds.map((kind) => [kind.code, kind])),
    units: new Map(units.map((unit) => [unit.external_id ?? unit.id, unit.id])),
    grid_ids: grids.map(({ id }) => id),
    streets: await readStreets(trx, community.id),
    around: await readAround(trx, community.id, events),
    inspector_id: DEMO_INSPECTOR_ID,
  }
}

/** Streets with the grid that holds their middle, or is nearest to it: some run along the community's edge. */
async function readStreets(trx: Trx, communityId: string): Promise<Street[]> {
  const { rows } = await sql<Street>`
    select s.id as segment_id, s.class, ST_Length(s.geom::geography) as length_m,
      (select g.id from grid as g where g.community_id = s.community_id and g.valid_to is null
        order by ST_Distance(g.geom, ST_LineInterpolatePoint(ST_GeometryN(ST_Multi(s.geom), 1), 0.5)), g.id limit 1) as grid_id
    from street_segment as s where s.community_id = ${communityId} and s.valid_to is null order by s.external_id`.execute(
    trx,
  )
  return rows
}

/** The street side and the place next to each event, in one statement. */
async function readAround(
  trx: Trx,
  communityId: string,
  events: readonly LedgerFeature[],
): Promise<Map<string, Around>> {
  const points = events.map(({ id, geometry: { coordinates } }) => ({
    id,
    lon: coordinates[0],
    lat: coordinates[1],
  }))
  const box = (metres: number) =>
    sql`ST_Expand(e.geom, ${metres / 111_000}::float8 / cos(radians(ST_Y(e.geom))), ${metres / 110_500}::float8)`
  const places = sql.join(
    (['bay', 'frontage', 'lot', 'vendor_zone'] as const).map(
      (kind, rank) => sql`
        select ${kind}::text as kind, t.id, ${kind === 'frontage' ? sql`t.merchant_id` : sql`null::uuid`} as merchant_id,
          ${rank}::int as rank, ST_Distance(t.geom::geography, e.geom::geography) as metres
        from ${sql.table(kind)} as t where t.community_id = ${communityId} and t.geom && ${box(PLACE_M)}`,
    ),
    sql` union all `,
  )
  const { rows } = await sql<Around & { id: string }>`
    with e as materialized (
      select r.id, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326) as geom
      from jsonb_to_recordset(${JSON.stringify(points)}::jsonb) as r (id uuid, lon float8, lat float8))
    select e.id, street.segment_id, street.side, place.kind as place_kind, place.id as place_id, place.merchant_id
    from e
    left join lateral (
      select s.segment_id, s.side from street_side as s
      where s.community_id = ${communityId} and s.kerb_line && ${box(STREET_M)}
      order by ST_Distance(s.kerb_line::geography, e.geom::geography), s.id limit 1) as street on true
    left join lateral (
      select * from (${places}) as near where metres <= ${PLACE_M} order by metres, rank, id limit 1) as place on true`.execute(
    trx,
  )
  return new Map(rows.map(({ id, ...around }) => [id, around]))
}

async function insertCases(
  trx: Trx,
  communityId: string,
  cases: readonly Record<string, unknown>[],
): Promise<void> {
  const rows = cases.map(({ geom, ...row }) => {
    const [lon, lat] = geom as [number, number]
    return { ...row, lon, lat, content_hash: '' }
  })
  const columns = CASE.split(' ').map((name) => sql.ref(name))
  await insertFrom(
    trx,
    rows,
    `${CASE} lon lat`,
    (from) => sql`
      insert into case_file (community_id, geom, ${sql.join(columns)})
      select ${communityId}, ST_SetSRID(ST_MakePoint(lon, lat), 4326), ${sql.join(columns)} from ${from}`,
  )
}

async function insertRows(
  trx: Trx,
  communityId: string,
  table: keyof typeof TABLES,
  rows: readonly object[],
): Promise<void> {
  const columns = TABLES[table].split(' ').map((name) => sql.ref(name))
  await insertFrom(
    trx,
    rows,
    TABLES[table],
    (from) => sql`
      insert into ${sql.table(table)} (community_id, ${sql.join(columns)})
      select ${communityId}, ${sql.join(columns)} from ${from}`,
  )
}

/** Hands rows to a statement as a table, on either engine in one message. */
async function insertFrom(
  trx: Trx,
  rows: readonly object[],
  names: string,
  statement: (from: RawBuilder<unknown>) => RawBuilder<unknown>,
): Promise<void> {
  if (rows.length === 0) return
  const columns = names.split(' ').map((name) => `"${name}" ${TYPES[name] ?? 'text'}`)
  await statement(
    sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${sql.raw(columns.join(', '))})`,
  ).execute(trx)
}

/** Every side once a day and once more a week, in all grids, since two months. */
async function insertPlans(
  trx: Trx,
  community: { id: string; time_zone: string },
  now: Date,
): Promise<void> {
  await sql`
    insert into patrol_plan (community_id, id, grid_id, frequency, passes, first_date)
    select community_id, md5('plan ' || f.frequency || id)::uuid, id, f.frequency, 1,
      ((${now}::timestamptz at time zone ${community.time_zone})::date - 60)
    from grid, (values ('daily'), ('weekly')) as f (frequency)
    where community_id = ${community.id} and valid_to is null`.execute(trx)
}
