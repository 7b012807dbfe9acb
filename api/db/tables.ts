import type { ColumnType, Generated } from 'kysely'
import type { Bigint, Geometry, Json, Timestamp } from './columns.ts'
import type { FrontageTables } from './frontage-tables.ts'
import type * as inventory from './inventory-tables.ts'
import type { WindowRow } from './inventory-tables.ts'
import type * as loop from './loop-tables.ts'
import type * as planning from './plan-tables.ts'
import type * as rules from './rule-tables.ts'
import type * as trading from './stall-tables.ts'

/** A day off or a make-up workday of a community's own. */
interface CalendarDayRow {
  date: string
  is_working: boolean
  name_zh: string | null
  name_en: string | null
}

export interface CommunityTable {
  id: string
  slug: string
  name_zh: string | null
  name_en: string | null
  name_bo: string | null
  district: string | null
  subdistrict: string | null
  time_zone: string
  working_windows: Json<WindowRow[] | null>
  holidays: Generated<'cn' | 'none'>
  calendar_days: ColumnType<CalendarDayRow[], string | undefined, string>
  calendar_version: Generated<number>
  rule_pack_id: Generated<string>
  full_time_workers: number | null
  part_time_workers: number | null
  resident_vehicles: number | null
  attribution: string | null
  notice: string | null
  is_synthetic: Generated<boolean>
  geom: Geometry
  created_at: Timestamp
}

export interface AccountTable {
  id: string
  login: string
  password_hash: string
  display_name: string
  locale: Generated<string>
  city_role: 'city_reader' | 'admin' | null
  is_demo: Generated<boolean>
  disabled_at: Date | null
  created_at: Timestamp
}

export type Role = 'resident' | 'merchant' | 'inspector' | 'unit' | 'planner' | 'leader' | 'admin'

export interface MembershipTable {
  community_id: string
  account_id: string
  role: Role
  grid_ids: Generated<string[]>
  unit_id: string | null
  merchant_id: string | null
  created_at: Timestamp
}

export interface SessionTable {
  id_hash: string
  account_id: string | null
  data: Json
  expires_at: Timestamp
  absolute_expires_at: Timestamp
  created_at: Timestamp
}

export interface IdempotencyKeyTable {
  owner: string
  key: string
  request_hash: string
  status: number | null
  headers: Json
  body: string | null
  created_at: Timestamp
}

export interface LayerVersionTable {
  community_id: string
  layer: string
  version: Bigint
  changed_at: Timestamp
}

export interface AuditTable {
  community_id: string
  id: string
  at: Timestamp
  actor_id: string | null
  action: 'create' | 'replace' | 'update' | 'delete' | 'import' | 'sign_in' | 'read_personal'
  collection: string
  record_id: string | null
  before: Json
  after: Json
  reason: string | null
  request_id: string | null
}

export interface MerchantTable {
  community_id: string
  id: string
  external_id: string | null
  name_zh: string | null
  category: string | null
  building_id: string | null
  grid_id: string | null
  geom: Geometry
  created_at: Timestamp
}

export interface PartnerUnitTable {
  community_id: string
  id: string
  external_id: string | null
  name_zh: string
  name_en: string | null
}

export interface SharingAgreementTable {
  community_id: string
  id: string
  external_id: string | null
  lot_id: string
  unit_id: string | null
  spaces_shared: number
  windows: Json<WindowRow[]>
  audience: string | null
  first_date: string
  last_date: string | null
  status: 'proposed' | 'negotiated' | 'signed' | 'filed' | 'active' | 'paused' | 'ended'
}

export interface LedgerEventTable {
  community_id: string
  id: string
  external_id: string | null
  kind: string
  grid_id: string | null
  patrol: string | null
  status: string
  found_at: Timestamp
  closed_at: Date | string | null
  unit_id: string | null
  geom: Geometry
}

export interface ImportRunTable {
  community_id: string
  id: string
  at: Timestamp
  file_name: string
  file_sha256: string
  report: Json
}

export interface SurveyTable {
  community_id: string
  id: string
  name: string
  method: 'visual' | 'plate' | 'sensor' | 'camera' | 'other'
  started_at: Timestamp
  ended_at: Date | string | null
  is_synthetic: Generated<boolean>
}

export interface ObservationTable {
  community_id: string
  id: string
  observed_at: Timestamp
  kind: 'count' | 'detection' | 'sensor'
  method: 'visual' | 'plate' | 'sensor' | 'camera' | 'other'
  place_kind: 'bay' | 'lot' | 'street_side' | null
  place_id: string | null
  outside_bay: Generated<boolean>
  counted: number
  illegal_count: number | null
  vehicle_class: string | null
  confidence: number | null
  lon: number | null
  lat: number | null
  survey_id: string | null
  received_at: Timestamp
}

/** Every table of the service, one interface each, in snake_case as in SQL. */
export interface Database extends FrontageTables {
  community: CommunityTable
  account: AccountTable
  membership: MembershipTable
  session: SessionTable
  idempotency_key: IdempotencyKeyTable
  layer_version: LayerVersionTable
  audit: AuditTable
  grid: inventory.GridTable
  building: inventory.BuildingTable
  street_segment: inventory.StreetSegmentTable
  street_side: inventory.StreetSideTable
  curb_object: inventory.CurbObjectTable
  bay: inventory.BayTable
  vendor_zone: inventory.VendorZoneTable
  lot: inventory.LotTable
  frontage: inventory.FrontageTable
  closure: inventory.ClosureTable
  merchant: MerchantTable
  partner_unit: PartnerUnitTable
  sharing_agreement: SharingAgreementTable
  ledger_event: LedgerEventTable
  import_run: ImportRunTable
  survey: SurveyTable
  observation: ObservationTable
  case_kind: loop.CaseKindTable
  subject: loop.SubjectTable
  case_number: loop.CaseNumberTable
  case_file: loop.CaseFileTable
  case_step: loop.CaseStepTable
  dispatch: loop.DispatchTable
  dispatch_unit: loop.DispatchUnitTable
  revisit: loop.RevisitTable
  case_follower: loop.CaseFollowerTable
  patrol_plan: loop.PatrolPlanTable
  patrol: loop.PatrolTable
  pass: loop.PassTable
  media: loop.MediaTable
  notification: loop.NotificationTable
  notification_setting: loop.NotificationSettingTable
  push_subscription: loop.PushSubscriptionTable
  plan: planning.PlanTable
  plan_edit: planning.PlanEditTable
  plan_comment: planning.PlanCommentTable
  stall: trading.StallTable
  stall_allocation: trading.StallAllocationTable
  stall_hold: trading.StallHoldTable
  permit_number: trading.PermitNumberTable
  zone_suspension: trading.ZoneSuspensionTable
  rule_pack: rules.RulePackTable
  rule_pack_version: rules.RulePackVersionTable
  rule_pack_activation: rules.RulePackActivationTable
}
