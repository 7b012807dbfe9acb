import { type RawBuilder, sql, type Transaction } from 'kysely'
import type {
  CaseSource,
  CaseStatusName,
  CaseStepName,
  DueWhat,
  PlaceKind,
  Severity,
} from '../../db/loop-tables.ts'
import type { Database, Role } from '../../db/tables.ts'
import type { CaseRow } from './contract.ts'
import { numberText } from '../../domain/case-number.ts'

/** A case as it lies in the database, with its position in degrees and what its kind says. */
export interface StoredCase {
  id: string
  year: number
  serial: number
  kind_id: string
  source: CaseSource
  step: CaseStepName
  status: CaseStatusName
  severity: Severity | null
  description: string | null
  outcome: string | null
  subject_id: string | null
  subject_mask: string | null
  lon: number
  lat: number
  accuracy_m: number | null
  grid_id: string | null
  segment_id: string | null
  side: 'left' | 'right' | null
  place_kind: PlaceKind | null
  place_id: string | null
  place_name: string | null
  flags: string[]
  found_at: Date
  received_at: Date
  reported_by: string | null
  original_id: string | null
  lead_unit_id: string | null
  filed_at: Date | null
  dispatched_at: Date | null
  due_at: Date | null
  due_what: DueWhat | null
  hold_since: Date | null
  escalation: number
  notice_until: Date | null
  handled_at: Date | null
  closed_at: Date | null
  is_on_time: boolean | null
  satisfaction: number | null
  content_hash: string
  media_count: number
  is_overdue: boolean
  version: number
}

const PLAIN = [
  'id',
  'year',
  'serial',
  'kind_id',
  'source',
  'step',
  'status',
  'severity',
  'description',
  'outcome',
  'subject_id',
  'accuracy_m',
  'grid_id',
  'segment_id',
  'side',
  'place_kind',
  'place_id',
  'flags',
  'found_at',
  'received_at',
  'reported_by',
  'original_id',
  'lead_unit_id',
  'filed_at',
  'dispatched_at',
  'due_at',
  'due_what',
  'hold_since',
  'escalation',
  'notice_until',
  'handled_at',
  'closed_at',
  'is_on_time',
  'satisfaction',
  'content_hash',
  'version',
]

const COLUMNS = sql`
  ${sql.join(PLAIN.map((name) => sql.ref(`c.${name}`)))},
  ST_X(c.geom) as lon, ST_Y(c.geom) as lat,
  (select s.plate_mask from subject as s where s.community_id = c.community_id and s.id = c.subject_id) as subject_mask,
  coalesce(
    case c.place_kind
      when 'bay' then (select coalesce(p.name_zh, p.external_id) from bay as p where p.community_id = c.community_id and p.id = c.place_id)
      when 'lot' then (select coalesce(p.name_zh, p.external_id) from lot as p where p.community_id = c.community_id and p.id = c.place_id)
      when 'frontage' then (select coalesce(p.name_zh, p.external_id) from frontage as p where p.community_id = c.community_id and p.id = c.place_id)
      when 'vendor_zone' then (select coalesce(p.name_zh, p.external_id) from vendor_zone as p where p.community_id = c.community_id and p.id = c.place_id)
    end,
    (select coalesce(p.name_zh, p.name_en) from street_segment as p where p.community_id = c.community_id and p.id = c.segment_id)
  ) as place_name,
  (select count(*)::int from media as m where m.community_id = c.community_id and m.case_id = c.id) as media_count,
  (c.status = 'open' and c.due_at is not null and c.due_at < now()) as is_overdue`

/** The cases of a community that fit `condition` over `c`; `tail` orders and limits. */
export async function selectCases(
  trx: Transaction<Database>,
  communityId: string,
  condition: RawBuilder<unknown>,
  tail: RawBuilder<unknown> = sql``,
): Promise<StoredCase[]> {
  // The page is chosen by index first; names and counts are looked up only for its rows.
  const { rows } = await sql<StoredCase>`
    with page as materialized (
      select * from case_file as c where c.community_id = ${communityId} and ${condition} ${tail})
    select ${COLUMNS} from page as c ${tail}`.execute(trx)
  return rows
}

/** The case, locked until the transaction ends. */
export async function lockCase(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<StoredCase | undefined> {
  const { rows } = await sql<StoredCase>`
    select ${COLUMNS} from case_file as c
    where c.community_id = ${communityId} and c.id = ${id} for no key update of c`.execute(trx)
  return rows[0]
}

/** What its reporter is told of a case again, with what was sent; undefined where there is none of this id. */
export async function findReceipt(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<
  | Pick<
      StoredCase,
      | 'id'
      | 'year'
      | 'serial'
      | 'step'
      | 'status'
      | 'flags'
      | 'version'
      | 'content_hash'
      | 'reported_by'
    >
  | undefined
> {
  return trx
    .selectFrom('case_file')
    .select(['id', 'year', 'serial', 'step', 'status', 'flags', 'version'])
    .select(['content_hash', 'reported_by'])
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Whose vehicle it is, even masked, is for those who act on it. */
const knowsSubjects = ({ role }: { role: Role }) => role !== 'resident' && role !== 'merchant'

/** A shop reads what itself wrote of others; what somebody wrote of its own ground stays with those who act on it. */
const readsWords = ({ role, account_id }: Reader, { reported_by }: StoredCase) =>
  role !== 'merchant' || (account_id !== null && reported_by === account_id)

interface Reader {
  role: Role
  account_id: string | null
}

/** A stored case as lists show it to somebody. */
export function rowOf(stored: StoredCase, viewer: Reader): CaseRow {
  const { place_kind, place_id } = stored
  return {
    id: stored.id,
    number: numberText(stored),
    kind_id: stored.kind_id,
    source: stored.source,
    step: stored.step,
    status: stored.status,
    severity: stored.severity,
    description: readsWords(viewer, stored) ? stored.description : null,
    outcome: stored.outcome as CaseRow['outcome'],
    subject_mask: knowsSubjects(viewer) ? stored.subject_mask : null,
    lon: stored.lon,
    lat: stored.lat,
    grid_id: stored.grid_id,
    segment_id: stored.segment_id,
    side: stored.side,
    place: place_kind && place_id ? { kind: place_kind, id: place_id } : null,
    place_name: stored.place_name,
    flags: stored.flags as CaseRow['flags'],
    lead_unit_id: stored.lead_unit_id,
    found_at: stored.found_at.toISOString(),
    received_at: stored.received_at.toISOString(),
    due_at: textOf(stored.due_at),
    due_what: stored.due_what,
    is_overdue: stored.is_overdue,
    escalation: stored.escalation,
    closed_at: textOf(stored.closed_at),
    is_on_time: stored.is_on_time,
    satisfaction: stored.satisfaction,
    media_count: stored.media_count,
    version: stored.version,
  }
}

export const textOf = (at: Date | null): string | null => at?.toISOString() ?? null
