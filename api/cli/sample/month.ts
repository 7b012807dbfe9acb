import { Temporal } from 'temporal-polyfill'
import { yearOf } from '../../domain/case-number.ts'
import { metricFrame, toMetres } from '../../domain/geometry/metric-frame.ts'
import type { WorkingCalendar } from '../../domain/schedule/working-calendar.ts'
import type { KindRules } from '../../features/cases/case-state.ts'
import { randomStream } from '../../../geodata/tongjian/frame.ts'
import { castEvents, type Part } from './casting.ts'
import {
  type Finding,
  monthOfPatrols,
  type Pass,
  passesOf,
  type Patrol,
  patrolAt,
  type Street,
} from './patrols.ts'
import { type Played, playStory } from './replay.ts'
import { STORIES } from './stories.ts'
import { type Around, type Subject, subjectOf } from './subjects.ts'
import { timesOf } from './timing.ts'

/** The month that leads up to a moment: the ledger's events as cases, and the patrols that found many of them. */

type Row = Record<string, unknown>

/** A ledger event as `ledger_events.geojson` holds it. */
export interface LedgerFeature {
  id: string
  geometry: { coordinates: [lon: number, lat: number] }
  properties: { kind: string; grid_id: string; status: string; found_at: string }
}

export interface Setting {
  community_id: string
  time_zone: string
  /** The moment that the month leads up to, epoch milliseconds. */
  now: number
  calendar: WorkingCalendar
  kinds: ReadonlyMap<string, KindRules & { subject: 'none' | 'vehicle' | 'merchant' }>
  events: readonly LedgerFeature[]
  around: ReadonlyMap<string, Around>
  streets: readonly Street[]
  /** In the order of their numbers. */
  grid_ids: readonly string[]
  /** By their numbers, U-01 …. */
  units: ReadonlyMap<string, string>
  inspector_id: string
}

/** Rows by table; instants are dates. */
export interface Month {
  cases: Row[]
  steps: Row[]
  dispatches: Row[]
  orders: Row[]
  revisits: Row[]
  subjects: Row[]
  photos: (Played['photos'][number] & { case_id: string; kind_code: string })[]
  numbers: { year: number; last: number }[]
  patrols: (Patrol & { distance_m: number })[]
  passes: Pass[]
}

const MINUTE_MS = 60_000
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'street.nonmotor_parking': '人行道上数辆电动自行车停在标线外(示例)',
  'street.motor_parking': '小型汽车停在非泊位路段,影响通行(示例)',
  'street.mobile_vendor': '流动摊贩占用人行道售卖(示例)',
  'street.outside_trading': '店铺物品摆出店外经营(示例)',
  'street.frontage_duties': '门前地面有垃圾、物品未归位(示例)',
  'street.piled_goods': '路边堆放纸箱和建筑材料(示例)',
  'street.zombie_vehicle': '车辆积尘、轮胎瘪气,长期未动(示例)',
  'hazard.fire_lane': '消防通道被杂物堵塞(示例)',
}
/** Who stands beside the unit that leads. */
const BESIDE: Readonly<Record<string, string>> = {
  'hazard.fire_lane': 'U-11',
  'street.zombie_vehicle': 'U-01',
}
const SEVERITIES = ['medium', 'high', 'medium', 'low', 'critical'] as const
const OTHER_SOURCES = ['resident', 'hotline', 'resident', 'video', 'superior', 'resident'] as const
/** Kinds for which pictures are drawn. */
const WITH_PHOTOS = new Set(['hazard.fire_lane', 'street.zombie_vehicle'])

/** The whole month, the same for the same moment. @throws Error when a story breaks the domain's rules. */
export function makeMonth(setting: Setting): Month {
  const { now, grid_ids, streets } = setting
  const random = randomStream(2026)
  const patrols = monthOfPatrols(grid_ids, setting.time_zone, now, setting.inspector_id)
  const features = new Map(setting.events.map((event) => [event.id, event]))
  const parts = castEvents(setting.events.map((event) => asLedgerEvent(event, setting)))
  const told = new Map<string, Told>()
  // What repeats a case is found after it, so the originals are told first.
  for (const part of parts.toSorted((a, b) => Number(!!a.original) - Number(!!b.original)))
    told.set(part.event.id, tell(part, setting, patrols, told, random))
  const all = parts.map((part) => told.get(part.event.id)!)
  const numbers = numbered(all, setting.time_zone)
  const findings = all.flatMap(({ finding }) => (finding ? [finding] : []))
  const passes = passesOf(patrols, streets, findings, now)
  const lengths = new Map(streets.map((street) => [street.segment_id, street.length_m]))
  const rows = <K extends 'steps' | 'dispatches' | 'orders' | 'revisits'>(name: K) =>
    all.flatMap(({ id, played }) => played[name].map((row) => ({ ...row, case_id: id })))
  return {
    cases: all.map(({ id, row, played }) => ({
      id,
      ...row,
      ...played.columns,
      geom: features.get(id)!.geometry.coordinates,
    })),
    steps: rows('steps'),
    dispatches: rows('dispatches'),
    orders: rows('orders'),
    revisits: rows('revisits'),
    photos: all.flatMap(({ id, row, played }) =>
      played.photos.map((photo) => ({
        ...photo,
        case_id: id,
        kind_code: String(row['kind_code']),
      })),
    ),
    subjects: subjectsOf(all),
    numbers,
    patrols: patrols.map((patrol) => ({
      ...patrol,
      distance_m: Math.round(
        passes
          .filter((pass) => pass.patrol_id === patrol.id)
          .reduce((sum, pass) => sum + lengths.get(pass.segment_id)! * pass.share, 0),
      ),
    })),
    passes,
  }
}

interface Told {
  id: string
  row: Row
  played: Played
  subject: Subject | null
  finding: Finding | null
}

function asLedgerEvent(event: LedgerFeature, { time_zone, now }: Setting) {
  const [lon, lat] = event.geometry.coordinates
  const [x, y] = toMetres(metricFrame(91.145, 29.655), lon, lat)
  return {
    id: event.id,
    x,
    y,
    kind: event.properties.kind,
    status: event.properties.status,
    found_at: movedToNow(Date.parse(event.properties.found_at), time_zone, now),
  }
}

/** The ledger's last day, by its local date. */
const LAST_DAY = Temporal.PlainDate.from('2026-09-20')

/** The same local time as many days later as bring the ledger's last day to today. */
function movedToNow(at: number, timeZone: string, now: number): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .add({ days: LAST_DAY.until(today, { largestUnit: 'days' }).days }).epochMilliseconds
}

function tell(
  part: Part,
  setting: Setting,
  patrols: readonly Patrol[],
  told: ReadonlyMap<string, Told>,
  random: () => number,
): Told {
  const { event, kind_code, original } = part
  const { calendar, now, units } = setting
  const kind = setting.kinds.get(kind_code)!
  const around = setting.around.get(event.id)!
  const street = setting.streets.find((one) => one.segment_id === around.segment_id)
  const index = setting.events.findIndex((one) => one.id === event.id)
  const story = STORIES[part.story](random, kind.limits.handle ?? 480)
  const isOnTheSpot = part.story === 'persuaded'
  const began = original
    ? (told.get(original.id)!.row['found_at'] as Date).getTime() +
      Math.round(5 + 85 * random()) * MINUTE_MS
    : isOnTheSpot
      ? duringPatrol(patrols, street?.grid_id ?? null, event.found_at, random)
      : event.found_at
  const times = timesOf(story, began, {
    calendar,
    now,
    limits: kind.limits,
    notice_days: kind.notice_days,
  })
  const found_at = times[0]!
  const patrol = patrolAt(patrols, street?.grid_id ?? null, found_at)
  const isPatrols = isOnTheSpot || (patrol !== undefined && !original)
  const source = isPatrols ? 'patrol' : OTHER_SOURCES[index % OTHER_SOURCES.length]!
  const account_id = (isPatrols && patrol?.account_id) || null
  const lead = kind.default_unit_id ?? units.get('U-01')!
  const played = playStory({
    id: event.id,
    beats: story.beats,
    times,
    kind: { ...kind, has_photos: WITH_PHOTOS.has(kind_code) },
    units: {
      lead,
      co: units.get(BESIDE[kind_code] ?? (lead === units.get('U-01') ? 'U-04' : 'U-01'))!,
      wrong: units.get('U-08')!,
    },
    reporter: {
      account_id,
      role: isPatrols ? 'inspector' : source === 'resident' ? 'resident' : 'leader',
    },
    original_id: original?.id ?? null,
    calendar,
  })
  const subject = subjectOf(kind.subject, around, index)
  return {
    id: event.id,
    played,
    subject,
    finding:
      patrol && isPatrols
        ? { segment_id: around.segment_id, side: around.side, patrol_id: patrol.id, found_at }
        : null,
    row: {
      kind_id: kind.id,
      kind_code,
      source,
      severity: kind.is_hazard ? SEVERITIES[index % SEVERITIES.length]! : null,
      description: DESCRIPTIONS[kind_code] ?? null,
      outcome: isPatrols ? 'needs_dispatch' : null,
      subject_id: subject?.id ?? null,
      accuracy_m: Math.round(30 + 80 * random()) / 10,
      grid_id: setting.events[index]!.properties.grid_id,
      segment_id: around.segment_id,
      side: around.side,
      place_kind: around.place_kind,
      place_id: around.place_id,
      found_at: new Date(found_at),
      received_at: new Date(found_at),
      reported_by: account_id,
    },
  }
}

/** Somebody was there: within the round in this grid that is nearest to the ledger's time and over by now. */
function duringPatrol(
  patrols: readonly Patrol[],
  gridId: string | null,
  at: number,
  random: () => number,
): number {
  const away = (patrol: Patrol) => Math.abs((patrol.started_at + patrol.until) / 2 - at)
  const nearest = patrols
    .filter((patrol) => patrol.ended_at !== null && (gridId === null || patrol.grid_id === gridId))
    .reduce((best, patrol) => (away(patrol) < away(best) ? patrol : best))
  const minutes = (nearest.until - nearest.started_at) / MINUTE_MS - 20
  return nearest.started_at + Math.round(5 + minutes * random()) * MINUTE_MS
}

function subjectsOf(all: readonly Told[]): Row[] {
  const rows = new Map<string, Row>()
  for (const { subject, row } of all.toSorted((a, b) => timeOf(a) - timeOf(b))) {
    if (!subject) continue
    const first = rows.get(subject.id) ?? { ...subject, created_at: row['found_at'] }
    rows.set(subject.id, { ...first, last_seen_at: row['found_at'] })
  }
  return [...rows.values()]
}

const timeOf = ({ row }: Told) => (row['received_at'] as Date).getTime()

/** Gives numbers in the order in which the cases came in, each local year from 1 on; returns the last ones. */
function numbered(all: readonly Told[], timeZone: string): Month['numbers'] {
  const last = new Map<number, number>()
  for (const one of all.toSorted((a, b) => timeOf(a) - timeOf(b) || (a.id < b.id ? -1 : 1))) {
    const year = yearOf(timeOf(one), timeZone)
    const serial = (last.get(year) ?? 0) + 1
    last.set(year, serial)
    Object.assign(one.row, { year, serial })
  }
  return [...last].map(([year, serial]) => ({ year, last: serial }))
}
