import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Static } from 'typebox'
import type { Database } from '../../db/tables.ts'
import { parseBbox } from '../../http/bbox.ts'
import { packCursor, unpackCursor } from '../../http/cursor.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { CaseCounts, CaseList, CaseQuery } from './contract.ts'
import { parseNumber } from '../../domain/case-number.ts'
import { rowOf, selectCases, type StoredCase } from './store.ts'
import { mineOf, type Viewer, visibleTo } from './visibility.ts'

const MOST = 200
const CURSOR_PART = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|infinity|[0-9a-f-]{36})$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const OVERDUE = sql<boolean>`(c.status = 'open' and c.due_at is not null and c.due_at < now())`

/** Words that more cases say than this are looked for case by case: a page of them is soon full. */
const MOST_SAYING = 2_000
const DUE = sql`coalesce(c.due_at, 'infinity')`

/** In which order a list goes, and what a cursor remembers of its last row beside the id. */
const ORDERS = {
  newest: {
    tail: sql`order by c.found_at desc, c.id desc`,
    after: (at: string, id: string) => sql`(c.found_at, c.id) < (${at}::timestamptz, ${id}::uuid)`,
    keyOf: (last: StoredCase) => last.found_at.toISOString(),
  },
  /** What falls due next first; what has no due time at the end. */
  due: {
    tail: sql`order by ${DUE}, c.id`,
    after: (at: string, id: string) => sql`(${DUE}, c.id) > (${at}::timestamptz, ${id}::uuid)`,
    keyOf: (last: StoredCase) => last.due_at?.toISOString() ?? 'infinity',
  },
}

/** A page of the cases that the viewer may see, newest finding first where no other order is asked for. */
export async function listCases(
  trx: Transaction<Database>,
  communityId: string,
  viewer: Viewer,
  query: CaseQuery,
): Promise<Static<typeof CaseList>> {
  const limit = Math.min(query.limit ?? 50, MOST)
  const order = ORDERS[query.sort ?? 'newest']
  const conditions = [await conditionOf(trx, viewer, query)]
  if (query.cursor !== undefined) {
    const [at, id] = unpackCursor(query.cursor, 2, CURSOR_PART) as [string, string]
    if (!UUID.test(id) || (at !== 'infinity' && Number.isNaN(Date.parse(at))))
      throw new ApiProblem('request/invalid-parameter', 'the cursor is not one of ours', [
        { path: 'cursor', message: 'take it unchanged from next_cursor' },
      ])
    conditions.push(order.after(at, id))
  }
  const found = await selectCases(
    trx,
    communityId,
    sql.join(conditions, sql` and `),
    sql`${order.tail} limit ${limit + 1}`,
  )
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    cases: page.map((stored) => rowOf(stored, viewer)),
    next_cursor: found.length > limit && last ? packCursor([order.keyOf(last), last.id]) : null,
  }
}

/** How many of them stand where, under the same filters. */
export async function countCases(
  trx: Transaction<Database>,
  communityId: string,
  viewer: Viewer,
  query: CaseQuery,
): Promise<Static<typeof CaseCounts>> {
  const { rows } = await sql<{
    step: CaseCountsRow['step']
    status: CaseCountsRow['status']
    lead_unit_id: string | null
    grid_id: string | null
    count: number
    overdue: number
  }>`
    select c.step, c.status, c.lead_unit_id, c.grid_id, count(*)::int as count,
      (count(*) filter (where ${OVERDUE}))::int as overdue
    from case_file as c where c.community_id = ${communityId} and ${await conditionOf(trx, viewer, query)}
    group by c.step, c.status, c.lead_unit_id, c.grid_id`.execute(trx)
  const steps = new Map<string, CaseCountsRow>()
  const units = new Map<string | null, Share>()
  const grids = new Map<string | null, Share>()
  const sum = { total: 0, open: 0, overdue: 0 }
  for (const row of rows) {
    const open = row.status === 'open' || row.status === 'on_hold' ? row.count : 0
    sum.total += row.count
    sum.open += open
    sum.overdue += row.overdue
    const key = `${row.step} ${row.status}`
    const known = steps.get(key) ?? { step: row.step, status: row.status, count: 0, overdue: 0 }
    steps.set(key, {
      ...known,
      count: known.count + row.count,
      overdue: known.overdue + row.overdue,
    })
    add(units, row.lead_unit_id, open, row.overdue)
    add(grids, row.grid_id, open, row.overdue)
  }
  return {
    ...sum,
    by_step: [...steps.values()],
    by_unit: [...units].map(([unit_id, share]) => ({ unit_id, ...share })),
    by_grid: [...grids].map(([grid_id, share]) => ({ grid_id, ...share })),
  }
}

type CaseCountsRow = Static<typeof CaseCounts>['by_step'][number]

interface Share {
  open: number
  overdue: number
}

function add(shares: Map<string | null, Share>, key: string | null, open: number, overdue: number) {
  const share = shares.get(key) ?? { open: 0, overdue: 0 }
  shares.set(key, { open: share.open + open, overdue: share.overdue + overdue })
}

/** What a query asks for, as one condition over `c`, within what the viewer may see. */
async function conditionOf(
  trx: Transaction<Database>,
  viewer: Viewer,
  query: CaseQuery,
): Promise<RawBuilder<unknown>> {
  const conditions: RawBuilder<unknown>[] = [query.mine ? mineOf(viewer) : visibleTo(viewer)]
  const equal = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(sql`${sql.ref(`c.${column}`)} = ${value}`)
  }
  equal('step', query.step)
  equal('status', query.status)
  equal('source', query.source)
  equal('grid_id', query.grid_id)
  equal('subject_id', query.subject_id)
  if (query.kind_id !== undefined)
    // A heading stands for all kinds under it.
    conditions.push(sql`c.kind_id = any(array(select k.id from case_kind as k
      where k.community_id = ${viewer.community_id} and (k.id = ${query.kind_id} or k.parent_id = ${query.kind_id})))`)
  if (query.unit_id !== undefined)
    conditions.push(sql`(c.lead_unit_id = ${query.unit_id} or c.id in (select du.case_id from dispatch_unit as du
      where du.community_id = ${viewer.community_id} and du.unit_id = ${query.unit_id}))`)
  if (query.hazard !== undefined)
    conditions.push(sql`c.kind_id = any(array(select k.id from case_kind as k
      where k.community_id = ${viewer.community_id} and k.is_hazard = ${query.hazard}))`)
  if (query.open !== undefined)
    conditions.push(
      query.open ? sql`c.status in ('open', 'on_hold')` : sql`c.status not in ('open', 'on_hold')`,
    )
  if (query.overdue !== undefined) conditions.push(query.overdue ? OVERDUE : sql`not ${OVERDUE}`)
  if (query.from !== undefined) conditions.push(sql`c.found_at >= ${query.from}::timestamptz`)
  if (query.to !== undefined) conditions.push(sql`c.found_at < ${query.to}::timestamptz`)
  if (query.bbox !== undefined) {
    const [west, south, east, north] = parseBbox(query.bbox)
    conditions.push(sql`c.geom && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326)`)
  }
  const number = parseNumber(query.number ?? query.q ?? '')
  if (query.number !== undefined || number)
    conditions.push(
      number ? sql`(c.year = ${number.year} and c.serial = ${number.serial})` : sql`false`,
    )
  else if (query.q !== undefined) {
    conditions.push(await saying(trx, viewer.community_id, query.q))
    // A shop reads only its own words: what others wrote of it cannot be guessed by asking either.
    if (viewer.role === 'merchant') conditions.push(sql`c.reported_by = ${viewer.account_id}::uuid`)
  }
  return sql.join(conditions, sql` and `)
}

/** Whose description holds the words, in small or capital letters: by index where they are rare. */
async function saying(
  trx: Transaction<Database>,
  communityId: string,
  words: string,
): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ ids: string[] | null }>`
    select array_agg(id) as ids from cases_that_say(${communityId}, ${words}, ${MOST_SAYING + 1}) as id`.execute(
    trx,
  )
  const ids = rows[0]!.ids ?? []
  // Not by `ilike`: of it the planner expects few, and would sort all before it cuts the page.
  return ids.length > MOST_SAYING
    ? sql`strpos(lower(c.description), lower(${words})) > 0`
    : sql`c.id = any(${ids}::uuid[])`
}
