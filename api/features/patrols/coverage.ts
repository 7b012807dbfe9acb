import { sql, type Transaction } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import { plannedTogether } from '../../domain/statistics/patrol-periods.ts'
import { ratePerPass } from '../../domain/statistics/rate.ts'
import type { Database } from '../../db/tables.ts'
import type { Coverage } from './contract.ts'
import { readStreets } from './store.ts'

interface SidePasses {
  segment_id: string
  side: 'left' | 'right'
  passes: number
  last_at: Date
}

/** Which sides were walked between two instants, by grid, against the plans in force; findings per pass beside. */
export async function readCoverage(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  query: { from: string; to: string; grid_id?: string | undefined },
): Promise<Coverage> {
  const [from, to] = [new Date(query.from), new Date(query.to)]
  const streets = (await readStreets(trx, community.id)).filter(
    (street) => query.grid_id === undefined || street.grid_id === query.grid_id,
  )
  const { rows: walked } = await sql<SidePasses>`
    select segment_id, side, count(*)::int as passes, max(at) as last_at from pass
    where community_id = ${community.id} and at >= ${from} and at < ${to} group by segment_id, side`.execute(
    trx,
  )
  // One step down the index of each side: a side that was left out for long is told apart from one that never was walked.
  const { rows: ever } = await sql<{ segment_id: string; side: string; at: Date }>`
    select s.id as segment_id, w.side, p.at
    from street_segment as s cross join (values ('left'), ('right')) as w (side)
      cross join lateral (select at from pass where community_id = s.community_id and segment_id = s.id
        and side = w.side and at < ${to} order by at desc limit 1) as p
    where s.community_id = ${community.id} and s.valid_to is null`.execute(trx)
  const { rows: findings } = await sql<{ grid_id: string | null; findings: number }>`
    select grid_id, count(*)::int as findings from case_file where community_id = ${community.id} and source = 'patrol'
      and status not in ('refused', 'merged') and found_at >= ${from} and found_at < ${to} group by grid_id`.execute(
    trx,
  )
  const plans = await trx
    .selectFrom('patrol_plan')
    .select(['grid_id', 'frequency', 'passes', 'first_date', 'last_date'])
    .where('community_id', '=', community.id)
    .execute()
  const bySide = new Map(walked.map((row) => [`${row.segment_id} ${row.side}`, row]))
  const lastEver = new Map(ever.map((row) => [`${row.segment_id} ${row.side}`, row.at]))
  const sides = streets.flatMap(({ segment_id, grid_id }) =>
    (['left', 'right'] as const).map((side) => {
      const row = bySide.get(`${segment_id} ${side}`)
      return {
        segment_id,
        side,
        grid_id,
        passes: row?.passes ?? 0,
        last_at: row?.last_at.toISOString() ?? null,
        last_ever_at: lastEver.get(`${segment_id} ${side}`)?.toISOString() ?? null,
      }
    }),
  )
  const days = [
    localDate(from, community.time_zone),
    localDate(new Date(to.getTime() - 1), community.time_zone),
  ] as const
  const grids = [...new Set(sides.map((side) => side.grid_id))].map((grid_id) => {
    const own = sides.filter((side) => side.grid_id === grid_id)
    const passes = own.reduce((sum, side) => sum + side.passes, 0)
    const sides_walked = own.filter((side) => side.passes > 0).length
    const ofGrid = plans.filter((plan) => plan.grid_id === grid_id)
    const asked = plannedTogether(ofGrid, ...days)
    const planned = ofGrid.length === 0 ? null : Math.round(asked * own.length)
    // A side that is walked ten times does not make up for one that is not walked at all.
    const done = own.reduce((sum, side) => sum + Math.min(side.passes, asked), 0)
    return {
      grid_id,
      sides: own.length,
      sides_walked,
      share: own.length === 0 ? null : sides_walked / own.length,
      passes,
      passes_planned: planned,
      share_of_plan: planned ? Math.min(1, done / (asked * own.length)) : null,
      rate: ratePerPass(findings.find((row) => row.grid_id === grid_id)?.findings ?? 0, passes),
    }
  })
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    grids: grids.sort((a, b) => ((a.grid_id ?? '~') < (b.grid_id ?? '~') ? -1 : 1)),
    sides,
  }
}

export const localDate = (at: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
