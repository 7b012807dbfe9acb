import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { newCase } from '../../domain/case-flow.ts'
import { versionRow } from '../../db/change-feed.ts'
import type { CaseSource } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'
import { together } from '../../db/together.ts'
import { auditRow } from '../../http/audit-record.ts'
import { isClockOff } from '../../http/client-clock.ts'
import type { Community } from '../../http/community.ts'
import { noticeRows } from '../../http/notices.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { ApiProblem } from '../../http/problem.ts'
import { calendarOf, type Due, dueAfter, NOTHING_DUE } from './clock.ts'
import { type KindRules, readKind } from './case-state.ts'
import type { NewCase } from './contract.ts'
import { attachMedia } from './evidence.ts'
import { numberText, yearOf } from '../../domain/case-number.ts'
import { insertReport } from './report-store.ts'
import { namedSecret } from '../../http/secrets.ts'
import { findReceipt, type StoredCase } from './store.ts'
import { keepSubject } from './subjects.ts'
import { findSurroundings, type Surroundings } from './surroundings.ts'
import type { Viewer } from './visibility.ts'

export interface Reporting {
  trx: Transaction<Database>
  community: Community
  viewer: Viewer
  plate_key: string
  /** Of the reporters' links. */
  link_key: string
  request_id: string
  /** The service's clock, epoch milliseconds. */
  now: number
}

const POOR_ACCURACY_M = 100
const FOLLOWER_YEARS = 2

/** What a reporter is told. */
export interface Reported {
  receipt: Pick<StoredCase, 'id' | 'year' | 'serial' | 'step' | 'status' | 'flags' | 'version'>
  is_new: boolean
  follow_token: string | null
}

/**
 * Stores a report: a case with its number, its first step, its photos and its subject. The same id with the same
 * content answers what is there; with other content, or of somebody else, it is refused.
 * @throws ApiProblem 409 for a taken id, 422 for what is missing, unknown or outside the community.
 */
export async function reportCase(by: Reporting, said: NewCase): Promise<Reported> {
  const { trx, community, viewer, now } = by
  const content_hash = contentOf(said, by)
  // Of two that send the same id at once the second waits and then finds the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`case ${said.id}`}, 0))`.execute(trx)
  const isStaff = viewer.role === 'inspector' || viewer.role === 'leader'
  const secret = isStaff ? null : namedSecret(by.link_key, `report ${community.id} ${said.id}`)
  const known = await findReceipt(trx, community.id, said.id)
  if (known) {
    if (known.content_hash === content_hash && known.reported_by === viewer.account_id)
      return { receipt: known, is_new: false, follow_token: secret?.token ?? null }
    throw new ApiProblem('cases/id-taken', `${said.id} is already there with other content`, [
      { path: 'id', message: 'make a new UUID' },
    ])
  }
  const kind = await readKind(trx, community.id, said.kind_id)
  refuseUnfit(said, kind, isStaff)
  const around = await findSurroundings(trx, community.id, said.lon, said.lat)
  if (!around.is_inside && !isStaff)
    throw new ApiProblem('cases/outside-community', 'this place is not in the community', [
      { path: 'lon', message: 'choose a place within its boundary', lon: said.lon, lat: said.lat },
    ])
  const place = await placeOf(trx, community.id, said, around)
  const subject_id = said.subject
    ? await keepSubject(trx, by.plate_key, community.id, said.subject)
    : null
  const isDone = isStaff && (said.outcome === 'persuaded' || said.outcome === 'tip_card')
  const due: Due = isDone
    ? NOTHING_DUE
    : dueAfter(await calendarOf(trx, community.id), kind.limits, 'file', now)
  const year = yearOf(now, community.time_zone)
  const start = newCase(kind.flow, { before: 0, after: 0 })
  const state = isDone ? { step: 'verification' as const, status: 'closed' as const } : start
  const case_file = {
    id: said.id,
    kind_id: kind.id,
    source: sourceOf(said, viewer, isStaff),
    step: state.step,
    status: state.status,
    severity: said.severity ?? null,
    outcome: isStaff ? (said.outcome ?? null) : null,
    subject_id,
    accuracy_m: said.accuracy_m ?? null,
    ...place,
    flags: flagsOf(said, around, viewer, now),
    // Whole milliseconds, as the cursors of lists tell them.
    found_at: new Date(said.found_at),
    received_at: new Date(now),
    reported_by: viewer.account_id,
    ...due,
    ...(isDone && { handled_at: new Date(now), closed_at: new Date(now), is_on_time: true }),
  }
  // From here on all other reporters of the community wait: nothing that could be done before comes after.
  const serial = await insertReport(trx, {
    community_id: community.id,
    year,
    case_file: {
      ...case_file,
      description: said.description ?? null,
      geom: sql`ST_SetSRID(ST_MakePoint(${said.lon}::float8, ${said.lat}::float8), 4326)`,
      content_hash,
    },
    steps: stepsOf(by, said, isDone, content_hash),
    follower: secret && followerOf(by, said, secret.hash),
  })
  await attachPhotos(by, said, kind)
  const receipt = { ...case_file, year, serial, version: 1 }
  const writes = [
    auditRow({
      community_id: community.id,
      actor_id: viewer.account_id,
      action: 'create',
      collection: 'cases',
      record_id: said.id,
      before: null,
      after: { ...receipt, lon: said.lon, lat: said.lat },
      reason: null,
      request_id: by.request_id,
    }),
    versionRow(community.id, 'cases'),
  ]
  const notice = {
    community_id: community.id,
    message_key: 'notice.case_reported',
    params: { number: numberText(receipt), kind_zh: kind.name_zh, kind_en: kind.name_en },
    case_id: said.id,
  }
  if (!isDone) writes.push(noticeRows(notice, { role: 'leader' }, viewer.account_id))
  await together(trx, writes)
  return { receipt, is_new: true, follow_token: secret?.token ?? null }
}

/** What was sent; the plate only as its keyed hash would be, because a plain one could be guessed. */
function contentOf(said: NewCase, by: Reporting): string {
  return hashOfContent({ ...said, key: by.plate_key, community: by.community.id })
}

function refuseUnfit(said: NewCase, kind: KindRules, isStaff: boolean): void {
  if (!kind.is_active || (!isStaff && !kind.is_open_to_public))
    throw new ApiProblem('cases/unknown-kind', 'this kind takes no reports', [
      { path: 'kind_id', message: 'take one that is open, from GET /api/case_kinds' },
    ])
  const missing = (kind.required.fields ?? []).filter(
    // Residents need not judge how bad a hazard is: the leader does when filing it.
    (field) => said[field] === undefined && (isStaff || field === 'description'),
  )
  if (missing.length > 0)
    throw new ApiProblem(
      'cases/evidence-missing',
      `this kind asks for ${missing.join(', ')}`,
      missing.map((path) => ({ path, message: 'needed for this kind' })),
    )
  if (isStaff && said.outcome !== undefined && !kind.outcomes.includes(said.outcome))
    throw new ApiProblem('cases/evidence-missing', `"${said.outcome}" is no outcome of this kind`, [
      { path: 'outcome', message: `one of ${kind.outcomes.join(', ')}` },
    ])
}

/** @throws ApiProblem 422 when a photo is not here, or fewer than the kind asks for. */
async function attachPhotos(by: Reporting, said: NewCase, kind: KindRules): Promise<void> {
  const ids = said.media ?? []
  const needed = Math.max(kind.required.photos ?? 0, kind.required.photos_before ?? 0)
  if (ids.length === 0 && needed === 0) return
  const owner = {
    community_id: by.community.id,
    case_id: said.id,
    step_id: said.id,
    actor_id: by.viewer.account_id,
  }
  const { evidence, before } =
    ids.length > 0 ? await attachMedia(by.trx, owner, ids) : { evidence: 0, before: 0 }
  const photos = evidence + before
  if (photos < needed)
    throw new ApiProblem('cases/evidence-missing', `this kind asks for ${needed} photos`, [
      { path: 'media', message: `${photos} given, ${needed} needed` },
    ])
}

function sourceOf(said: NewCase, viewer: Viewer, isStaff: boolean): CaseSource {
  if (isStaff) return said.source ?? 'patrol'
  return viewer.role === 'merchant' ? 'merchant' : 'resident'
}

function flagsOf(said: NewCase, around: Surroundings, viewer: Viewer, now: number): string[] {
  const found = Date.parse(said.found_at)
  const flags: string[] = []
  // A phone's clock is a claim: what it says is kept beside the time of receipt.
  if (isClockOff(found, now)) flags.push('clock_off')
  if (!around.is_inside) flags.push('outside_community')
  else if (isOutsideOwnGrids(viewer, around)) flags.push('outside_grid')
  if ((said.accuracy_m ?? 0) > POOR_ACCURACY_M) flags.push('inaccurate_position')
  return flags
}

/** An inspector may report what lies on another's ground; whoever files it sees that it was not theirs. */
const isOutsideOwnGrids = ({ role, grid_ids }: Viewer, { grid_id }: Surroundings): boolean =>
  role === 'inspector' && grid_ids !== null && (grid_id === null || !grid_ids.includes(grid_id))

/** Where it is: as the person said, and where nothing was said as the map has it. */
async function placeOf(
  trx: Transaction<Database>,
  communityId: string,
  said: NewCase,
  around: Surroundings,
) {
  const unknown: string[] = []
  const isHere = async (
    table: 'street_segment' | NonNullable<NewCase['place']>['kind'],
    id: string,
  ) =>
    (await trx
      .selectFrom(table)
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', '=', id)
      .executeTakeFirst()) !== undefined
  if (said.segment_id !== undefined && !(await isHere('street_segment', said.segment_id)))
    unknown.push('segment_id')
  if (said.place && !(await isHere(said.place.kind, said.place.id))) unknown.push('place/id')
  if (unknown.length > 0)
    throw new ApiProblem(
      'cases/unknown-reference',
      'not of this community',
      unknown.map((path) => ({ path, message: 'there is none of this id here' })),
    )
  return {
    grid_id: around.grid_id,
    segment_id: said.segment_id ?? around.segment_id,
    side: said.side ?? (said.segment_id === undefined ? around.side : null),
    place_kind: said.place?.kind ?? around.place_kind,
    place_id: said.place?.id ?? around.place_id,
  }
}

/** The first steps: the report, and where it was settled on the spot also that. */
function stepsOf(
  { viewer, now }: Reporting,
  said: NewCase,
  isDone: boolean,
  content_hash: string,
): Record<string, unknown>[] {
  const step = {
    actor_id: viewer.account_id,
    actor_role: viewer.role,
    claimed_at: said.found_at,
    content_hash,
    from_step: null,
    from_status: null,
    data: null,
  }
  const report = {
    ...step,
    id: said.id,
    action: 'report',
    to_step: 'collection',
    to_status: 'open',
    at: new Date(now),
  }
  if (!isDone) return [report]
  const settled = {
    ...step,
    id: uuidv7(),
    action: 'persuade',
    from_step: 'collection',
    from_status: 'open',
    to_step: 'verification',
    to_status: 'closed',
    at: new Date(now + 1),
    data: JSON.stringify({ outcome: said.outcome }),
  }
  return [report, settled]
}

/** The reporter's secret link, and the contact where one was left; both are forgotten after two years. */
const followerOf = ({ now }: Reporting, said: NewCase, token_hash: string) => ({
  is_reporter: true,
  token_hash,
  email: said.contact?.email ?? null,
  delete_after: new Date(now + FOLLOWER_YEARS * 365 * 86_400_000),
})
