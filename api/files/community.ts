import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../db/tables.ts'
import { asOwner } from './as-owner.ts'
import type { Box } from './crs.ts'
import { FileRefusal } from './refusal.ts'

/** The community that files are loaded into; made with the first file that is stored where it is not there yet. */
export interface TargetCommunity {
  id: string
  slug: string
  /** Null where it is there already. */
  isNew: { name_zh: string | null; name_en: string | null; time_zone: string } | null
}

/** A known community's id by slug; undefined where there is none. */
export const findCommunity = (db: Kysely<Database>, slug: string) =>
  db.selectFrom('community').select(['id', 'slug']).where('slug', '=', slug).executeTakeFirst()

/** A community to be made: an id of its own, the time zone checked. @throws Error for an unknown zone or a bad slug. */
export function newCommunity(slug: string, name: string, time_zone: string): TargetCommunity {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug))
    throw new Error(
      `a community's short name is made of a–z, 0–9 and hyphens, for example neukoelln, not ${JSON.stringify(slug)}`,
    )
  if (!isTimeZone(time_zone))
    throw new Error(
      `${JSON.stringify(time_zone)} is no time zone: give an IANA name, for example Asia/Shanghai or Europe/Berlin`,
    )
  const isChinese = /\p{Script=Han}/u.test(name)
  return {
    id: uuidv7(),
    slug,
    isNew: { name_zh: isChinese ? name : null, name_en: isChinese ? null : name, time_zone },
  }
}

/** Writes the community where it is not there yet; in the transaction of the first rows that go into it. */
export async function ensureCommunity(
  trx: Transaction<Database>,
  community: TargetCommunity,
): Promise<void> {
  if (!community.isNew) return
  await asOwner(trx, async () => {
    await trx
      .insertInto('community')
      .values({ id: community.id, slug: community.slug, ...community.isNew!, geom: null as never })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  })
}

/** About 55 km: a district further away is another community. */
const NEAR_DEG = 0.5

/**
 * Refuses features that come out far from everything the community has: in range, but in another system or with their
 * axes exchanged.
 * @throws FileRefusal naming both places.
 */
export async function refuseFarAway(
  trx: Transaction<Database>,
  community: TargetCommunity,
  box: Box | null,
): Promise<void> {
  if (!box || community.isNew) return
  const [west, south, east, north] = box
  const { rows } = await sql<{ is_near: boolean; lon: number; lat: number }>`
    select ST_X(ST_Centroid(geom)) as lon, ST_Y(ST_Centroid(geom)) as lat,
      ST_Expand(geom, ${NEAR_DEG}) && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326) as is_near
    from community where id = ${community.id} and geom is not null`.execute(trx)
  const [known] = rows
  if (!known || known.is_near) return
  const place = (lon: number, lat: number) => `${lon.toFixed(2)}, ${lat.toFixed(2)}`
  throw new FileRefusal(
    `the features come out at ${place((west + east) / 2, (south + north) / 2)} (longitude, latitude), far from ${community.slug} at ${place(known.lon, known.lat)}: give the right --crs, --swap-axes or another --community`,
  )
}

/** Adds the line that a source's licence wants shown, once. */
export async function addAttribution(
  trx: Transaction<Database>,
  communityId: string,
  line: string | null,
): Promise<void> {
  if (line === null) return
  await asOwner(trx, async () => {
    await sql`update community set attribution = concat_ws('; ', attribution, ${line}::text)
      where id = ${communityId} and position(${line} in coalesce(attribution, '')) = 0`.execute(trx)
  })
}

/** About 30 m: what stands at the edge is inside. */
const MARGIN_DEG = 0.0003

/**
 * Gives a community without a boundary one: the planning areas (grids) that hold something of it, else the hull of all
 * that is there. True when it was given one.
 */
export async function drawBoundary(
  trx: Transaction<Database>,
  communityId: string,
): Promise<boolean> {
  const things = sql.join(
    [
      'street_segment',
      'building',
      'curb_object',
      'bay',
      'vendor_zone',
      'lot',
      'frontage',
      'closure',
    ].map(
      (table) =>
        sql`select geom from ${sql.table(table)} where community_id = ${communityId} and valid_to is null`,
    ),
    sql` union all `,
  )
  const hull = sql`(select ST_Buffer(ST_ConvexHull(ST_Collect(geom)), ${MARGIN_DEG}) from thing)`
  const { rows } = await sql<{ boundary: string | null }>`
    with thing as materialized (${things}), area as (
      select ST_Union(g.geom) as geom from grid as g
      where g.community_id = ${communityId} and g.valid_to is null
        and (not exists (select from thing) or exists (select from thing as t where t.geom && g.geom and ST_Intersects(t.geom, g.geom)))
    )
    select ST_AsEWKT(ST_Multi(coalesce((select geom from area where not ST_IsEmpty(geom)), ${hull}))) as boundary`.execute(
    trx,
  )
  const boundary = rows[0]!.boundary
  if (boundary === null) return false
  return asOwner(trx, async () => {
    const { numAffectedRows } = await sql`update community set geom = ${boundary}::geometry
      where id = ${communityId} and geom is null`.execute(trx)
    return numAffectedRows === 1n
  })
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name.includes('/') || name === 'UTC'
  } catch {
    return false
  }
}
