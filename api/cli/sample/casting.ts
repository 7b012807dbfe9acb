import type { StoryName } from './stories.ts'

/** An event of the ledger as the month's cases begin with it. */
export interface LedgerEvent {
  id: string
  /** Metres in any one frame, for the distances between events. */
  x: number
  y: number
  kind: string
  status: string
  found_at: number
}

export interface Part {
  event: LedgerEvent
  kind_code: string
  story: StoryName
  /** For a merged one: the event whose case it repeats. */
  original: LedgerEvent | null
}

/** The ledger's names and the kinds of cases they are; where two stand, they take turns. */
const KIND_CODES: Readonly<Record<string, readonly string[]>> = {
  非机动车乱停: ['street.nonmotor_parking'],
  机动车乱停: ['street.motor_parking'],
  占道经营: ['street.mobile_vendor', 'street.outside_trading'],
  门前三包未落实: ['street.frontage_duties'],
  堵塞消防通道: ['hazard.fire_lane'],
  乱堆物料: ['street.piled_goods'],
}
const VEHICLE = 'street.zombie_vehicle'

const BIKES = '非机动车乱停'
const CARS = '机动车乱停'
const TRADE = '占道经营'
const FRONT = '门前三包未落实'
const LANE = '堵塞消防通道'
const GOODS = '乱堆物料'

/** What waits for somebody now, each played by the latest event of its kind that is free. */
const WAITING: readonly (readonly [StoryName, readonly string[]])[] = [
  ['whistle_not_arrived', [LANE]],
  ['whistle_not_handled', [BIKES]],
  ['in_collection', [BIKES, TRADE, FRONT, GOODS, CARS, BIKES, LANE]],
  ['in_filing', [TRADE, BIKES, GOODS, FRONT, CARS]],
  ['in_dispatch', [CARS, GOODS, TRADE, BIKES, FRONT]],
  ['in_handling', [CARS, BIKES, TRADE, GOODS, FRONT, BIKES, TRADE, FRONT]],
  ['in_joint', [LANE]],
  ['in_feedback', [BIKES, GOODS, CARS, FRONT, TRADE, LANE]],
  ['on_hold', [GOODS, TRADE, CARS]],
]

/** The vehicles that nobody moves: one removed, two whose public notice hangs. */
const VEHICLES: readonly StoryName[] = ['vehicle_removed', 'in_notice', 'in_notice']

const REPEATED = 8
const REPEATED_WITHIN_M = 25
const REFUSED = 6

/** What else happens to cases that were worked on, in turns. */
const ENDINGS: readonly StoryName[] = [
  'closed',
  'rated',
  'closed',
  'late',
  'rated',
  'joint',
  'closed',
  'revisited',
  'rated',
  'sent_back',
  'closed',
  'late_rated',
  'rated',
  'handed_over',
  'closed',
  'revisit_due',
  'rated',
  'held',
  'closed',
  'recurred',
]

/** Gives every event of the ledger its kind and its story: the same on every run. */
export function castEvents(ledger: readonly LedgerEvent[]): Part[] {
  const latestFirst = ledger.toSorted((a, b) => b.found_at - a.found_at || (a.id < b.id ? -1 : 1))
  const parts = new Map<string, Omit<Part, 'event' | 'kind_code'> & { kind_code?: string }>()
  const take = (kind: string, story: StoryName, from = latestFirst) => {
    const event = from.find((one) => one.kind === kind && !parts.has(one.id))
    if (!event) throw new Error(`the ledger has too few events of ${kind}`)
    parts.set(event.id, { story, original: null })
    return event
  }
  for (const [story, kinds] of WAITING) for (const kind of kinds) take(kind, story)
  const oldestFirst = latestFirst.toReversed()
  for (const story of VEHICLES) {
    const event = take(CARS, story, oldestFirst)
    parts.set(event.id, { story, original: null, kind_code: VEHICLE })
  }
  for (const [original, repeat] of nearPairs(oldestFirst.filter(({ id }) => !parts.has(id)))) {
    parts.set(original.id, { story: 'closed', original: null })
    parts.set(repeat.id, { story: 'merged', original })
  }
  let refused = 0
  let ended = 0
  for (const event of oldestFirst) {
    if (parts.has(event.id)) continue
    // Nobody is persuaded to leave a fire lane later: those are dispatched, whatever the ledger says.
    const isPersuaded = event.status === 'persuaded' && event.kind !== LANE
    const isRefused = event.status === 'reported' && refused < REFUSED
    if (isRefused) refused++
    const isMerchants = event.kind === FRONT && event.status === 'rectified'
    const story = isPersuaded
      ? 'persuaded'
      : isRefused
        ? 'refused'
        : isMerchants
          ? 'put_right'
          : ENDINGS[ended++ % ENDINGS.length]!
    parts.set(event.id, { story, original: null })
  }
  const turns = new Map<string, number>()
  return ledger.map((event) => {
    const turn = turns.get(event.kind) ?? 0
    turns.set(event.kind, turn + 1)
    const codes = KIND_CODES[event.kind]
    if (!codes) throw new Error(`no kind of case is known for ${event.kind}`)
    return { event, kind_code: codes[turn % codes.length]!, ...parts.get(event.id)! }
  })
}

/** Events of one kind that lie so close that one may repeat the other, each in one pair only. */
function nearPairs(events: readonly LedgerEvent[]): [LedgerEvent, LedgerEvent][] {
  const pairs: [LedgerEvent, LedgerEvent][] = []
  const used = new Set<string>()
  for (const [i, event] of events.entries()) {
    // Trading has two kinds, which would not be each other's repeats.
    if (used.has(event.id) || event.kind === TRADE || event.kind === CARS) continue
    const near = events
      .slice(i + 1)
      .find(
        (other) =>
          other.kind === event.kind &&
          !used.has(other.id) &&
          Math.hypot(other.x - event.x, other.y - event.y) <= repeatRadius(event.kind),
      )
    if (!near) continue
    used.add(event.id).add(near.id)
    pairs.push([event, near])
    if (pairs.length === REPEATED) break
  }
  return pairs
}

/** Within the radius in which the kind takes a report for a repeated one. */
const repeatRadius = (kind: string) =>
  kind === LANE ? 15 : kind === BIKES ? 20 : REPEATED_WITHIN_M
