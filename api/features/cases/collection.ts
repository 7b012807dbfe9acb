import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { numberText } from '../../domain/case-number.ts'
import { parseBbox } from '../../http/bbox.ts'
import { packCursor, unpackCursor } from '../../http/cursor.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CASES_TITLE, type CaseFeature, type CaseItemsQuery } from './collection-contract.ts'

const MOST = 1_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

type Row = Omit<CaseFeature['properties'], 'number' | 'found_at' | 'closed_at'> & {
  id: string
  year: number
  serial: number
  found_at: Date
  closed_at: Date | null
  lon: number
  lat: number
}

/**
 * Cases of public kinds as features, by id; what a number shows to anybody, and nothing more: no words, nobody's name, no
 * subject, no photo. `next` is the cursor of the page after this, null at the end.
 */
export async function casePage(
  trx: Transaction<Database>,
  communityId: string,
  query: CaseItemsQuery,
): Promise<{ features: CaseFeature[]; next: string | null }> {
  const limit = Math.min(query.limit ?? 100, MOST)
  const conditions: RawBuilder<unknown>[] = [sql`true`]
  if (query.bbox !== undefined) {
    const [west, south, east, north] = parseBbox(query.bbox)
    conditions.push(
      sql`ST_X(c.geom) between ${west} and ${east} and ST_Y(c.geom) between ${south} and ${north}`,
    )
  }
  if (query.datetime !== undefined) {
    const [from, to] = intervalOf(query.datetime)
    if (from !== null) conditions.push(sql`c.found_at >= ${from}::timestamptz`)
    if (to !== null) conditions.push(sql`c.found_at <= ${to}::timestamptz`)
  }
  if (query.status !== undefined) conditions.push(sql`c.status = ${query.status}`)
  if (query.step !== undefined) conditions.push(sql`c.step = ${query.step}`)
  if (query.cursor !== undefined)
    conditions.push(sql`c.id > ${unpackCursor(query.cursor, 1, UUID)[0]}::uuid`)
  const rows = await read(trx, communityId, sql.join(conditions, sql` and `), limit + 1)
  const page = rows.slice(0, limit)
  return {
    features: page.map(featureOf),
    next: rows.length > limit ? packCursor([page.at(-1)!.id]) : null,
  }
}

/** One of them; undefined also for a case of a kind that is not public. */
export async function findCaseFeature(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<CaseFeature | undefined> {
  const [row] = await read(trx, communityId, sql`c.id = ${id}::uuid`, 1)
  return row && featureOf(row)
}

/** How the collection is named in lists, and the box of what is in it (degrees), null where nothing is. */
export const casesCollection = {
  ...CASES_TITLE,
  extentOf: async (trx: Transaction<Database>, communityId: string) => {
    const { rows } = await sql<{ bbox: [number, number, number, number] | null }>`
      select case when e is null then null else array[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)] end as bbox
      from (select ST_Extent(c.geom) as e from case_file as c join case_kind as k
        on k.community_id = c.community_id and k.id = c.kind_id and k.is_public
        where c.community_id = ${communityId}) as x`.execute(trx)
    return rows[0]!.bbox
  },
}

async function read(
  trx: Transaction<Database>,
  communityId: string,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.id, c.year, c.serial, k.code as kind, k.name_zh as kind_zh, k.name_en as kind_en, c.step, c.status,
      c.found_at, c.closed_at, c.grid_id, c.segment_id, c.side, c.satisfaction, c.version,
      (c.status = 'open' and c.due_at is not null and c.due_at < now()) as is_overdue,
      ST_X(c.geom) as lon, ST_Y(c.geom) as lat
    from case_file as c join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id and k.is_public
    where c.community_id = ${communityId} and ${condition} order by c.id limit ${limit}`.execute(
    trx,
  )
  return rows
}

function featureOf({ id, year, serial, lon, lat, ...row }: Row): CaseFeature {
  return {
    type: 'Feature',
    id,
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: {
      ...row,
      number: numberText({ year, serial }),
      found_at: row.found_at.toISOString(),
      closed_at: row.closed_at?.toISOString() ?? null,
    },
  }
}

/** An instant, or `from/to` with `..` for an open end, as OGC API Features has it. */
function intervalOf(text: string): [from: string | null, to: string | null] {
  const ends = text.split('/')
  const [from = '', to = from] = ends
  const isKnown = (end: string) =>
    end === '..' || end === '' || (/^\d{4}-\d\d-\d\dT/.test(end) && !Number.isNaN(Date.parse(end)))
  if (ends.length > 2 || !isKnown(from) || !isKnown(to) || text.length < 3)
    throw new ApiProblem('request/invalid-parameter', 'datetime takes an instant or from/to', [
      {
        path: 'datetime',
        message: 'for example 2026-09-01T00:00:00Z/.. or 2026-09-01T00:00:00+08:00',
      },
    ])
  const end = (at: string) => (at === '..' || at === '' ? null : new Date(at).toISOString())
  return [end(from), end(to)]
}
