import type { Generated } from 'kysely'
import type { Geometry, Json, Timestamp, TimestampOrNull } from './columns.ts'

/** The tables of trading zones that are run; see `tables.ts`. */

interface WindowRow {
  days: string[]
  from: string
  to: string
}

export interface StallTable {
  community_id: string
  id: string
  zone_id: string
  number: number
  length_m: number
  depth_m: number
  geom: Geometry
  valid_from: Timestamp
  valid_to: TimestampOrNull
}

export interface StallAllocationTable {
  community_id: string
  id: string
  zone_id: string
  stall_id: string
  merchant_id: string
  status: 'requested' | 'active' | 'suspended' | 'refused' | 'ended'
  category: string | null
  windows: Json<WindowRow[]>
  first_date: string
  last_date: string
  reason: string | null
  duties_at: TimestampOrNull
  permit_year: number | null
  permit_serial: number | null
  requested_by: string | null
  decided_by: string | null
  decided_at: TimestampOrNull
  ended_on: string | null
  content_hash: string
  version: Generated<number>
  created_at: Timestamp
  updated_at: Timestamp
}

/** A weekday's piece of what an allocation holds; ranges are written and compared in SQL only. */
export interface StallHoldTable {
  community_id: string
  allocation_id: string
  stall_id: string
  weekday: number
  minutes: unknown
  dates: unknown
}

export interface PermitNumberTable {
  community_id: string
  year: number
  last: number
}

export interface ZoneSuspensionTable {
  community_id: string
  id: string
  zone_id: string
  reason: string
  made_by: string | null
  from_at: Timestamp
  lifted_at: TimestampOrNull
}
