import { type Kysely, sql } from 'kysely'

/** Stalls of trading zones, who holds which when, and the numbers of their permits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Equality of ids beside overlap of ranges in one exclusion constraint.
  await sql`create extension if not exists btree_gist`.execute(db)

  // A stall that was laid out anew stays for whoever held it once.
  await sql`
    create table stall (
      community_id uuid not null references community,
      id           uuid not null,
      zone_id      uuid not null,
      number       integer not null check (number > 0),
      length_m     double precision not null check (length_m > 0),
      depth_m      double precision not null check (depth_m > 0),
      geom         geometry(Polygon, 4326) not null check (ST_IsValid(geom)),
      valid_from   timestamptz not null default now(),
      valid_to     timestamptz,
      primary key (community_id, id),
      foreign key (community_id, zone_id) references vendor_zone
    )`.execute(db)
  await sql`
    create unique index stall_number_idx on stall (community_id, zone_id, number) where valid_to is null`.execute(
    db,
  )

  await sql`
    create table stall_allocation (
      community_id    uuid not null references community,
      id              uuid not null,
      zone_id         uuid not null,
      stall_id        uuid not null,
      merchant_id     uuid not null,
      status          text not null check (status in ('requested', 'active', 'suspended', 'refused', 'ended')),
      category        text,
      windows         jsonb not null,
      first_date      date not null,
      last_date       date not null check (last_date >= first_date),
      reason          text,
      duties_at       timestamptz,
      permit_year     integer,
      permit_serial   integer,
      requested_by    uuid references account,
      decided_by      uuid references account,
      decided_at      timestamptz,
      ended_on        date,
      content_hash    text not null,
      version         integer not null default 1,
      created_at      timestamptz not null default now(),
      updated_at      timestamptz not null default now(),
      primary key (community_id, id),
      unique (community_id, permit_year, permit_serial),
      foreign key (community_id, zone_id) references vendor_zone,
      foreign key (community_id, stall_id) references stall,
      foreign key (community_id, merchant_id) references merchant,
      check ((ended_on is not null) = (status = 'ended')),
      check ((permit_serial is null) = (status in ('requested', 'refused')))
    )`.execute(db)
  await sql`
    create index stall_allocation_zone_idx on stall_allocation (community_id, zone_id, first_date)`.execute(
    db,
  )
  await sql`
    create index stall_allocation_merchant_idx on stall_allocation (community_id, merchant_id)`.execute(
    db,
  )

  // A row for each weekday and piece of hours. Its dates begin and end on that weekday, so that two rows which meet
  // have a day in common: what the constraint refuses is a double booking, and every double booking is refused.
  await sql`
    create table stall_hold (
      community_id  uuid not null references community,
      allocation_id uuid not null,
      stall_id      uuid not null,
      weekday       smallint not null check (weekday between 0 and 6),
      minutes       int4range not null check (not isempty(minutes)),
      dates         daterange not null check (not isempty(dates)),
      primary key (community_id, allocation_id, weekday, minutes, dates),
      foreign key (community_id, allocation_id) references stall_allocation on delete cascade,
      foreign key (community_id, stall_id) references stall,
      constraint stall_hold_once exclude using gist
        (community_id with =, stall_id with =, weekday with =, minutes with &&, dates with &&)
    )`.execute(db)

  await sql`
    create table permit_number (
      community_id uuid not null references community,
      year         integer not null,
      last         integer not null,
      primary key (community_id, year)
    )`.execute(db)

  await sql`
    create table zone_suspension (
      community_id uuid not null references community,
      id           uuid not null,
      zone_id      uuid not null,
      reason       text not null check (length(reason) between 1 and 500),
      made_by      uuid references account,
      from_at      timestamptz not null default now(),
      lifted_at    timestamptz,
      primary key (community_id, id),
      foreign key (community_id, zone_id) references vendor_zone
    )`.execute(db)
  await sql`
    create unique index zone_suspension_open_idx on zone_suspension (community_id, zone_id) where lifted_at is null`.execute(
    db,
  )

  const grants: Record<string, string> = {
    stall: 'select, insert, update, delete',
    stall_allocation: 'select, insert, update, delete',
    stall_hold: 'select, insert, update, delete',
    permit_number: 'select, insert, update',
    zone_suspension: 'select, insert, update',
  }
  for (const [table, rights] of Object.entries(grants)) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db)
    await sql`
      create policy communities_in_force on ${sql.table(table)} to jiexu_app
        using (community_id = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]))`.execute(
      db,
    )
    await sql`grant ${sql.raw(rights)} on ${sql.table(table)} to jiexu_app`.execute(db)
  }
}
