import { type Kysely, sql } from 'kysely'

/** Frontages (门前三包): which were laid out by the machine, letters, checks with scores, the rule of the month's lists. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // As it was laid out; a frontage whose shape is another one by now was corrected by hand.
  await sql`
    create table frontage_origin (
      community_id uuid not null references community,
      id           uuid not null,
      geom_hash    text not null,
      depth_by     text not null check (depth_by in ('kerb', 'partly', 'limit')),
      laid_at      timestamptz not null default now(),
      primary key (community_id, id),
      foreign key (community_id, id) references frontage on delete cascade
    )`.execute(db)

  await sql`
    create table frontage_letter (
      community_id uuid not null references community,
      id           uuid not null,
      merchant_id  uuid not null,
      signed_at    date not null,
      valid_until  date not null,
      text_version text not null,
      recorded_by  uuid,
      created_at   timestamptz not null default now(),
      primary key (community_id, id),
      foreign key (community_id, merchant_id) references merchant on delete cascade,
      check (valid_until >= signed_at)
    )`.execute(db)
  await sql`create index frontage_letter_merchant_idx on frontage_letter (community_id, merchant_id, signed_at)`.execute(
    db,
  )

  await sql`
    create table frontage_check (
      community_id uuid not null references community,
      id           uuid not null,
      merchant_id  uuid not null,
      checked_at   timestamptz not null,
      hygiene      integer not null check (hygiene between 0 and 100),
      "order"      integer not null check ("order" between 0 and 100),
      facilities   integer not null check (facilities between 0 and 100),
      note         text,
      checked_by   uuid,
      created_at   timestamptz not null default now(),
      primary key (community_id, id),
      foreign key (community_id, merchant_id) references merchant on delete cascade
    )`.execute(db)
  await sql`create index frontage_check_time_idx on frontage_check (community_id, checked_at)`.execute(
    db,
  )

  await sql`
    create table frontage_rule (
      community_id uuid primary key references community,
      rule         jsonb not null,
      updated_at   timestamptz not null default now()
    )`.execute(db)

  for (const table of ['frontage_origin', 'frontage_letter', 'frontage_check', 'frontage_rule']) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db)
    await sql`
      create policy communities_in_force on ${sql.table(table)} to jiexu_app
        using (community_id = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]))`.execute(
      db,
    )
    await sql`grant select, insert, update, delete on ${sql.table(table)} to jiexu_app`.execute(db)
  }
}
