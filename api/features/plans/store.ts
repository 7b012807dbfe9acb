import { sql, type Transaction } from 'kysely'
import { asGeoJson, fromGeoJson } from '../../db/geo-sql.ts'
import type { PlanEditTable, PlanTable, UnitPrices } from '../../db/plan-tables.ts'
import type { Database } from '../../db/tables.ts'
import type { PlanStatus } from '../../domain/planning/plan-status.ts'
import type { NewEdit } from './contract.ts'

type Trx = Transaction<Database>

/** A plan's row with the counts that lists show. */
export interface StoredPlan {
  id: string
  name: string
  purpose: string | null
  status: PlanStatus
  unit_prices: UnitPrices
  comment_hash: string | null
  comment_until: Date | null
  created_at: Date
  approved_at: Date | null
  published_at: Date | null
  version: number
  updated_at: Date
  edits: number
  comments: number
}

/** An edit as stored, its shape as GeoJSON text (WGS 84). */
export interface StoredEdit {
  id: string
  serial: number
  action: PlanEditTable['action']
  collection: 'bays' | 'vendor_zones'
  feature_id: string
  base_version: number | null
  after_id: string | null
  properties: Record<string, unknown> | null
  geometry_text: string | null
  made_by: string | null
  made_at: Date
  undone_at: Date | null
  content_hash: string
  is_undone: boolean
}

const selectPlans = (trx: Trx, communityId: string) =>
  trx
    .selectFrom('plan as p')
    .select([
      'p.id',
      'p.name',
      'p.purpose',
      'p.status',
      'p.unit_prices',
      'p.comment_hash',
      'p.comment_until',
      'p.created_at',
      'p.approved_at',
      'p.published_at',
      'p.version',
      'p.updated_at',
      sql<number>`(select count(distinct e.feature_id)::int from plan_edit as e
        where e.community_id = p.community_id and e.plan_id = p.id and e.undone_at is null)`.as(
        'edits',
      ),
      sql<number>`(select count(*)::int from plan_comment as c
        where c.community_id = p.community_id and c.plan_id = p.id and not c.is_hidden)`.as(
        'comments',
      ),
    ])
    .where('p.community_id', '=', communityId)

/** All plans, the latest touched first. */
export const findPlans = (trx: Trx, communityId: string): Promise<StoredPlan[]> =>
  selectPlans(trx, communityId).orderBy('p.updated_at', 'desc').orderBy('p.id').execute()

export const findPlan = (
  trx: Trx,
  communityId: string,
  id: string,
): Promise<StoredPlan | undefined> =>
  selectPlans(trx, communityId).where('p.id', '=', id).executeTakeFirst()

/** The plan that a comment link opens, by the hash of its secret. */
export const findSharedPlan = (
  trx: Trx,
  communityId: string,
  hash: string,
): Promise<StoredPlan | undefined> =>
  selectPlans(trx, communityId).where('p.comment_hash', '=', hash).executeTakeFirst()

/** Locks the plan until the transaction ends, so that its edits are numbered and judged one caller after the other. */
export async function lockPlan(
  trx: Trx,
  communityId: string,
  id: string,
): Promise<StoredPlan | undefined> {
  await trx
    .selectFrom('plan')
    .select('id')
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return findPlan(trx, communityId, id)
}

export async function insertPlan(
  trx: Trx,
  communityId: string,
  plan: {
    id: string
    name: string
    purpose: string | null
    unit_prices: UnitPrices
    created_by: string | null
  },
): Promise<void> {
  await trx
    .insertInto('plan')
    .values({
      ...plan,
      unit_prices: JSON.stringify(plan.unit_prices),
      community_id: communityId,
      comment_hash: null,
      approved_by: null,
      published_by: null,
    })
    .execute()
}

/** Changes columns of the plan itself and counts its version up. */
export async function updatePlan(
  trx: Trx,
  communityId: string,
  id: string,
  change: Partial<
    Pick<PlanTable, 'name' | 'purpose' | 'comment_hash' | 'approved_by' | 'published_by'> & {
      status: PlanStatus
      unit_prices: string
      comment_until: Date | null
      approved_at: Date | null
      published_at: Date | null
    }
  >,
): Promise<void> {
  await trx
    .updateTable('plan')
    .set({ ...change, version: sql`version + 1`, updated_at: sql`now()` })
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .execute()
}

/** Every edit of a plan in its order, those taken back too. */
export async function findEdits(
  trx: Trx,
  communityId: string,
  planId: string,
): Promise<StoredEdit[]> {
  const rows = await trx
    .selectFrom('plan_edit as e')
    .select([
      'e.id',
      'e.serial',
      'e.action',
      'e.collection',
      'e.feature_id',
      'e.base_version',
      'e.after_id',
      'e.properties',
      asGeoJson('e.geom').as('geometry_text'),
      'e.made_by',
      'e.made_at',
      'e.undone_at',
      'e.content_hash',
      sql<boolean>`e.undone_at is not null`.as('is_undone'),
    ])
    .where('e.community_id', '=', communityId)
    .where('e.plan_id', '=', planId)
    .orderBy('e.serial')
    .execute()
  return rows as StoredEdit[]
}

export async function insertEdit(
  trx: Trx,
  communityId: string,
  planId: string,
  edit: Omit<NewEdit, 'feature'> & {
    serial: number
    geometry: object | null
    properties: object | null
    made_by: string | null
    content_hash: string
  },
): Promise<void> {
  const { geometry, properties, base_version = null, ...rest } = edit
  await trx
    .insertInto('plan_edit')
    .values({
      ...rest,
      base_version,
      community_id: communityId,
      plan_id: planId,
      properties: properties && JSON.stringify(properties),
      geom: fromGeoJson(geometry),
    })
    .execute()
}

/** Takes edits back, or brings them again. */
export async function markEdits(
  trx: Trx,
  communityId: string,
  ids: readonly string[],
  isUndone: boolean,
): Promise<void> {
  await trx
    .updateTable('plan_edit')
    .set({ undone_at: isUndone ? (sql`now()` as never) : null })
    .where('community_id', '=', communityId)
    .where('id', 'in', [...ids])
    .execute()
}

/** The version of a live inventory record; undefined where there is none. */
export async function inventoryVersion(
  trx: Trx,
  communityId: string,
  collection: 'bays' | 'vendor_zones',
  id: string,
): Promise<number | undefined> {
  const row = await trx
    .selectFrom(collection === 'bays' ? 'bay' : 'vendor_zone')
    .select('version')
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .where('valid_to', 'is', null)
    .executeTakeFirst()
  return row?.version
}

/** A live inventory record's shape as GeoJSON text and its names; undefined where there is none. */
export const inventoryShape = (
  trx: Trx,
  communityId: string,
  collection: 'bays' | 'vendor_zones',
  id: string,
) =>
  trx
    .selectFrom(`${collection === 'bays' ? 'bay' : 'vendor_zone'} as i` as 'bay as i')
    .select([asGeoJson('i.geom').as('geometry_text'), 'i.name_zh', 'i.name_en'])
    .where('i.community_id', '=', communityId)
    .where('i.id', '=', id)
    .executeTakeFirst()

/** Those of `ids` that are edits of other plans. */
export async function editsElsewhere(
  trx: Trx,
  communityId: string,
  planId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await trx
    .selectFrom('plan_edit')
    .select('id')
    .where('community_id', '=', communityId)
    .where('plan_id', '!=', planId)
    .where('id', 'in', [...ids])
    .execute()
  return rows.map(({ id }) => id)
}
