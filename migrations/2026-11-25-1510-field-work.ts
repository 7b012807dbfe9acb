import { type Kysely, sql } from 'kysely'

/** Patrols with their walked sides, photos, and what tells people about them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table patrol_plan (
      community_id uuid not null references community,
      id           uuid not null,
      grid_id      uuid not null,
      frequency    text not null check (frequency in ('daily', 'weekly', 'monthly')),
      passes       integer not null default 1 check (passes between 1 and 50),
      account_id   uuid references account,
      first_date   date not null,
      last_date    date,
      version      integer not null default 1,
      updated_at   timestamptz not null default now(),
      primary key (community_id, id),
      foreign key (community_id, grid_id) references grid,
      check (last_date is null or last_date >= first_date)
    )`.execute(db)

  await sql`
    create table patrol (
      community_id uuid not null references community,
      id           uuid not null,
      grid_id      uuid,
      frequency    text not null default 'daily' check (frequency in ('daily', 'weekly', 'monthly')),
      account_id   uuid,
      started_at   timestamptz not null,
      ended_at     timestamptz,
      received_at  timestamptz not null default now(),
      flags        text[] not null default '{}',
      track        jsonb,
      distance_m   double precision check (distance_m >= 0),
      content_hash text not null,
      version      integer not null default 1,
      primary key (community_id, id),
      foreign key (community_id, grid_id) references grid,
      check (ended_at is null or ended_at >= started_at)
    )`.execute(db)
  await sql`create index patrol_time_idx on patrol (community_id, started_at desc)`.execute(db)
  await sql`create index patrol_account_idx on patrol (community_id, account_id, started_at desc)`.execute(
    db,
  )

  // Effort: a side that was walked, also when nothing was found there.
  await sql`
    create table pass (
      community_id uuid not null references community,
      id           uuid not null,
      patrol_id    uuid,
      segment_id   uuid not null,
      side         text not null check (side in ('left', 'right')),
      grid_id      uuid,
      account_id   uuid,
      at           timestamptz not null,
      received_at  timestamptz not null default now(),
      result       text not null check (result in ('clear', 'issue')),
      method       text not null check (method in ('track', 'manual')),
      share        real not null default 1 check (share between 0 and 1),
      is_sure      boolean not null default true,
      flags        text[] not null default '{}',
      content_hash text not null,
      primary key (community_id, id),
      foreign key (community_id, patrol_id) references patrol,
      foreign key (community_id, segment_id) references street_segment
    )`.execute(db)
  await sql`create index pass_time_idx on pass (community_id, at)`.execute(db)
  await sql`create index pass_side_idx on pass (community_id, segment_id, side, at desc)`.execute(
    db,
  )
  await sql`create index pass_patrol_idx on pass (community_id, patrol_id)`.execute(db)

  // A photo is stored re-encoded under a random name; what it belongs to is set when the record that names it arrives.
  await sql`
    create table media (
      community_id uuid not null references community,
      id           uuid not null,
      case_id      uuid,
      step_id      uuid,
      role         text not null check (role in ('evidence', 'before', 'after', 'notice')),
      storage_key  text not null,
      content_type text not null,
      bytes        integer not null check (bytes > 0),
      width        integer not null check (width > 0),
      height       integer not null check (height > 0),
      sha256       text not null,
      taken_at     timestamptz,
      taken_lon    double precision,
      taken_lat    double precision,
      is_public    boolean not null default false,
      created_by   uuid,
      upload_hash  text,
      created_at   timestamptz not null default now(),
      primary key (community_id, id),
      foreign key (community_id, case_id) references case_file
    )`.execute(db)
  await sql`create index media_case_idx on media (community_id, case_id)`.execute(db)

  await sql`
    create table notification (
      community_id uuid not null references community,
      id           uuid not null,
      account_id   uuid not null references account,
      message_key  text not null,
      params       jsonb not null default '{}',
      case_id      uuid,
      created_at   timestamptz not null default now(),
      read_at      timestamptz,
      delivered_at timestamptz,
      delivered_by text[] not null default '{}',
      attempts     integer not null default 0,
      try_after    timestamptz not null default now(),
      primary key (community_id, id)
    )`.execute(db)
  await sql`create index notification_waiting_idx on notification (try_after) where (delivered_at is null)`.execute(
    db,
  )
  await sql`create index notification_account_idx on notification (account_id, created_at desc)`.execute(
    db,
  )

  // Of a person, not of a community: read and written only by its owner's own requests.
  await sql`
    create table notification_setting (
      account_id  uuid primary key references account,
      email       text,
      by_email    boolean not null default false,
      by_push     boolean not null default false,
      quiet_from  text check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      quiet_to    text check (quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')
    )`.execute(db)
  await sql`
    create table push_subscription (
      id         uuid primary key,
      account_id uuid not null references account,
      endpoint   text not null unique,
      keys       jsonb not null,
      created_at timestamptz not null default now()
    )`.execute(db)

  const grants: Record<string, string> = {
    patrol_plan: 'select, insert, update, delete',
    patrol: 'select, insert, update',
    pass: 'select, insert',
    media: 'select, insert, update, delete',
    notification: 'select, insert, update, delete',
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
