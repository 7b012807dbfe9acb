import { type Kysely, sql } from 'kysely'

/** Communities, people, the application role, audit and the change feed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists postgis`.execute(db)

  // Roles belong to the whole server: two databases may migrate at the same moment.
  await sql`
    do $$
    begin
      if not exists (select from pg_roles where rolname = 'jiexu_app') then
        create role jiexu_app nologin;
      end if;
    exception when duplicate_object or unique_violation then null;
    end $$`.execute(db)
  await sql`
    do $$
    begin
      execute format('grant jiexu_app to %I', current_user);
    exception when unique_violation then null;
    end $$`.execute(db)
  await sql`grant usage on schema public to jiexu_app`.execute(db)

  // A reference table: small, the same everywhere, not bound to one tenant.
  await sql`
    create table community (
      id                uuid primary key,
      slug              text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name_zh           text,
      name_en           text,
      name_bo           text,
      district          text,
      subdistrict       text,
      time_zone         text not null,
      rule_pack_id      text not null default 'cn-default',
      full_time_workers integer check (full_time_workers >= 0),
      part_time_workers integer check (part_time_workers >= 0),
      resident_vehicles integer check (resident_vehicles >= 0),
      attribution       text,
      notice            text,
      is_synthetic      boolean not null default false,
      geom              geometry(MultiPolygon, 4326) check (ST_IsValid(geom)),
      created_at        timestamptz not null default now(),
      check (coalesce(name_zh, name_en) <> '')
    )`.execute(db)

  await sql`
    create table account (
      id            uuid primary key,
      login         text not null unique check (login = lower(login) and login <> ''),
      password_hash text not null,
      display_name  text not null,
      locale        text not null default 'zh-CN',
      city_role     text check (city_role in ('city_reader', 'admin')),
      is_demo       boolean not null default false,
      disabled_at   timestamptz,
      created_at    timestamptz not null default now()
    )`.execute(db)

  await sql`
    create table membership (
      community_id uuid not null references community,
      account_id   uuid not null references account,
      role         text not null check (role in ('resident', 'merchant', 'inspector', 'unit', 'planner', 'leader', 'admin')),
      grid_ids     uuid[] not null default '{}',
      created_at   timestamptz not null default now(),
      primary key (community_id, account_id, role)
    )`.execute(db)
  await sql`create index membership_account_idx on membership (account_id)`.execute(db)

  await sql`
    create table session (
      id_hash             text primary key,
      account_id          uuid references account,
      data                jsonb not null,
      expires_at          timestamptz not null,
      absolute_expires_at timestamptz not null,
      created_at          timestamptz not null default now()
    )`.execute(db)
  await sql`create index session_account_idx on session (account_id)`.execute(db)

  await sql`
    create table idempotency_key (
      owner         text not null,
      key           text not null,
      request_hash  text not null,
      status        integer,
      headers       jsonb,
      body          text,
      created_at    timestamptz not null default now(),
      primary key (owner, key)
    )`.execute(db)

  await sql`
    create table layer_version (
      community_id uuid not null references community,
      layer        text not null,
      version      bigint not null,
      changed_at   timestamptz not null default now(),
      primary key (community_id, layer)
    )`.execute(db)

  await sql`
    create table audit (
      community_id uuid not null references community,
      id           uuid not null,
      at           timestamptz not null default now(),
      actor_id     uuid,
      action       text not null check (action in ('create', 'replace', 'update', 'delete', 'import', 'sign_in', 'read_personal')),
      collection   text not null,
      record_id    uuid,
      before       jsonb,
      after        jsonb,
      reason       text,
      request_id   text,
      primary key (community_id, id)
    )`.execute(db)
  await sql`create index audit_record_idx on audit (community_id, collection, record_id, at)`.execute(
    db,
  )

  for (const table of ['layer_version', 'audit'])
    await sql`
      alter table ${sql.table(table)} enable row level security`.execute(db)
  for (const table of ['layer_version', 'audit'])
    await sql`
      create policy communities_in_force on ${sql.table(table)} to jiexu_app
        using (community_id = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]))`.execute(
      db,
    )
  await sql`grant select on community to jiexu_app`.execute(db)
  await sql`grant select, insert, update on layer_version to jiexu_app`.execute(db)
  // Append only: nobody who answers a request can change or remove what happened.
  await sql`grant select, insert on audit to jiexu_app`.execute(db)
}
