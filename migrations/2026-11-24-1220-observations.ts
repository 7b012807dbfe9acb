import { type Kysely, sql } from 'kysely'

/** What was seen: counts, single vehicles and sensor states, by month. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table survey (
      community_id uuid not null references community,
      id           uuid not null,
      name         text not null,
      method       text not null check (method in ('visual', 'plate', 'sensor', 'camera', 'other')),
      started_at   timestamptz not null,
      ended_at     timestamptz,
      is_synthetic boolean not null default false,
      primary key (community_id, id)
    )`.execute(db)

  // No foreign key to the place: an observation stays true when the bay it counted is repainted.
  await sql`
    create table observation (
      community_id  uuid not null references community,
      id            uuid not null,
      observed_at   timestamptz not null,
      kind          text not null check (kind in ('count', 'detection', 'sensor')),
      method        text not null check (method in ('visual', 'plate', 'sensor', 'camera', 'other')),
      place_kind    text check (place_kind in ('bay', 'lot', 'street_side')),
      place_id      uuid,
      outside_bay   boolean not null default false,
      counted       integer not null check (counted between 0 and 1000000),
      illegal_count integer check (illegal_count >= 0),
      vehicle_class text check (vehicle_class in ('bicycle', 'e_bike', 'motorcycle', 'car')),
      confidence    real check (confidence between 0 and 1),
      lon           double precision,
      lat           double precision,
      survey_id     uuid,
      received_at   timestamptz not null default now(),
      primary key (community_id, id, observed_at),
      check ((place_kind is null) = (place_id is null))
    ) partition by range (observed_at)`.execute(db)
  await sql`create index observation_place_idx on observation (community_id, place_id, observed_at desc)`.execute(
    db,
  )
  await sql`create index observation_time_idx on observation (community_id, observed_at)`.execute(
    db,
  )
  await sql`create table observation_rest partition of observation default`.execute(db)

  // The application role owns no table, so it asks for a month's partition through this door.
  await sql`
    create function ensure_observation_month(month date) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      first_day date := date_trunc('month', month)::date;
      partition_name text := 'observation_' || to_char(first_day, 'YYYY_MM');
    begin
      if first_day < date '2000-01-01' or first_day > date '2100-01-01' then
        return;
      end if;
      if to_regclass(partition_name) is null then
        execute format('create table if not exists %I partition of observation for values from (%L) to (%L)',
          partition_name, first_day::timestamp at time zone 'UTC', (first_day + interval '1 month') at time zone 'UTC');
      end if;
    exception when duplicate_table or check_violation then null;
    end $$`.execute(db)
  await sql`revoke all on function ensure_observation_month(date) from public`.execute(db)
  await sql`grant execute on function ensure_observation_month(date) to jiexu_app`.execute(db)

  for (const table of ['survey', 'observation']) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db)
    await sql`
      create policy communities_in_force on ${sql.table(table)} to jiexu_app
        using (community_id = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]))`.execute(
      db,
    )
    await sql`grant select, insert, update, delete on ${sql.table(table)} to jiexu_app`.execute(db)
  }
}
