import type { ColumnType, Generated } from 'kysely'
import type { Geometry, Json, Timestamp, TimestampOrNull } from './columns.ts'

/** The tables of the closed loop and of the field work; see `tables.ts`. */

export type CaseFlow = 'standard' | 'zombie_vehicle'
export type CaseStepName =
  'collection' | 'filing' | 'dispatch' | 'handling' | 'feedback' | 'verification' | 'evaluation'
export type CaseStatusName = 'open' | 'on_hold' | 'closed' | 'refused' | 'merged'
export type CaseSource = 'patrol' | 'hotline' | 'video' | 'resident' | 'merchant' | 'superior'
export type Severity = 'low' | 'medium' | 'high' | 'critical'
export type DueWhat = 'file' | 'dispatch' | 'arrive' | 'handle' | 'verify'
export type PlaceKind = 'bay' | 'lot' | 'frontage' | 'vendor_zone'

/** Working minutes each step may take; a missing one has no clock. */
export type StepLimits = Partial<Record<DueWhat, number>>

/** What a record of the kind must carry. */
export interface RequiredEvidence {
  photos?: number
  photos_before?: number
  photos_after?: number
  fields?: ('description' | 'subject' | 'severity')[]
}

export interface CaseKindTable {
  community_id: string
  id: string
  code: string
  parent_id: string | null
  class: 'component' | 'event'
  name_zh: string
  name_en: string
  flow: Generated<CaseFlow>
  subject: Generated<'none' | 'vehicle' | 'merchant'>
  is_hazard: Generated<boolean>
  is_public: Generated<boolean>
  is_open_to_public: Generated<boolean>
  is_active: Generated<boolean>
  duplicate_radius_m: Generated<number>
  duplicate_days: Generated<number>
  default_unit_id: string | null
  limits: Json<StepLimits>
  outcomes: Generated<string[]>
  required: Json<RequiredEvidence>
  notice_days: number | null
  version: Generated<number>
  updated_at: Timestamp
}

export interface SubjectTable {
  community_id: string
  id: string
  kind: 'vehicle' | 'merchant'
  plate_hash: string | null
  plate_mask: string | null
  merchant_id: string | null
  created_at: Timestamp
  last_seen_at: Timestamp
}

export interface CaseNumberTable {
  community_id: string
  year: number
  last: number
}

export interface CaseFileTable {
  community_id: string
  id: string
  year: number
  serial: number
  kind_id: string
  source: CaseSource
  step: Generated<CaseStepName>
  status: Generated<CaseStatusName>
  severity: Severity | null
  description: string | null
  outcome: string | null
  subject_id: string | null
  geom: Geometry
  accuracy_m: number | null
  grid_id: string | null
  segment_id: string | null
  side: 'left' | 'right' | null
  place_kind: PlaceKind | null
  place_id: string | null
  flags: Generated<string[]>
  found_at: Timestamp
  received_at: Timestamp
  reported_by: string | null
  original_id: string | null
  lead_unit_id: string | null
  filed_at: TimestampOrNull
  dispatched_at: TimestampOrNull
  due_at: TimestampOrNull
  due_what: DueWhat | null
  hold_since: TimestampOrNull
  reminded_at: TimestampOrNull
  overdue_at: TimestampOrNull
  escalation: Generated<number>
  notice_until: TimestampOrNull
  handled_at: TimestampOrNull
  closed_at: TimestampOrNull
  is_on_time: boolean | null
  satisfaction: number | null
  content_hash: string
  version: Generated<number>
  updated_at: Timestamp
}

export interface CaseStepTable {
  community_id: string
  id: string
  case_id: string
  action: string
  from_step: CaseStepName | null
  to_step: CaseStepName
  from_status: CaseStatusName | null
  to_status: CaseStatusName
  actor_id: string | null
  actor_role: string
  unit_id: string | null
  at: Timestamp
  claimed_at: TimestampOrNull
  reason: string | null
  note: string | null
  data: Json<Record<string, unknown> | null>
  content_hash: string
}

export interface DispatchTable {
  community_id: string
  id: string
  case_id: string
  arrive_by: TimestampOrNull
  handle_by: TimestampOrNull
  message: string | null
  dispatched_by: string | null
  dispatched_at: Timestamp
  recalled_at: TimestampOrNull
}

export interface DispatchUnitTable {
  community_id: string
  dispatch_id: string
  unit_id: string
  case_id: string
  is_lead: boolean
  accepted_at: TimestampOrNull
  arrived_at: TimestampOrNull
  hand_over_at: TimestampOrNull
  hand_over_why: string | null
  result: string | null
  signed_off_at: TimestampOrNull
  recalled_at: TimestampOrNull
  link_hash: string
}

export interface RevisitTable {
  community_id: string
  id: string
  case_id: string
  due_on: string
  done_at: TimestampOrNull
  done_by: string | null
  result: 'holds' | 'recurred' | null
  note: string | null
}

export interface CaseFollowerTable {
  community_id: string
  id: string
  case_id: string
  is_reporter: Generated<boolean>
  token_hash: string
  email: string | null
  phone: string | null
  /** How the case stood when its follower was last told. */
  told: string | null
  created_at: Timestamp
  delete_after: Timestamp
}

export interface PatrolPlanTable {
  community_id: string
  id: string
  grid_id: string
  frequency: 'daily' | 'weekly' | 'monthly'
  passes: Generated<number>
  account_id: string | null
  first_date: string
  last_date: string | null
  version: Generated<number>
  updated_at: Timestamp
}

/** A moment of a patrol's track: degrees WGS 84, metres, epoch milliseconds. */
export type TrackPoint = [lon: number, lat: number, accuracy_m: number, at: number]

export interface PatrolTable {
  community_id: string
  id: string
  grid_id: string | null
  frequency: Generated<'daily' | 'weekly' | 'monthly'>
  account_id: string | null
  started_at: Timestamp
  ended_at: TimestampOrNull
  received_at: Timestamp
  flags: Generated<string[]>
  track: Json<TrackPoint[] | null>
  distance_m: number | null
  content_hash: string
  version: Generated<number>
}

export interface PassTable {
  community_id: string
  id: string
  patrol_id: string | null
  segment_id: string
  side: 'left' | 'right'
  grid_id: string | null
  account_id: string | null
  at: Timestamp
  received_at: Timestamp
  result: 'clear' | 'issue'
  method: 'track' | 'manual'
  share: Generated<number>
  is_sure: Generated<boolean>
  flags: Generated<string[]>
  content_hash: string
}

export interface MediaTable {
  community_id: string
  id: string
  case_id: string | null
  step_id: string | null
  role: 'evidence' | 'before' | 'after' | 'notice'
  storage_key: string
  content_type: string
  bytes: number
  width: number
  height: number
  sha256: string
  taken_at: TimestampOrNull
  taken_lon: number | null
  taken_lat: number | null
  is_public: Generated<boolean>
  created_by: string | null
  upload_hash: string | null
  created_at: Timestamp
}

export interface NotificationTable {
  community_id: string
  id: string
  account_id: string
  message_key: string
  params: Json<Record<string, string | number>>
  case_id: string | null
  created_at: Timestamp
  read_at: TimestampOrNull
  delivered_at: TimestampOrNull
  /** Ways beside the page on which it has gone out. */
  delivered_by: Generated<string[]>
  attempts: Generated<number>
  try_after: Timestamp
}

export interface NotificationSettingTable {
  account_id: string
  email: string | null
  by_email: Generated<boolean>
  by_push: Generated<boolean>
  quiet_from: string | null
  quiet_to: string | null
}

export interface PushSubscriptionTable {
  id: string
  account_id: string
  endpoint: string
  keys: ColumnType<{ p256dh: string; auth: string }, string, string>
  created_at: Timestamp
}
