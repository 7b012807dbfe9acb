import { idOf, randomStream } from './frame.ts'

/** The closed loop of the sample: each ledger event as a case with its steps, moved so that the last day is today. */

/** A ledger event as `ledger_events.geojson` holds it. */
export interface LedgerEvent {
  id: string
  geometry: { coordinates: [lon: number, lat: number] }
  properties: {
    external_id: string
    kind: string
    grid_id: string
    status: string
    found_at: string
    unit_id: string | null
  }
}

export interface SampleCase {
  id: string
  year: number
  serial: number
  kind_code: string
  source: string
  step: string
  status: string
  severity: string | null
  description: string | null
  outcome: string | null
  lon: number
  lat: number
  grid_id: string
  found_at: string
  received_at: string
  original_id: string | null
  lead_unit_id: string | null
  filed_at: string | null
  dispatched_at: string | null
  due_what: string | null
  due_at: string | null
  hold_since: string | null
  escalation: number
  notice_until: string | null
  handled_at: string | null
  closed_at: string | null
  is_on_time: boolean | null
  satisfaction: number | null
}

export interface SampleStep {
  id: string
  case_id: string
  action: string
  from_step: string | null
  to_step: string
  from_status: string | null
  to_status: string
  actor_role: string
  unit_id: string | null
  at: string
  reason: string | null
}

export interface SampleOrder {
  case_id: string
  dispatch_id: string
  unit_id: string
  is_lead: boolean
  dispatched_at: string
  arrive_by: string | null
  handle_by: string | null
  accepted_at: string | null
  arrived_at: string | null
  signed_off_at: string | null
  result: string | null
}

const CODES: Readonly<Record<string, string>> = {
  非机动车乱停: 'street.nonmotor_parking',
  机动车乱停: 'street.motor_parking',
  占道经营: 'street.outside_trading',
  门前三包未落实: 'street.frontage_duties',
  堵塞消防通道: 'hazard.fire_lane',
  乱堆物料: 'street.piled_goods',
}
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** What was found earlier is settled by now, but for a few. */
const OPEN_DAYS = 2
const OVERDUE_WHISTLES = 2
/** An abandoned vehicle: its public notice hangs for a week, and hangs now. */
const VEHICLE = { kind: '机动车乱停', code: 'street.zombie_vehicle', notice: 7 * DAY }

/** Cases, steps and orders as they stand at `now` (epoch milliseconds), the same for the same instant. */
export function loopRecords(
  events: readonly LedgerEvent[],
  now: number,
  yearOf: (at: number) => number,
) {
  const random = randomStream(2026)
  const sorted = events.toSorted((a, b) =>
    a.properties.found_at.localeCompare(b.properties.found_at),
  )
  // The sample's last finding was made three quarters of an hour ago.
  const shift = now - 45 * MINUTE - Date.parse(sorted.at(-1)!.properties.found_at)
  const serials = new Map<number, number>()
  const cases: SampleCase[] = []
  const steps: SampleStep[] = []
  const orders: SampleOrder[] = []
  let overdue = 0
  let isNoticed = false
  for (const [index, event] of sorted.entries()) {
    const found = Date.parse(event.properties.found_at) + shift
    const year = yearOf(found)
    const serial = (serials.get(year) ?? 0) + 1
    serials.set(year, serial)
    const isRecent = now - found < OPEN_DAYS * DAY
    const told = wishOf(event.properties.status, isRecent, index, random)
    const isVehicle: boolean =
      !isNoticed &&
      !isRecent &&
      now - found < VEHICLE.notice - DAY &&
      event.properties.kind === VEHICLE.kind &&
      told !== 'persuaded'
    isNoticed ||= isVehicle
    const wish = isVehicle ? 'noticed' : told
    const code = isVehicle ? VEHICLE.code : CODES[event.properties.kind]!
    const story = new Story(event, code, found, year, serial, index)
    const isOverdue = wish === 'dispatched' && isRecent && overdue < OVERDUE_WHISTLES
    if (isOverdue) overdue++
    story.play(wish, { now, isRecent, isOverdue, random, earlier: cases })
    cases.push(story.record)
    steps.push(...story.steps)
    orders.push(...story.orders)
  }
  return { cases, steps, orders, last_serials: [...serials] }
}

type Wish =
  | 'reported'
  | 'filed'
  | 'persuaded'
  | 'dispatched'
  | 'handling'
  | 'rectified'
  | 'closed'
  | 'rated'
  | 'held'
  | 'noticed'
  | 'refused'
  | 'merged'

function wishOf(status: string, isRecent: boolean, index: number, random: () => number): Wish {
  const chance = random()
  if (status === 'persuaded') return 'persuaded'
  if (!isRecent) {
    if (index > 20 && index % 60 === 7) return 'held'
    if (status === 'reported') return chance < 0.25 ? 'refused' : chance < 0.5 ? 'merged' : 'rated'
    return chance < 0.6 ? 'rated' : 'closed'
  }
  if (status === 'reported') return chance < 0.5 ? 'reported' : 'filed'
  if (status === 'dispatched') return chance < 0.7 ? 'dispatched' : 'handling'
  return status === 'rectified' ? 'rectified' : 'closed'
}

interface Playing {
  now: number
  isRecent: boolean
  isOverdue: boolean
  random: () => number
  earlier: readonly SampleCase[]
}

/** One case told step by step, as the rules of the loop allow. */
class Story {
  readonly record: SampleCase
  readonly steps: SampleStep[] = []
  readonly orders: SampleOrder[] = []
  #at: number

  constructor(
    event: LedgerEvent,
    code: string,
    found: number,
    year: number,
    serial: number,
    index: number,
  ) {
    const { grid_id, unit_id } = event.properties
    const [lon, lat] = event.geometry.coordinates
    this.#at = found
    const at = new Date(found).toISOString()
    this.record = {
      id: event.id,
      year,
      serial,
      kind_code: code,
      source: index % 9 === 4 ? 'resident' : index % 31 === 5 ? 'hotline' : 'patrol',
      step: 'collection',
      status: 'open',
      severity: code.startsWith('hazard.') ? (index % 3 === 0 ? 'high' : 'medium') : null,
      description: null,
      outcome: null,
      lon,
      lat,
      grid_id,
      found_at: at,
      received_at: at,
      original_id: null,
      lead_unit_id: unit_id,
      filed_at: null,
      dispatched_at: null,
      due_what: null,
      due_at: null,
      hold_since: null,
      escalation: 0,
      notice_until: null,
      handled_at: null,
      closed_at: null,
      is_on_time: null,
      satisfaction: null,
    }
    this.#step('report', this.record.source === 'resident' ? 'resident' : 'inspector', {})
  }

  play(wish: Wish, { now, isRecent, isOverdue, random, earlier }: Playing): void {
    const { record } = this
    // What is still open moved a little while ago; what is settled took its usual hours.
    const pace = isRecent ? Math.min(1, (now - this.#at) / (10 * HOUR)) : 1
    const wait = (minutes: number) => {
      this.#at = Math.min(
        this.#at + Math.round(minutes * pace * (0.6 + 0.8 * random())) * MINUTE,
        now - MINUTE,
      )
      return new Date(this.#at).toISOString()
    }
    const due = (what: string, minutes: number) => {
      record.due_what = what
      record.due_at = new Date(
        Math.max(this.#at, now - 5 * MINUTE) + minutes * MINUTE,
      ).toISOString()
    }
    if (wish === 'persuaded') {
      record.outcome = random() < 0.7 ? 'persuaded' : 'tip_card'
      this.#close(wait(1), 'persuade', 'inspector', true)
      record.lead_unit_id = null
      return
    }
    record.outcome = record.source === 'patrol' ? 'needs_dispatch' : null
    if (wish === 'reported') {
      due('file', 60)
      record.lead_unit_id = null
      return
    }
    if (wish === 'merged') {
      const original = earlier.findLast(
        (one) =>
          one.kind_code === record.kind_code &&
          one.grid_id === record.grid_id &&
          one.original_id === null &&
          one.status !== 'refused',
      )
      if (original) {
        record.original_id = original.id
        record.closed_at = wait(40)
        record.lead_unit_id = null
        this.#step('merge', 'leader', { status: 'merged' })
        return
      }
    }
    if (wish === 'refused') {
      record.closed_at = wait(30)
      record.lead_unit_id = null
      this.#step('refuse', 'leader', { status: 'refused', reason: '现场已恢复，不予立案' })
      return
    }
    record.filed_at = wait(20)
    this.#step('file', 'leader', { step: 'filing' })
    if (wish === 'filed') {
      due('dispatch', 60)
      record.lead_unit_id = null
      return
    }
    if (wish === 'noticed') {
      const until = Date.parse(wait(60)) + VEHICLE.notice
      record.notice_until = new Date(until).toISOString()
      record.lead_unit_id = null
      Object.assign(record, { due_what: 'dispatch', due_at: new Date(until + HOUR).toISOString() })
      this.#step('post_notice', 'leader', {})
      return
    }
    this.#dispatch(wait(25), random)
    /** What a unit is asked for and what the case waits for are one. */
    const dueHandled = (minutes: number) => {
      due('handle', minutes)
      for (const order of this.orders) order.handle_by = record.due_at
    }
    if (wish === 'held') {
      record.hold_since = wait(120)
      dueHandled(240)
      this.#step('hold', 'leader', { status: 'on_hold', reason: '等待施工单位进场' })
      return
    }
    if (isOverdue) {
      const late = new Date(now - 35 * MINUTE).toISOString()
      dueHandled(120)
      for (const order of this.orders) order.arrive_by = late
      Object.assign(record, { due_what: 'arrive', due_at: late, escalation: 1 })
      this.#at = now - 5 * MINUTE
      this.#step('escalate', 'system', {})
      return
    }
    dueHandled(180)
    if (wish === 'dispatched') return
    for (const order of this.orders) {
      order.accepted_at = wait(10)
      this.#step('accept', 'unit', { step: 'handling', unit_id: order.unit_id })
      order.arrived_at = wait(25)
      this.#step('arrive', 'unit', { unit_id: order.unit_id })
    }
    if (wish === 'handling') return
    for (const [i, order] of this.orders.entries()) {
      order.signed_off_at = wait(60)
      order.result = '已到场处置，现场恢复通行'
      const isLast = i === this.orders.length - 1
      this.#step('report_result', 'unit', {
        unit_id: order.unit_id,
        ...(isLast && { step: 'feedback' }),
      })
    }
    record.handled_at = new Date(this.#at).toISOString()
    record.is_on_time = random() < 0.88
    const taken = this.#at - Date.parse(record.dispatched_at!)
    const limit = taken * (record.is_on_time ? 1.5 : 0.75)
    for (const order of this.orders)
      order.handle_by = new Date(this.#at - taken + limit).toISOString()
    if (wish === 'rectified') {
      due('verify', 480)
      return
    }
    this.#close(wait(150), 'verify', 'leader', record.is_on_time)
    if (wish !== 'rated') return
    record.satisfaction = random() < 0.06 ? 2 : random() < 0.3 ? 4 : 5
    wait(600)
    this.#step('rate', 'leader', { step: 'evaluation' })
  }

  #dispatch(at: string, random: () => number): void {
    const { record } = this
    const lead = record.lead_unit_id ?? idOf('U-01')
    const others =
      random() < 0.3 ? [idOf('U-01'), idOf('U-05')].filter((id) => id !== lead).slice(0, 1) : []
    record.lead_unit_id = lead
    record.dispatched_at = at
    for (const unit_id of [lead, ...others])
      this.orders.push({
        case_id: record.id,
        dispatch_id: idOf(`dispatch ${record.id}`),
        unit_id,
        is_lead: unit_id === lead,
        dispatched_at: at,
        arrive_by: null,
        handle_by: new Date(this.#at + 4 * HOUR).toISOString(),
        accepted_at: null,
        arrived_at: null,
        signed_off_at: null,
        result: null,
      })
    this.#step('dispatch', 'leader', { step: 'dispatch' })
  }

  #close(at: string, action: string, role: string, isOnTime: boolean): void {
    const { record } = this
    Object.assign(record, { closed_at: at, due_what: null, due_at: null, is_on_time: isOnTime })
    record.handled_at ??= at
    this.#step(action, role, { step: 'verification', status: 'closed' })
  }

  #step(
    action: string,
    actor_role: string,
    to: { step?: string; status?: string; unit_id?: string; reason?: string },
  ): void {
    const { record, steps } = this
    const isFirst = steps.length === 0
    const [from_step, from_status] = [record.step, record.status]
    record.step = to.step ?? record.step
    record.status = to.status ?? record.status
    steps.push({
      // The report has the case's own id, as when it is sent.
      id: isFirst ? record.id : idOf(`step ${record.id} ${steps.length}`),
      case_id: record.id,
      action,
      from_step: isFirst ? null : from_step,
      to_step: record.step,
      from_status: isFirst ? null : from_status,
      to_status: record.status,
      actor_role,
      unit_id: to.unit_id ?? null,
      // A second apart at least, so that the order of steps is the order of their times.
      at: new Date(this.#at + steps.length * 1000).toISOString(),
      reason: to.reason ?? null,
    })
  }
}
