import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import {
  type BulletinFigures,
  bulletinFigures,
  bulletinLines,
} from '../../domain/statistics/bulletin.ts'
import type { Bulletin, BulletinRow } from './contract.ts'
import { monthIn } from './month.ts'
import { type Named, readDispatched, readLines } from './store.ts'

/** The bulletin of a local month: a line for each unit and grid, also for those that had no case. */
export async function readBulletin(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  month: string,
): Promise<Bulletin> {
  const { from, to } = monthIn(community.time_zone, month)
  const cases = await readDispatched(trx, community.id, from, to)
  const { units, grids } = await readLines(trx, community.id)
  return {
    month,
    time_zone: community.time_zone,
    units: linesOf(units, bulletinLines(cases, 'unit_id')),
    grids: linesOf(grids, bulletinLines(cases, 'grid_id')),
    total: { id: null, name_zh: null, name_en: null, ...bulletinFigures(cases) },
  }
}

/** In the printed order; what belongs to none of today's comes last, in one line without a name. */
function linesOf(
  named: readonly Named[],
  figures: ReadonlyMap<string | null, BulletinFigures>,
): BulletinRow[] {
  const none = bulletinFigures([])
  const rows: BulletinRow[] = named.map((one) => ({ ...one, ...(figures.get(one.id) ?? none) }))
  const known = new Set<string | null>(named.map(({ id }) => id))
  const others = [...figures].filter(([id]) => !known.has(id)).map(([, line]) => line)
  if (others.length > 0) rows.push({ id: null, name_zh: null, name_en: null, ...sumOf(others) })
  return rows
}

/** Several lines as one; each share is of the sums, never a mean of shares. */
function sumOf(lines: readonly BulletinFigures[]): BulletinFigures {
  const sum = (member: 'dispatched' | 'closed_on_time' | 'closed_late' | 'open' | 'dissatisfied') =>
    lines.reduce((total, line) => total + line[member], 0)
  const [dispatched, open] = [sum('dispatched'), sum('open')]
  const closed = dispatched - open
  return {
    dispatched,
    closed_on_time: sum('closed_on_time'),
    closed_late: sum('closed_late'),
    open,
    closed_share: dispatched ? closed / dispatched : null,
    on_time_share: dispatched ? sum('closed_on_time') / dispatched : null,
    dissatisfied: sum('dissatisfied'),
    dissatisfied_share: closed ? sum('dissatisfied') / closed : null,
  }
}
