import { type Kysely, sql } from 'kysely'

/** The inventory of the street. Geometry: WGS 84 (EPSG:4326), lon lat, valid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const inventory = async (table: string, columns: string, geometryTypes: string) => {
    await sql`
      create table ${sql.table(table)} (
        community_id    uuid not null references community,
        id              uuid not null,
        external_id     text,
        source          text,
        ${sql.raw(columns)}
        tags            jsonb,
        geom            geometry(Geometry, 4326) not null
                        check (ST_IsValid(geom) and not ST_IsEmpty(geom) and ST_GeometryType(geom) in (${sql.raw(geometryTypes)})),
        version         integer not null default 1,
        changed_version bigint not null,
        import_id       uuid,
        valid_from      timestamptz not null default now(),
        valid_to        timestamptz,
        updated_at      timestamptz not null default now(),
        primary key (community_id, id),
        check (valid_to is null or valid_to >= valid_from)
      )`.execute(db)
    const name = (suffix: string) => sql.id(`${table}_${suffix}`)
    await sql`create index ${name('geom_idx')} on ${sql.table(table)} using gist (geom)`.execute(db)
    await sql`create index ${name('changed_idx')} on ${sql.table(table)} (community_id, changed_version)`.execute(
      db,
    )
    await sql`create unique index ${name('external_idx')} on ${sql.table(table)} (community_id, external_id) where external_id is not null and valid_to is null`.execute(
      db,
    )
  }
  const AREA = `'ST_Polygon', 'ST_MultiPolygon'`
  const LINE = `'ST_LineString', 'ST_MultiLineString'`
  const ANY = `'ST_Point', 'ST_MultiPoint', ${LINE}, ${AREA}`
  const count = (column: string) => `${column} integer check (${column} >= 0),`
  const metres = (column: string) =>
    `${column} double precision check (${column} >= 0 and ${column} <= 1000),`
  const names = 'name_zh text, name_en text,'

  await inventory(
    'grid',
    `grid_code text, ${names} ${count('full_time_workers')} ${count('part_time_workers')} ${count('residents')} ${count('resident_vehicles')}`,
    AREA,
  )
  await inventory(
    'building',
    `${names} grid_id uuid, ${count('floors')} ${count('households')} ${count('residents')} ${count('resident_vehicles')}`,
    AREA,
  )
  await inventory(
    'street_segment',
    `${names} class text check (class in ('primary', 'secondary', 'tertiary', 'residential', 'service', 'alley')),
     ${metres('carriageway_width_m')} oneway boolean, dead_end boolean,`,
    LINE,
  )
  await inventory(
    'curb_object',
    `kind text not null, ${names} owner_unit text, maintainer text, condition text,`,
    ANY,
  )
  await inventory(
    'bay',
    `${names} vehicle_classes text[] not null check (cardinality(vehicle_classes) > 0),
     layout text check (layout in ('parallel', 'perpendicular', 'angled')),
     rows integer check (rows between 1 and 10), ${metres('unit_length_m')} ${metres('unit_width_m')}
     ${count('capacity')} ${count('charging')} covered boolean,
     status text not null default 'draft' check (status in ('draft', 'approved', 'painted', 'retired')),
     segment_id uuid, side text check (side in ('left', 'right')), windows jsonb, restrictions jsonb,`,
    ANY,
  )
  await inventory(
    'vendor_zone',
    `${names} status text not null default 'draft' check (status in ('draft', 'proposed', 'approved', 'suspended', 'ended')),
     ${count('stalls')} category text, duties text, windows jsonb not null,
     first_date date, last_date date, check (last_date is null or first_date is null or last_date >= first_date),`,
    AREA,
  )
  await inventory(
    'lot',
    `${names} kind text check (kind in ('public', 'dedicated', 'temporary', 'roadside')), owner_unit text,
     ${count('capacity')} windows jsonb, fee text, ${count('charging')} covered boolean,`,
    `'ST_Point', ${AREA}`,
  )
  await inventory(
    'frontage',
    `merchant_id uuid, ${names} category text, letter_signed boolean,`,
    AREA,
  )

  // Each side of a street on its own: widths, kerb line and paving differ across the carriageway.
  await sql`
    create table street_side (
      community_id       uuid not null references community,
      id                 uuid not null,
      segment_id         uuid not null,
      side               text not null check (side in ('left', 'right')),
      footway_width_m    double precision check (footway_width_m >= 0),
      furnishing_width_m double precision check (furnishing_width_m >= 0),
      tactile_paving     boolean,
      slope_percent      double precision check (slope_percent between 0 and 100),
      kerb_line          geometry(LineString, 4326) check (ST_IsValid(kerb_line)),
      primary key (community_id, id),
      unique (community_id, segment_id, side),
      foreign key (community_id, segment_id) references street_segment on delete cascade
    )`.execute(db)

  await sql`
    create table merchant (
      community_id uuid not null references community,
      id           uuid not null,
      external_id  text,
      name_zh      text,
      category     text,
      building_id  uuid,
      grid_id      uuid,
      geom         geometry(Point, 4326) check (ST_IsValid(geom)),
      created_at   timestamptz not null default now(),
      primary key (community_id, id),
      unique (community_id, external_id)
    )`.execute(db)

  await sql`
    create table partner_unit (
      community_id uuid not null references community,
      id           uuid not null,
      external_id  text,
      name_zh      text not null,
      name_en      text,
      primary key (community_id, id),
      unique (community_id, external_id)
    )`.execute(db)

  await sql`
    create table sharing_agreement (
      community_id  uuid not null references community,
      id            uuid not null,
      external_id   text,
      lot_id        uuid not null,
      unit_id       uuid,
      spaces_shared integer not null check (spaces_shared > 0),
      windows       jsonb not null,
      audience      text,
      first_date    date not null,
      last_date     date,
      status        text not null check (status in ('proposed', 'negotiated', 'signed', 'filed', 'active', 'paused', 'ended')),
      primary key (community_id, id),
      unique (community_id, external_id),
      foreign key (community_id, lot_id) references lot,
      foreign key (community_id, unit_id) references partner_unit,
      check (last_date is null or last_date >= first_date)
    )`.execute(db)

  await sql`
    create table ledger_event (
      community_id uuid not null references community,
      id           uuid not null,
      external_id  text,
      kind         text not null,
      grid_id      uuid,
      patrol       text,
      status       text not null,
      found_at     timestamptz not null,
      closed_at    timestamptz,
      unit_id      uuid,
      geom         geometry(Point, 4326) not null,
      primary key (community_id, id),
      unique (community_id, external_id),
      foreign key (community_id, unit_id) references partner_unit
    )`.execute(db)

  // One row a file read in: what it held and what was refused, so a second run can be told from a first.
  await sql`
    create table import_run (
      community_id uuid not null references community,
      id           uuid not null,
      at           timestamptz not null default now(),
      file_name    text not null,
      file_sha256  text not null,
      report       jsonb not null,
      primary key (community_id, id)
    )`.execute(db)

  const writable = [
    'grid',
    'building',
    'street_segment',
    'curb_object',
    'bay',
    'vendor_zone',
    'lot',
    'frontage',
    'street_side',
    'merchant',
    'partner_unit',
    'sharing_agreement',
    'ledger_event',
    'import_run',
  ]
  for (const table of writable) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db)
    await sql`
      create policy communities_in_force on ${sql.table(table)} to jiexu_app
        using (community_id = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[]))`.execute(
      db,
    )
    await sql`grant select, insert, update, delete on ${sql.table(table)} to jiexu_app`.execute(db)
  }
}
