import type { Generated } from 'kysely'
import type { Rule } from '../domain/rules/rule-pack.ts'
import type { Json, Timestamp } from './columns.ts'

/** The tables of a community's rule packs; see `tables.ts`. */

export interface RulePackTable {
  community_id: string
  id: string
  based_on: string
  based_on_version: number
  version: Generated<number>
  created_at: Timestamp
}

export interface RulePackVersionTable {
  community_id: string
  pack_id: string
  version: number
  name_zh: string
  name_en: string
  region: string
  effective: string
  rules: Json<Rule[]>
  reason: string | null
  saved_by: string | null
  saved_at: Timestamp
}

/** Either `shipped_id` or `pack_id` is set. */
export interface RulePackActivationTable {
  community_id: string
  serial: number
  shipped_id: string | null
  pack_id: string | null
  pack_version: number
  reason: string | null
  activated_by: string | null
  activated_at: Timestamp
}
