import { type RawBuilder, sql, type Transaction } from 'kysely'
import { type LedgerEvent, loopRecords } from '../../geodata/tongjian/loop.ts'
import { bumpVersion } from '../db/change-feed.ts'
import type { Database } from '../db/tables.ts'
import { createDefaultKinds } from '../features/case-kinds/default-kinds.ts'

/** Columns that are not text, by type. */
const TYPES: Readonly<Record<string, string>> = {
  id: 'uuid',
  case_id: 'uuid',
  dispatch_id: 'uuid',
  unit_id: 'uuid',
  kind_id: 'uuid',
  grid_id: 'uuid',
  original_id: 'uuid',
  lead_unit_id: 'uuid',
  year: 'int',
  serial: 'int',
  escalation: 'int',
  satisfaction: 'int',
  lon: 'float8',
  lat: 'float8',
  is_lead: 'bool',
  is_on_time: 'bool',
}
const INSTANT = /_(at|by|since|until)$|^at$/

/** Days of patrols before today. */
const PATROL_DAYS = 28

/**
 * Loads the sample's kinds of cases, its ledger as cases with their histories, and a month of patrols, all as of `now`:
 * whoever opens the sample finds a community at work today, not one of last autumn.
 */
export async function seedLoop(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  events: readonly LedgerEvent[],
  now: Date,
): Promise<void> {
  await createDefaultKinds(trx, community.id)
  const year = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: community.time_zone })
  const { cases, steps, orders, last_serials } = loopRecords(events, now.getTime(), (at) =>
    Number(year.format(at)),
  )
  await insertFrom(
    trx,
    cases,
    (r) => sql`
    insert into case_file (community_id, id, year, serial, kind_id, source, step, status, severity, description, outcome,
      geom, grid_id, found_at, received_at, original_id, lead_unit_id, filed_at, dispatched_at, due_at, due_what,
      hold_since, escalation, notice_until, handled_at, closed_at, is_on_time, satisfaction, content_hash)
    select k.community_id, r.id, r.year, r.serial, k.id, r.source, r.step, r.status, r.severity, r.description, r.outcome,
      ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), r.grid_id, r.found_at, r.received_at, null, r.lead_unit_id, r.filed_at,
      r.dispatched_at, r.due_at, r.due_what, r.hold_since, r.escalation, r.notice_until, r.handled_at, r.closed_at,
      r.is_on_time, r.satisfaction, ''
    from ${r} join case_kind as k on k.code = r.kind_code and k.community_id = ${community.id}
    where r.original_id is null`,
  )
  await insertFrom(
    trx,
    cases,
    (r) => sql`
    insert into case_file (community_id, id, year, serial, kind_id, source, step, status, outcome, geom, grid_id, found_at,
      received_at, original_id, closed_at, content_hash)
    select k.community_id, r.id, r.year, r.serial, k.id, r.source, r.step, r.status, r.outcome,
      ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), r.grid_id, r.found_at, r.received_at, r.original_id, r.closed_at, ''
    from ${r} join case_kind as k on k.code = r.kind_code and k.community_id = ${community.id}
    where r.original_id is not null`,
  )
  await placeCases(trx, community.id)
  await insertFrom(
    trx,
    steps,
    (r) => sql`
    insert into case_step (community_id, id, case_id, action, from_step, to_step, from_status, to_status, actor_role, unit_id,
      at, reason, content_hash)
    select ${community.id}, r.id, r.case_id, r.action, r.from_step, r.to_step, r.from_status, r.to_status, r.actor_role,
      r.unit_id, r.at, r.reason, '' from ${r}`,
  )
  await insertFrom(
    trx,
    orders,
    (r) => sql`
    insert into dispatch (community_id, id, case_id, arrive_by, handle_by, dispatched_at)
    select distinct ${community.id}::uuid, r.dispatch_id, r.case_id, r.arrive_by, r.handle_by, r.dispatched_at from ${r}`,
  )
  // Nobody has these links: their hashes are of nothing.
  await insertFrom(
    trx,
    orders,
    (r) => sql`
    insert into dispatch_unit (community_id, dispatch_id, unit_id, case_id, is_lead, accepted_at, arrived_at, signed_off_at, result, link_hash)
    select ${community.id}, r.dispatch_id, r.unit_id, r.case_id, r.is_lead, r.accepted_at, r.arrived_at, r.signed_off_at,
      r.result, 'sample ' || r.dispatch_id || ' ' || r.unit_id from ${r}`,
  )
  for (const [year, last] of last_serials)
    await trx.insertInto('case_number').values({ community_id: community.id, year, last }).execute()
  await seedPatrols(trx, community, now)
  await bumpVersion(trx, community.id, 'cases')
  await bumpVersion(trx, community.id, 'passes')
}

/** Hands rows to a statement as a table `r` with the columns of the first. */
async function insertFrom<R extends object>(
  trx: Transaction<Database>,
  rows: readonly R[],
  statement: (r: RawBuilder<unknown>) => RawBuilder<unknown>,
): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0]!)
    .map((name) => `${name} ${TYPES[name] ?? (INSTANT.test(name) ? 'timestamptz' : 'text')}`)
    .join(', ')
  await statement(
    sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${sql.raw(columns)})`,
  ).execute(trx)
}

/** The nearest street side of each case, as a report would have been given it. */
async function placeCases(trx: Transaction<Database>, communityId: string): Promise<void> {
  await sql`
    update case_file as c set segment_id = n.segment_id, side = n.side from (
      select c.id, w.segment_id, w.side from case_file as c, lateral (
        select segment_id, side from street_side as s where s.community_id = c.community_id
        order by s.kerb_line <-> c.geom, s.id limit 1) as w
      where c.community_id = ${communityId}) as n
    where c.community_id = ${communityId} and c.id = n.id`.execute(trx)
}

/**
 * Two rounds a day in each grid: most sides are walked in the morning, fewer in the afternoon, the same for the same
 * day. Sides where something was found that day say so; all others were clear.
 */
async function seedPatrols(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  now: Date,
): Promise<void> {
  await sql`
    insert into patrol_plan (community_id, id, grid_id, frequency, passes, first_date)
    select community_id, md5('plan ' || id)::uuid, id, 'daily', 2, ((${now}::timestamptz at time zone ${community.time_zone})::date - 60)
    from grid where community_id = ${community.id} and valid_to is null`.execute(trx)
  await sql`
    insert into patrol (community_id, id, grid_id, frequency, started_at, ended_at, received_at, distance_m, content_hash)
    select g.community_id, md5('patrol ' || g.id || d.day || r.round)::uuid, g.id, 'daily', t.start, t.start + interval '95 minutes',
      t.start + interval '96 minutes', 1800 + abs(hashtext('m' || g.id || d.day || r.round)) % 900, ''
    from grid as g, generate_series(0, ${PATROL_DAYS}::int) as d (day), (values (9), (16)) as r (round),
      lateral (select ((((${now}::timestamptz at time zone ${community.time_zone})::date - d.day) + make_time(r.round, 0, 0))
        at time zone ${community.time_zone}) as start) as t
    where g.community_id = ${community.id} and g.valid_to is null and t.start + interval '2 hours' < ${now}`.execute(
    trx,
  )
  await sql`
    insert into pass (community_id, id, patrol_id, segment_id, side, grid_id, at, received_at, result, method, share, content_hash)
    select p.community_id, md5('pass ' || p.id || w.segment_id || w.side)::uuid, p.id, w.segment_id, w.side, p.grid_id,
      p.started_at + interval '40 minutes', p.received_at,
      case when exists (select from case_file as c where c.community_id = p.community_id and c.segment_id = w.segment_id
        and c.side = w.side and c.source = 'patrol' and c.found_at >= p.started_at - interval '2 hours'
        and c.found_at < p.started_at + interval '5 hours') then 'issue' else 'clear' end,
      'track', 0.85, ''
    from patrol as p, (
      select s.id as segment_id, w.side,
        (select g.id from grid as g where g.community_id = s.community_id and g.geom && s.geom
          and ST_Covers(g.geom, ST_LineInterpolatePoint(ST_GeometryN(ST_Multi(s.geom), 1), 0.5)) order by g.id limit 1) as grid_id
      from street_segment as s, (values ('left'), ('right')) as w (side)
      where s.community_id = ${community.id} and s.valid_to is null) as w
    where p.community_id = ${community.id} and w.grid_id = p.grid_id
      and abs(hashtext('walk ' || p.id || w.segment_id || w.side)) % 100 < case
        when extract(hour from p.started_at at time zone ${community.time_zone}) < 12 then 90 else 60 end`.execute(
    trx,
  )
}
