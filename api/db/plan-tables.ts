import type { Generated } from 'kysely'
import type { PlanStatus } from '../domain/planning/plan-status.ts'
import type { Geometry, Json, Timestamp, TimestampOrNull } from './columns.ts'

/** The tables of plans; see `tables.ts`. */

/** What one metre, place or sign costs, in yuan. */
export interface UnitPrices {
  line_m?: number
  place?: number
  sign?: number
  removal_m?: number
}

export interface PlanTable {
  community_id: string
  id: string
  name: string
  purpose: string | null
  status: Generated<PlanStatus>
  unit_prices: Json<UnitPrices>
  comment_hash: string | null
  comment_until: TimestampOrNull
  created_by: string | null
  created_at: Timestamp
  approved_by: string | null
  approved_at: TimestampOrNull
  published_by: string | null
  published_at: TimestampOrNull
  version: Generated<number>
  updated_at: Timestamp
}

export interface PlanEditTable {
  community_id: string
  id: string
  plan_id: string
  serial: number
  action: 'create' | 'replace' | 'retire'
  collection: string
  feature_id: string
  base_version: number | null
  after_id: string | null
  properties: Json<Record<string, unknown> | null>
  geom: Geometry
  made_by: string | null
  made_at: Timestamp
  undone_at: TimestampOrNull
  content_hash: string
}

export interface PlanCommentTable {
  community_id: string
  id: string
  plan_id: string
  body: string
  feature_id: string | null
  geom: Geometry
  account_id: string | null
  is_hidden: Generated<boolean>
  answer: string | null
  made_at: Timestamp
  content_hash: string
  version: Generated<number>
}
