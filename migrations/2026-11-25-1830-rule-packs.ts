import { type Kysely, sql } from 'kysely'

/** Rule packs of a community: copies of shipped ones, every saved version, and which one is in force since when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table rule_pack (
      community_id     uuid not null references community,
      id               uuid not null,
      based_on         text not null check (based_on <> ''),
      based_on_version integer not null,
      version          integer not null default 1,
      created_at       timestamptz not null default now(),
      primary key (community_id, id)
    )`.execute(db)

  // Appended and never changed: a finding names the version it was judged by, and that must be found again.
  await sql`
    create table rule_pack_version (
      community_id uuid not null references community,
      pack_id      uuid not null,
      version      integer not null check (version > 0),
      name_zh      text not null check (name_zh <> ''),
      name_en      text not null check (name_en <> ''),
      region       text not null,
      effective    date not null,
      rules        jsonb not null,
      reason       text,
      saved_by     uuid,
      saved_at     timestamptz not null default now(),
      primary key (community_id, pack_id, version),
      foreign key (community_id, pack_id) references rule_pack
    )`.execute(db)

  // The newest serial is in force. Two who activate at once want the same serial, and the second is refused.
  await sql`
    create table rule_pack_activation (
      community_id uuid not null references community,
      serial       integer not null check (serial > 0),
      shipped_id   text,
      pack_id      uuid,
      pack_version integer not null,
      reason       text,
      activated_by uuid,
      activated_at timestamptz not null default now(),
      primary key (community_id, serial),
      foreign key (community_id, pack_id, pack_version) references rule_pack_version,
      check ((shipped_id is null) <> (pack_id is null))
    )`.execute(db)

  const grants: Record<string, string> = {
    rule_pack: 'select, insert, update',
    rule_pack_version: 'select, insert',
    rule_pack_activation: 'select, insert',
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
