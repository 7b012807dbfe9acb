import type { ListRule } from '../domain/frontages/standing.ts'
import type { Json, Timestamp } from './columns.ts'

/** The tables of frontages beside the inventory's own; see `tables.ts`. */

interface FrontageOriginTable {
  community_id: string
  id: string
  geom_hash: string
  depth_by: 'kerb' | 'partly' | 'limit'
  laid_at: Timestamp
}

interface FrontageLetterTable {
  community_id: string
  id: string
  merchant_id: string
  signed_at: string
  valid_until: string
  text_version: string
  recorded_by: string | null
  created_at: Timestamp
}

interface FrontageCheckTable {
  community_id: string
  id: string
  merchant_id: string
  checked_at: Timestamp
  hygiene: number
  order: number
  facilities: number
  note: string | null
  checked_by: string | null
  created_at: Timestamp
}

interface FrontageRuleTable {
  community_id: string
  rule: Json<ListRule>
  updated_at: Timestamp
}

export interface FrontageTables {
  frontage_origin: FrontageOriginTable
  frontage_letter: FrontageLetterTable
  frontage_check: FrontageCheckTable
  frontage_rule: FrontageRuleTable
}
