import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { asGeoJson, fromGeoJson } from '../../db/geo-sql.ts'
import type { Database } from '../../db/tables.ts'
import { numberText } from '../../domain/case-number.ts'
import { minutesOfClock, WEEKDAYS, type WeeklyWindow } from '../../domain/schedule/windows.ts'
import { type Hold, occurrencesOf } from '../../domain/stalls/holding.ts'
import type { LaidStall, StallWish } from '../../domain/stalls/stall-grid.ts'
import type { Allocation, AllocationStatus, Stall, TradingZone } from './contract.ts'

type Trx = Transaction<Database>

export interface StoredAllocation extends Omit<Allocation, 'duties_at' | 'permit'> {
  duties_at: Date | null
  permit_year: number | null
  permit_serial: number | null
  requested_by: string | null
  content_hash: string
}

export type StoredZone = Omit<TradingZone, 'held_now' | 'suspension'> & {
  geometry_text: string
  suspension_reason: string | null
  suspended_at: Date | null
}

/** Live zones of a community by name, or the one with an id. */
export async function selectZones(
  trx: Trx,
  communityId: string,
  id: string | null = null,
): Promise<StoredZone[]> {
  const { rows } = await sql<StoredZone>`
    select z.id, z.external_id, z.name_zh, z.name_en, z.status, z.category, z.duties, z.windows,
      z.first_date, z.last_date, z.version, z.stalls as stalls_planned, ${asGeoJson('z.geom')} as geometry_text,
      (select count(*)::int from stall s
        where s.community_id = z.community_id and s.zone_id = z.id and s.valid_to is null) as stalls,
      p.reason as suspension_reason, p.from_at as suspended_at
    from vendor_zone z
    left join zone_suspension p
      on p.community_id = z.community_id and p.zone_id = z.id and p.lifted_at is null
    where z.community_id = ${communityId} and z.valid_to is null and (${id}::uuid is null or z.id = ${id})
    order by z.external_id, z.id`.execute(trx)
  return rows
}

/** Keeps a zone as it is until the transaction ends: for whoever books in it (`share`) or lays it out (`update`). */
export async function lockZone(
  trx: Trx,
  communityId: string,
  id: string,
  how: 'share' | 'update',
): Promise<void> {
  await sql`select 1 from vendor_zone where community_id = ${communityId} and id = ${id}
    for ${sql.raw(how)}`.execute(trx)
}

/** Stalls of a zone by number, without what they are now. */
export async function selectStalls(
  trx: Trx,
  communityId: string,
  zoneId: string,
): Promise<Omit<Stall, 'state'>[]> {
  const rows = await trx
    .selectFrom('stall')
    .select(['id', 'number', 'length_m', 'depth_m', asGeoJson('geom').as('geometry_text')])
    .where('community_id', '=', communityId)
    .where('zone_id', '=', zoneId)
    .where('valid_to', 'is', null)
    .orderBy('number')
    .execute()
  return rows.map(({ geometry_text, ...stall }) => ({
    ...stall,
    geometry: JSON.parse(geometry_text) as Stall['geometry'],
  }))
}

export const findStall = (trx: Trx, communityId: string, id: string) =>
  trx
    .selectFrom('stall')
    .select(['id', 'zone_id', 'number'])
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .where('valid_to', 'is', null)
    .executeTakeFirst()

/** Whether anybody has or asks for a stall of the zone on a local date or later. */
export async function isBookedFrom(
  trx: Trx,
  communityId: string,
  zoneId: string,
  date: string,
): Promise<boolean> {
  const found = await trx
    .selectFrom('stall_allocation')
    .select('id')
    .where('community_id', '=', communityId)
    .where('zone_id', '=', zoneId)
    .where('status', 'in', ['requested', 'active', 'suspended'])
    .where('last_date', '>=', date)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** The zone's stalls from now on; those before stay for whoever had them. */
export async function replaceStalls(
  trx: Trx,
  communityId: string,
  zoneId: string,
  laid: readonly LaidStall[],
  { length_m, depth_m }: StallWish,
): Promise<void> {
  await trx
    .updateTable('stall')
    .set({ valid_to: sql`now()` })
    .where('community_id', '=', communityId)
    .where('zone_id', '=', zoneId)
    .where('valid_to', 'is', null)
    .execute()
  if (laid.length > 0)
    await trx
      .insertInto('stall')
      .values(
        laid.map(({ number, geometry }) => ({
          community_id: communityId,
          id: uuidv7(),
          zone_id: zoneId,
          number,
          length_m,
          depth_m,
          geom: fromGeoJson(geometry),
        })),
      )
      .execute()
}

export interface AllocationFilter {
  id?: string
  zone_id?: string | undefined
  status?: AllocationStatus | undefined
  merchant_ids?: readonly string[] | null
  /** Those that hold a stall between two local dates. */
  holding?: { from: string; to: string }
}

/** Allocations of a community, newest dates first. */
export async function selectAllocations(
  trx: Trx,
  communityId: string,
  filter: AllocationFilter,
  isLocked = false,
): Promise<StoredAllocation[]> {
  const conditions = [sql`a.community_id = ${communityId}`]
  if (filter.id) conditions.push(sql`a.id = ${filter.id}`)
  if (filter.zone_id) conditions.push(sql`a.zone_id = ${filter.zone_id}`)
  if (filter.status) conditions.push(sql`a.status = ${filter.status}`)
  if (filter.merchant_ids)
    conditions.push(sql`a.merchant_id = any (${[...filter.merchant_ids]}::uuid[])`)
  if (filter.holding)
    conditions.push(sql`a.status in ('active', 'suspended', 'ended')
      and a.first_date <= ${filter.holding.to} and coalesce(a.ended_on, a.last_date) >= ${filter.holding.from}`)
  const { rows } = await sql<StoredAllocation>`
    select a.id, a.zone_id, z.name_zh as zone_name_zh, z.name_en as zone_name_en, a.stall_id,
      s.number as stall_number, a.merchant_id, m.name_zh as merchant_name, a.status, a.category, a.windows,
      a.first_date, a.last_date, a.reason, a.duties_at, a.permit_year, a.permit_serial, a.requested_by,
      a.ended_on, a.content_hash, a.version
    from stall_allocation a
    join vendor_zone z on z.community_id = a.community_id and z.id = a.zone_id
    join stall s on s.community_id = a.community_id and s.id = a.stall_id
    join merchant m on m.community_id = a.community_id and m.id = a.merchant_id
    where ${sql.join(conditions, sql` and `)}
    order by a.first_date desc, s.number, a.id
    limit 1000 ${isLocked ? sql`for update of a` : sql``}`.execute(trx)
  return rows
}

/** As the API answers it. */
export function allocationView(stored: StoredAllocation): Allocation {
  const { permit_year, permit_serial, requested_by: _, content_hash: __, ...rest } = stored
  return {
    ...rest,
    duties_at: stored.duties_at?.toISOString() ?? null,
    permit: permitText(permit_year, permit_serial),
  }
}

export const permitText = (year: number | null, serial: number | null): string | null =>
  year === null || serial === null ? null : numberText({ year, serial })

/** The next number of a permit; the counter stays locked until the transaction ends, so there are no gaps. */
export async function nextPermit(trx: Trx, communityId: string, year: number): Promise<number> {
  const { last } = await trx
    .insertInto('permit_number')
    .values({ community_id: communityId, year, last: 1 })
    .onConflict((conflict) =>
      conflict.columns(['community_id', 'year']).doUpdateSet({ last: sql`permit_number.last + 1` }),
    )
    .returning('last')
    .executeTakeFirstOrThrow()
  return last
}

/**
 * Takes a stall for an allocation; false where somebody has it in one of those hours. Within a savepoint, so that the
 * caller can still ask who.
 */
export async function hold(
  trx: Trx,
  communityId: string,
  { id, stall_id }: { id: string; stall_id: string },
  holds: readonly Hold[],
): Promise<boolean> {
  // One after the other for each stall: two inserts that exclude each other at the same moment would deadlock.
  await sql`select 1 from stall where community_id = ${communityId} and id = ${stall_id} for no key update`.execute(
    trx,
  )
  await sql`savepoint holding`.execute(trx)
  try {
    await sql`
      insert into stall_hold (community_id, allocation_id, stall_id, weekday, minutes, dates)
      values ${sql.join(
        holds.map(
          ({ weekday, minutes, first_date, last_date }) =>
            sql`(${communityId}::uuid, ${id}::uuid, ${stall_id}::uuid, ${weekday}::smallint,
              int4range(${minutes[0]}::int, ${minutes[1]}::int), daterange(${first_date}::date, ${last_date}::date, '[]'))`,
        ),
      )}`.execute(trx)
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    if (code !== '23P01') throw error
    await sql`rollback to savepoint holding`.execute(trx)
    return false
  }
}

export const releaseHolds = (trx: Trx, communityId: string, allocationId: string) =>
  trx
    .deleteFrom('stall_hold')
    .where('community_id', '=', communityId)
    .where('allocation_id', '=', allocationId)
    .execute()

/** Who has a stall in any of these hours: the permits, as the one who is refused is told. */
export async function holdersOf(
  trx: Trx,
  communityId: string,
  stallId: string,
  holds: readonly Hold[],
): Promise<StoredAllocation[]> {
  const { rows } = await sql<{ allocation_id: string }>`
    select distinct allocation_id from stall_hold
    where community_id = ${communityId} and stall_id = ${stallId} and (${sql.join(
      holds.map(
        ({ weekday, minutes, first_date, last_date }) =>
          sql`(weekday = ${weekday} and minutes && int4range(${minutes[0]}::int, ${minutes[1]}::int)
            and dates && daterange(${first_date}::date, ${last_date}::date, '[]'))`,
      ),
      sql` or `,
    )})`.execute(trx)
  const found: StoredAllocation[] = []
  for (const { allocation_id } of rows)
    found.push(...(await selectAllocations(trx, communityId, { id: allocation_id })))
  return found
}

/** Whether windows are running at a local date and minute. */
export function isRunning(
  held: Pick<StoredAllocation, 'windows' | 'first_date' | 'last_date' | 'ended_on'>,
  now: { date: string; yesterday: string; minute: number },
): boolean {
  if (held.ended_on !== null) return false
  return occurrencesOf({ ...held, windows: held.windows }, now.yesterday, now.date).some(
    ({ date, from, to }) => {
      const [start, end] = [minutesOfClock(from), minutesOfClock(to)]
      const isOvernight = end <= start
      if (date === now.date) return now.minute >= start && (isOvernight || now.minute < end)
      return isOvernight && now.minute < end
    },
  )
}

/** Windows in words for a refusal: "mo,tu 18:00–22:00". */
export const windowsText = (windows: readonly WeeklyWindow[]): string =>
  windows
    .map(
      ({ days, from, to }) =>
        `${WEEKDAYS.filter((day) => days.includes(day)).join(',')} ${from}–${to}`,
    )
    .join('; ')

export const merchantsLike = (trx: Trx, communityId: string, q: string) =>
  trx
    .selectFrom('merchant')
    .select(['id', 'name_zh', 'category'])
    .where('community_id', '=', communityId)
    .where(sql<boolean>`position(lower(${q}) in lower(coalesce(name_zh, ''))) > 0`)
    .orderBy('external_id')
    .orderBy('id')
    .limit(50)
    .execute()
