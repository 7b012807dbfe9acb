import { type Kysely, type SqlBool, sql, type Transaction } from 'kysely'
import type { TrackPoint } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'
import type { NewPass, PatrolDetails, PatrolView } from './contract.ts'

export interface StoredPatrol {
  id: string
  grid_id: string | null
  frequency: 'daily' | 'weekly' | 'monthly'
  account_id: string | null
  started_at: Date
  ended_at: Date | null
  distance_m: number | null
  flags: string[]
  content_hash: string
  version: number
  passes: number
  cases: number
}

const COLUMNS = sql`
  p.id, p.grid_id, p.frequency, p.account_id, p.started_at, p.ended_at, p.distance_m, p.flags, p.content_hash, p.version,
  (select count(*)::int from pass as w where w.community_id = p.community_id and w.patrol_id = p.id) as passes,
  (select count(*)::int from case_file as c where c.community_id = p.community_id and c.reported_by = p.account_id
    and c.source = 'patrol' and c.found_at >= p.started_at and c.found_at <= coalesce(p.ended_at, now())) as cases`

/** Patrols that fit `condition` over `p`, newest first. */
export async function selectPatrols(
  trx: Transaction<Database>,
  communityId: string,
  condition: ReturnType<typeof sql<SqlBool>>,
  limit: number,
): Promise<StoredPatrol[]> {
  const { rows } = await sql<StoredPatrol>`
    select ${COLUMNS} from patrol as p where p.community_id = ${communityId} and ${condition}
    order by p.started_at desc, p.id desc limit ${limit}`.execute(trx)
  return rows
}

/** The patrol, locked until the transaction ends. */
export async function lockPatrol(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<StoredPatrol | undefined> {
  // In a statement of its own: who had to wait for the lock would count passes as they were before it.
  await sql`select from patrol as p where p.community_id = ${communityId} and p.id = ${id} for no key update`.execute(
    trx,
  )
  return (await selectPatrols(trx, communityId, sql<SqlBool>`p.id = ${id}`, 1))[0]
}

/** A patrol as `reader` sees it: the own name, and those of others that are in `names`. */
export const viewOf = (
  patrol: StoredPatrol,
  reader: { account_id: string; display_name: string },
  names?: ReadonlyMap<string, string>,
): PatrolView => {
  const is_mine = patrol.account_id === reader.account_id
  return {
    id: patrol.id,
    grid_id: patrol.grid_id,
    frequency: patrol.frequency,
    is_mine,
    walker: is_mine ? reader.display_name : (names?.get(patrol.account_id ?? '') ?? null),
    started_at: patrol.started_at.toISOString(),
    ended_at: patrol.ended_at?.toISOString() ?? null,
    distance_m: patrol.distance_m,
    passes: patrol.passes,
    cases: patrol.cases,
    flags: patrol.flags,
    version: patrol.version,
  }
}

/** Display names of accounts. The application role may not read them: ask outside of a community's transaction. */
export async function namesOf(
  db: Kysely<Database>,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const known = [...new Set(ids)].filter((id) => id !== null)
  if (known.length === 0) return new Map()
  const rows = await db
    .selectFrom('account')
    .select(['id', 'display_name'])
    .where('id', 'in', known)
    .execute()
  return new Map(rows.map((row) => [row.id, row.display_name]))
}

/** The sides that a patrol walked, first one first, and its track as degrees lon lat; null where there is none. */
export async function readWalk(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<{ sides: PatrolDetails['sides']; track: [number, number][] | null }> {
  const passes = await trx
    .selectFrom('pass')
    .select(['segment_id', 'side', 'at', 'result', 'method', 'is_sure'])
    .where('community_id', '=', communityId)
    .where('patrol_id', '=', id)
    .orderBy('at')
    .orderBy('id')
    .execute()
  const { track } = await trx
    .selectFrom('patrol')
    .select('track')
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return {
    sides: passes.map(({ at, ...pass }) => ({ ...pass, at: at.toISOString() })),
    track: track && track.length > 1 ? track.map(([lon, lat]) => [lon, lat]) : null,
  }
}

/**
 * The grid to whose rounds a street `s` belongs: it holds the street's middle, or is nearest to it. Streets along a
 * community's edge lie a hair outside of all grids; one that is farther from them than a wide road is nobody's.
 */
const GRID_OF_STREET = sql`(select g.id from grid as g,
    (select ST_LineInterpolatePoint(ST_GeometryN(ST_Multi(s.geom), 1), 0.5) as geom) as middle
  where g.community_id = s.community_id and g.valid_to is null and ST_DWithin(g.geom::geography, middle.geom::geography, 30)
  order by ST_Distance(g.geom, middle.geom), g.id limit 1)`

/** A pass as it is stored; the grid is the one in which the middle of its street lies. */
export interface PassRow extends Required<Omit<NewPass, 'patrol_id'>> {
  patrol_id: string | null
  account_id: string | null
  flags: string[]
  content_hash: string
}

/** Stores passes; those whose id is known are left alone. Answers the ids that were new. */
export async function insertPasses(
  trx: Transaction<Database>,
  communityId: string,
  rows: readonly PassRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const { rows: stored } = await sql<{ id: string }>`
    insert into pass (community_id, id, patrol_id, segment_id, side, grid_id, account_id, at, result, method, share, is_sure, flags, content_hash)
    select ${communityId}, r.id, r.patrol_id, r.segment_id, r.side,
      (select ${GRID_OF_STREET} from street_segment as s where s.community_id = ${communityId} and s.id = r.segment_id),
      r.account_id, r.at, r.result, r.method, r.share, r.is_sure, r.flags, r.content_hash
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, patrol_id uuid, segment_id uuid, side text,
      account_id uuid, at timestamptz, result text, method text, share real, is_sure boolean, flags text[], content_hash text)
    on conflict (community_id, id) do nothing returning id`.execute(trx)
  return new Set(stored.map((row) => row.id))
}

/** Ids of passes that are known, each with what was sent for it and by whom. */
export async function knownPasses(
  trx: Transaction<Database>,
  communityId: string,
  ids: readonly string[],
): Promise<Map<string, { content_hash: string; account_id: string | null }>> {
  if (ids.length === 0) return new Map()
  const rows = await trx
    .selectFrom('pass')
    .select(['id', 'content_hash', 'account_id'])
    .where('community_id', '=', communityId)
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

export interface StreetLine {
  segment_id: string
  name_zh: string | null
  name_en: string | null
  grid_id: string | null
  centreline: [number, number][]
  sides: { side: 'left' | 'right'; line: [number, number][] | null }[]
}

/** The live streets with both sides, each with its kerb line where it has one. Degrees, lon lat. */
export async function readStreets(
  trx: Transaction<Database>,
  communityId: string,
): Promise<StreetLine[]> {
  const { rows } = await sql<StreetLine>`
    select s.id as segment_id, s.name_zh, s.name_en,
      ${GRID_OF_STREET} as grid_id,
      (ST_AsGeoJSON(ST_GeometryN(ST_Multi(s.geom), 1), 7)::json -> 'coordinates') as centreline,
      (select json_agg(json_build_object('side', w.side, 'line',
          (select ST_AsGeoJSON(d.kerb_line, 7)::json -> 'coordinates' from street_side as d
            where d.community_id = s.community_id and d.segment_id = s.id and d.side = w.side)))
        from (values ('left'), ('right')) as w (side)) as sides
    from street_segment as s where s.community_id = ${communityId} and s.valid_to is null order by s.id`.execute(
    trx,
  )
  return rows
}

/** Keeps the whole track so far, and the end where it is one. */
export async function updatePatrol(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  change: {
    ended_at?: string | undefined
    track?: readonly TrackPoint[] | undefined
    distance_m?: number
    flags?: string[]
  },
): Promise<void> {
  const { track, ...plain } = change
  await trx
    .updateTable('patrol')
    .set({
      ...plain,
      ...(track && { track: JSON.stringify(track) }),
      version: sql`version + 1`,
    } as never)
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .execute()
}
