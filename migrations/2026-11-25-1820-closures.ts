import { type Kysely, sql } from 'kysely'

/** Closures: road works, events and other times at which a piece of street is taken. Geometry: WGS 84, valid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table closure (
      community_id    uuid not null references community,
      id              uuid not null,
      external_id     text,
      source          text,
      name_zh         text,
      name_en         text,
      kind            text not null check (kind in ('road_works', 'event', 'other')),
      reason          text,
      windows         jsonb,
      first_date      date,
      last_date       date,
      tags            jsonb,
      geom            geometry(Geometry, 4326) not null
                      check (ST_IsValid(geom) and not ST_IsEmpty(geom) and ST_GeometryType(geom) in ('ST_Polygon', 'ST_MultiPolygon')),
      version         integer not null default 1,
      changed_version bigint not null,
      import_id       uuid,
      valid_from      timestamptz not null default now(),
      valid_to        timestamptz,
      updated_at      timestamptz not null default now(),
      primary key (community_id, id),
      check (valid_to is null or valid_to >= valid_from),
      check (last_date is null or first_date is null or last_date >= first_date)
    )`.execute(db)
  await sql`create index closure_geom_idx on closure using gist (geom)`.execute(db)
  await sql`create index closure_changed_idx on closure (community_id, changed_version)`.execute(db)
  await sql`create unique index closure_external_idx on closure (community_id, external_id) where external_id is not null and valid_to is null`.execute(
    db,
  )
  await sql`alter table closure enable row level security`.execute(db)
  await sql`
    create policy communities_in_force on closure to jiexu_app
      using (community_id = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]))`.execute(
    db,
  )
  await sql`grant select, insert, update, delete on closure to jiexu_app`.execute(db)
}
