import { type Kysely, sql } from 'kysely'

/** The closed loop: kinds of cases, cases with their steps, dispatches to several units, re-visits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table community
      add column working_windows jsonb,
      add column holidays text not null default 'cn' check (holidays in ('cn', 'none'))`.execute(db)
  // Who acts for a unit or a shop: an account of that role without one sees nothing of it.
  await sql`
    alter table membership
      add column unit_id uuid,
      add column merchant_id uuid,
      add foreign key (community_id, unit_id) references partner_unit,
      add foreign key (community_id, merchant_id) references merchant`.execute(db)

  await sql`
    create table case_kind (
      community_id       uuid not null references community,
      id                 uuid not null,
      code               text not null check (code <> ''),
      parent_id          uuid,
      class              text not null check (class in ('component', 'event')),
      name_zh            text not null,
      name_en            text not null,
      flow               text not null default 'standard' check (flow in ('standard', 'zombie_vehicle')),
      subject            text not null default 'none' check (subject in ('none', 'vehicle', 'merchant')),
      is_hazard          boolean not null default false,
      is_public          boolean not null default true,
      is_open_to_public  boolean not null default true,
      is_active          boolean not null default true,
      duplicate_radius_m double precision not null default 30 check (duplicate_radius_m between 0 and 1000),
      duplicate_days     integer not null default 7 check (duplicate_days between 0 and 365),
      default_unit_id    uuid,
      limits             jsonb not null default '{}',
      outcomes           text[] not null default '{persuaded,tip_card,needs_dispatch}',
      required           jsonb not null default '{}',
      notice_days        integer check (notice_days between 1 and 365),
      version            integer not null default 1,
      updated_at         timestamptz not null default now(),
      primary key (community_id, id),
      unique (community_id, code),
      foreign key (community_id, parent_id) references case_kind,
      foreign key (community_id, default_unit_id) references partner_unit
    )`.execute(db)

  // A vehicle is a keyed hash of its plate and a mask: the plate itself is stored nowhere.
  await sql`
    create table subject (
      community_id uuid not null references community,
      id           uuid not null,
      kind         text not null check (kind in ('vehicle', 'merchant')),
      plate_hash   text,
      plate_mask   text,
      merchant_id  uuid,
      created_at   timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      primary key (community_id, id),
      unique (community_id, plate_hash),
      unique (community_id, merchant_id),
      foreign key (community_id, merchant_id) references merchant,
      check ((kind = 'vehicle') = (plate_hash is not null) and (kind = 'merchant') = (merchant_id is not null))
    )`.execute(db)

  // The last number given in a year: its row lock makes numbers gap-free, because a rolled back case gives its number back.
  await sql`
    create table case_number (
      community_id uuid not null references community,
      year         integer not null,
      last         integer not null,
      primary key (community_id, year)
    )`.execute(db)

  // "case" is a word of SQL, so the table is named after the file that a case is.
  await sql`
    create table case_file (
      community_id    uuid not null references community,
      id              uuid not null,
      year            integer not null,
      serial          integer not null check (serial > 0),
      kind_id         uuid not null,
      source          text not null check (source in ('patrol', 'hotline', 'video', 'resident', 'merchant', 'superior')),
      step            text not null default 'collection' check (step in ('collection', 'filing', 'dispatch', 'handling', 'feedback', 'verification', 'evaluation')),
      status          text not null default 'open' check (status in ('open', 'on_hold', 'closed', 'refused', 'merged')),
      severity        text check (severity in ('low', 'medium', 'high', 'critical')),
      description     text,
      outcome         text,
      subject_id      uuid,
      geom            geometry(Point, 4326) not null check (ST_IsValid(geom) and not ST_IsEmpty(geom)),
      accuracy_m      real check (accuracy_m >= 0),
      grid_id         uuid,
      segment_id      uuid,
      side            text check (side in ('left', 'right')),
      place_kind      text check (place_kind in ('bay', 'lot', 'frontage', 'vendor_zone')),
      place_id        uuid,
      flags           text[] not null default '{}',
      found_at        timestamptz not null,
      received_at     timestamptz not null default now(),
      reported_by     uuid,
      original_id     uuid,
      lead_unit_id    uuid,
      filed_at        timestamptz,
      dispatched_at   timestamptz,
      due_at          timestamptz,
      due_what        text check (due_what in ('file', 'dispatch', 'arrive', 'handle', 'verify')),
      hold_since      timestamptz,
      reminded_at     timestamptz,
      overdue_at      timestamptz,
      escalation      integer not null default 0,
      notice_until    timestamptz,
      handled_at      timestamptz,
      closed_at       timestamptz,
      is_on_time      boolean,
      satisfaction    integer check (satisfaction between 1 and 5),
      content_hash    text not null,
      version         integer not null default 1,
      updated_at      timestamptz not null default now(),
      primary key (community_id, id),
      unique (community_id, year, serial),
      foreign key (community_id, kind_id) references case_kind,
      foreign key (community_id, subject_id) references subject,
      foreign key (community_id, original_id) references case_file,
      foreign key (community_id, lead_unit_id) references partner_unit,
      check ((status = 'merged') = (original_id is not null)),
      check ((place_kind is null) = (place_id is null)),
      check ((status in ('closed', 'refused')) <= (closed_at is not null))
    )`.execute(db)
  for (const [name, columns] of [
    ['newest', 'community_id, found_at desc, id desc'],
    ['status', 'community_id, status, step, found_at desc, id desc'],
    ['due', `community_id, due_at) where (status = 'open' and due_at is not null`],
    ['unit', 'community_id, lead_unit_id, status, found_at desc'],
    ['grid', 'community_id, grid_id, status, found_at desc'],
    ['kind', 'community_id, kind_id, found_at desc'],
    ['subject', 'community_id, subject_id, found_at desc) where (subject_id is not null'],
    ['original', 'community_id, original_id) where (original_id is not null'],
    ['closed', 'community_id, closed_at) where (closed_at is not null'],
    ['dispatched', 'community_id, dispatched_at) where (dispatched_at is not null'],
    ['reporter', 'community_id, reported_by, found_at desc) where (reported_by is not null'],
    // All that the board counts by, so that counting reads no case.
    ['counts', 'community_id, status, step, lead_unit_id, grid_id, due_at'],
  ])
    await sql`create index ${sql.id(`case_file_${name}_idx`)} on case_file (${sql.raw(columns!)})`.execute(
      db,
    )
  await sql`create index case_file_geom_idx on case_file using gist (geom)`.execute(db)

  // Every move of a case, appended and never changed: who, in which role, when, why.
  await sql`
    create table case_step (
      community_id uuid not null references community,
      id           uuid not null,
      case_id      uuid not null,
      action       text not null,
      from_step    text,
      to_step      text not null,
      from_status  text,
      to_status    text not null,
      actor_id     uuid,
      actor_role   text not null,
      unit_id      uuid,
      at           timestamptz not null default now(),
      claimed_at   timestamptz,
      reason       text,
      note         text,
      data         jsonb,
      content_hash text not null,
      primary key (community_id, id),
      foreign key (community_id, case_id) references case_file,
      foreign key (community_id, unit_id) references partner_unit
    )`.execute(db)
  await sql`create index case_step_case_idx on case_step (community_id, case_id, at)`.execute(db)

  // The whistle 吹哨单: one order to a lead unit and others, who each arrive, report and sign off.
  await sql`
    create table dispatch (
      community_id  uuid not null references community,
      id            uuid not null,
      case_id       uuid not null,
      arrive_by     timestamptz,
      handle_by     timestamptz,
      message       text,
      dispatched_by uuid,
      dispatched_at timestamptz not null default now(),
      recalled_at   timestamptz,
      primary key (community_id, id),
      foreign key (community_id, case_id) references case_file
    )`.execute(db)
  await sql`create index dispatch_case_idx on dispatch (community_id, case_id)`.execute(db)
  await sql`
    create table dispatch_unit (
      community_id    uuid not null references community,
      dispatch_id     uuid not null,
      unit_id         uuid not null,
      case_id         uuid not null,
      is_lead         boolean not null,
      accepted_at     timestamptz,
      arrived_at      timestamptz,
      hand_over_at    timestamptz,
      hand_over_why   text,
      result          text,
      signed_off_at   timestamptz,
      recalled_at     timestamptz,
      link_hash       text not null unique,
      primary key (community_id, dispatch_id, unit_id),
      foreign key (community_id, dispatch_id) references dispatch on delete cascade,
      foreign key (community_id, unit_id) references partner_unit,
      foreign key (community_id, case_id) references case_file
    )`.execute(db)
  await sql`create unique index dispatch_unit_lead_idx on dispatch_unit (community_id, dispatch_id) where (is_lead and recalled_at is null)`.execute(
    db,
  )
  await sql`create index dispatch_unit_inbox_idx on dispatch_unit (community_id, unit_id, signed_off_at)`.execute(
    db,
  )
  await sql`create index dispatch_unit_case_idx on dispatch_unit (community_id, case_id)`.execute(
    db,
  )

  // 回头看: somebody looks again some days after closing.
  await sql`
    create table revisit (
      community_id uuid not null references community,
      id           uuid not null,
      case_id      uuid not null,
      due_on       date not null,
      done_at      timestamptz,
      done_by      uuid,
      result       text check (result in ('holds', 'recurred')),
      note         text,
      primary key (community_id, id),
      foreign key (community_id, case_id) references case_file,
      check ((done_at is null) = (result is null))
    )`.execute(db)
  await sql`create index revisit_due_idx on revisit (community_id, due_on) where (done_at is null)`.execute(
    db,
  )
  await sql`create index revisit_case_idx on revisit (community_id, case_id)`.execute(db)

  // Who reported or follows: reached by a secret link, and by contact only if they left one. Personal: kept apart, for a time.
  await sql`
    create table case_follower (
      community_id uuid not null references community,
      id           uuid not null,
      case_id      uuid not null,
      is_reporter  boolean not null default false,
      token_hash   text not null unique,
      email        text,
      phone        text,
      told         text,
      created_at   timestamptz not null default now(),
      delete_after timestamptz not null,
      primary key (community_id, id),
      foreign key (community_id, case_id) references case_file
    )`.execute(db)
  await sql`create index case_follower_case_idx on case_follower (community_id, case_id)`.execute(
    db,
  )

  await guard(db, {
    case_kind: 'select, insert, update',
    subject: 'select, insert, update, delete',
    case_number: 'select, insert, update',
    case_file: 'select, insert, update',
    case_step: 'select, insert',
    dispatch: 'select, insert, update',
    dispatch_unit: 'select, insert, update',
    revisit: 'select, insert, update',
    case_follower: 'select, insert, update, delete',
  })
}

async function guard(db: Kysely<unknown>, grants: Record<string, string>): Promise<void> {
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
