import { sql, type Transaction } from 'kysely'
import {
  type Frequency,
  periodOf,
  roundsThatMeet,
  spanOf,
} from '../../domain/statistics/patrol-periods.ts'
import type { Database } from '../../db/tables.ts'
import { type DutyList, FREQUENCIES } from './contract.ts'
import { readStreets } from './store.ts'

/**
 * What the plans in force on a local date ask of the day, week or month that holds it, by grid, and how much of that is
 * done. Plans of one frequency in one grid are one duty, whoever walks it; the whole period counts, also where a plan
 * began in the middle of it. A pass without a patrol counts as one of a daily round.
 */
export async function readDue(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  date: string,
): Promise<DutyList> {
  const plans = await trx
    .selectFrom('patrol_plan')
    .select(['grid_id', 'frequency', (eb) => eb.fn.sum<string>('passes').as('passes')])
    .where('community_id', '=', community.id)
    .where('first_date', '<=', date)
    .where((eb) => eb.or([eb('last_date', 'is', null), eb('last_date', '>=', date)]))
    .groupBy(['grid_id', 'frequency'])
    .orderBy('grid_id')
    .execute()
  const streets = await readStreets(trx, community.id)
  const duties: DutyList['duties'] = []
  for (const frequency of FREQUENCIES) {
    const ofFrequency = plans.filter((plan) => plan.frequency === frequency)
    if (ofFrequency.length === 0) continue
    const period = periodOf(frequency, date)
    const passesOf = await countPasses(trx, community, frequency, period)
    for (const { grid_id, passes } of ofFrequency) {
      const asked = Number(passes)
      const made = streets
        .filter((street) => street.grid_id === grid_id)
        .flatMap(({ segment_id }) =>
          (['left', 'right'] as const).map((side) => passesOf.get(`${segment_id} ${side}`) ?? 0),
        )
      const done = made.reduce((sum, n) => sum + Math.min(n, asked), 0)
      duties.push({
        grid_id,
        frequency,
        ...period,
        passes: asked,
        sides: made.length,
        sides_done: made.filter((n) => n >= asked).length,
        share: made.length === 0 ? null : done / (asked * made.length),
      })
    }
  }
  return { date, duties }
}

async function countPasses(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  frequency: Frequency,
  period: { first_date: string; last_date: string },
): Promise<Map<string, number>> {
  const { from, to } = spanOf(period, community.time_zone)
  const { rows } = await sql<{ segment_id: string; side: string; n: number }>`
    select w.segment_id, w.side, count(*)::int as n
    from pass as w left join patrol as p on p.community_id = w.community_id and p.id = w.patrol_id
    where w.community_id = ${community.id} and w.at >= ${new Date(from)} and w.at < ${new Date(to)}
      and coalesce(p.frequency, 'daily') = any(${[...roundsThatMeet(frequency)]}::text[])
    group by w.segment_id, w.side`.execute(trx)
  return new Map(rows.map((row) => [`${row.segment_id} ${row.side}`, row.n]))
}
