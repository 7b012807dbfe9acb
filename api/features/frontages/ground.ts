import { sql, type Transaction } from 'kysely'
import type { MultiPolygon, Polygon } from 'geojson'
import type { Database } from '../../db/tables.ts'
import type { Origin } from './contract.ts'

/** What frontages are laid out from, as it lies in the database. Shapes as GeoJSON in degrees. */

export interface ShopRow {
  id: string
  name_zh: string | null
  building_id: string | null
  lon: number | null
  lat: number | null
}

export interface LaidRow {
  id: string
  merchant_id: string | null
  shop_name: string | null
  version: number
  origin: Origin
  geometry_text: string
}

/** Where a frontage comes from: laid out and still as it was, corrected since, or drawn or imported. */
const originOf = sql<Origin>`case when o.id is null then 'drawn'
  when o.geom_hash = md5(ST_AsBinary(f.geom)) then 'laid' else 'corrected' end`

export async function readLaid(
  trx: Transaction<Database>,
  communityId: string,
): Promise<LaidRow[]> {
  const { rows } = await sql<LaidRow>`
    select f.id, f.merchant_id, m.name_zh as shop_name, f.version, ${originOf} as origin,
      ST_AsGeoJSON(f.geom, 8) as geometry_text
    from frontage as f
    left join frontage_origin as o on o.community_id = f.community_id and o.id = f.id
    left join merchant as m on m.community_id = f.community_id and m.id = f.merchant_id
    where f.community_id = ${communityId} and f.valid_to is null order by f.id`.execute(trx)
  return rows
}

/** Remembers frontages as they were laid out just now. */
export async function rememberLaid(
  trx: Transaction<Database>,
  communityId: string,
  laid: readonly { id: string; depth_by: string }[],
): Promise<void> {
  await sql`
    insert into frontage_origin (community_id, id, geom_hash, depth_by)
    select f.community_id, f.id, md5(ST_AsBinary(f.geom)), l.depth_by
    from unnest(${laid.map(({ id }) => id)}::uuid[], ${laid.map(({ depth_by }) => depth_by)}::text[]) as l (id, depth_by)
    join frontage as f on f.community_id = ${communityId} and f.id = l.id
    on conflict (community_id, id) do update
      set geom_hash = excluded.geom_hash, depth_by = excluded.depth_by, laid_at = now()`.execute(
    trx,
  )
}

export interface GroundRows {
  shops: ShopRow[]
  buildings: { id: string; shape: Polygon | MultiPolygon }[]
  kerbs: number[][][]
  centrelines: number[][][]
}

export async function readGround(
  trx: Transaction<Database>,
  communityId: string,
): Promise<GroundRows> {
  const { rows: shops } = await sql<ShopRow>`
    select id, name_zh, building_id, ST_X(geom) as lon, ST_Y(geom) as lat from merchant
    where community_id = ${communityId} order by id`.execute(trx)
  const { rows: buildings } = await sql<{ id: string; text: string }>`
    select id, ST_AsGeoJSON(geom, 9) as text from building
    where community_id = ${communityId} and valid_to is null order by id`.execute(trx)
  const { rows: kerbs } = await sql<{ text: string }>`
    select ST_AsGeoJSON(i.kerb_line, 9) as text from street_side as i
    join street_segment as s on s.community_id = i.community_id and s.id = i.segment_id and s.valid_to is null
    where i.community_id = ${communityId} and i.kerb_line is not null order by i.id`.execute(trx)
  const { rows: lines } = await sql<{ text: string }>`
    select ST_AsGeoJSON((ST_Dump(geom)).geom, 9) as text from street_segment
    where community_id = ${communityId} and valid_to is null order by id`.execute(trx)
  const lineOf = ({ text }: { text: string }) =>
    (JSON.parse(text) as { coordinates: number[][] }).coordinates
  return {
    shops,
    buildings: buildings.map(({ id, text }) => ({
      id,
      shape: JSON.parse(text) as Polygon | MultiPolygon,
    })),
    kerbs: kerbs.map(lineOf),
    centrelines: lines.map(lineOf),
  }
}
