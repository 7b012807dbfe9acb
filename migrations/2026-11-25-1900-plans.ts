import { type Kysely, sql } from 'kysely'

/** Plans: a named set of edits on the inventory, discussed, approved and published as one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table plan (
      community_id  uuid not null references community,
      id            uuid not null,
      name          text not null,
      purpose       text,
      status        text not null default 'draft'
                    check (status in ('draft', 'review', 'approved', 'published', 'withdrawn')),
      unit_prices   jsonb not null default '{}',
      comment_hash  text,
      comment_until timestamptz,
      created_by    uuid references account,
      created_at    timestamptz not null default now(),
      approved_by   uuid references account,
      approved_at   timestamptz,
      published_by  uuid references account,
      published_at  timestamptz,
      version       integer not null default 1,
      updated_at    timestamptz not null default now(),
      primary key (community_id, id),
      check ((published_at is not null) = (status = 'published'))
    )`.execute(db)
  await sql`create index plan_comment_hash_idx on plan (community_id, comment_hash)`.execute(db)

  // Edits are only added: what is taken back is marked so, and can be brought again.
  await sql`
    create table plan_edit (
      community_id uuid not null references community,
      id           uuid not null,
      plan_id      uuid not null,
      serial       integer not null,
      action       text not null check (action in ('create', 'replace', 'retire')),
      collection   text not null,
      feature_id   uuid not null,
      base_version integer,
      after_id     uuid,
      properties   jsonb,
      geom         geometry(Geometry, 4326) check (ST_IsValid(geom)),
      made_by      uuid references account,
      made_at      timestamptz not null default now(),
      undone_at    timestamptz,
      content_hash text not null,
      primary key (community_id, id),
      unique (community_id, plan_id, serial),
      foreign key (community_id, plan_id) references plan on delete cascade,
      foreign key (community_id, after_id) references plan_edit (community_id, id),
      check ((action = 'retire') = (geom is null)),
      check ((action = 'create') = (base_version is null))
    )`.execute(db)
  await sql`
    create index plan_edit_feature_idx on plan_edit (community_id, plan_id, feature_id, serial)`.execute(
    db,
  )

  await sql`
    create table plan_comment (
      community_id uuid not null references community,
      id           uuid not null,
      plan_id      uuid not null,
      body         text not null check (length(body) between 1 and 2000),
      feature_id   uuid,
      geom         geometry(Point, 4326),
      account_id   uuid references account,
      is_hidden    boolean not null default false,
      answer       text,
      made_at      timestamptz not null default now(),
      content_hash text not null,
      version      integer not null default 1,
      primary key (community_id, id),
      foreign key (community_id, plan_id) references plan on delete cascade
    )`.execute(db)
  await sql`
    create index plan_comment_plan_idx on plan_comment (community_id, plan_id, made_at)`.execute(db)

  const grants: Record<string, string> = {
    plan: 'select, insert, update, delete',
    plan_edit: 'select, insert, update, delete',
    plan_comment: 'select, insert, update, delete',
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
