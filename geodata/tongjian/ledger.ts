import { gridAt } from './blocks.ts'
import {
  type Box,
  type Feature,
  feature,
  idOf,
  point,
  randomStream,
  threeDigits,
  twoDigits,
} from './frame.ts'

/** The twelve partner units, and four weeks of street-order events found by patrols. */

const UNITS = [
  ['城市管理', 'City management'],
  ['交警', 'Traffic police'],
  ['消防', 'Fire service'],
  ['市场监管', 'Market regulation'],
  ['环卫', 'Sanitation'],
  ['学校', 'School'],
  ['机关', 'Government office'],
  ['银行', 'Bank'],
  ['医院', 'Hospital'],
  ['市场', 'Market'],
  ['物业', 'Property management'],
  ['供电', 'Power supply'],
] as const

/** The units named by what they are, not by who they are. */
export function partnerUnits() {
  return UNITS.map(([name_zh, name_en], index) => ({
    id: idOf(`U-${twoDigits(index + 1)}`),
    external_id: `U-${twoDigits(index + 1)}`,
    name_zh: `${name_zh}(示例)`,
    name_en: `${name_en} (sample)`,
  }))
}

const SOUTH_FOOTWAY: Box = [-300, -232, 295, -228]
const MIDDLE_FOOTWAY: Box = [-300, 5, 295, 9]
const EAST_KERB: Box = [292, -235, 299, 235]
const NORTH_KERB: Box = [-300, 233, 295, 238]
const WEST_KERB: Box = [-306, -235, -299, 235]
const ALLEYS: Box[] = [
  [-157, -230, -153, -40],
  [153, -230, 157, -40],
  [-157, 8, -153, 198],
  [153, 8, 157, 198],
]

/** Kinds as named in the ledger, where they happen and who is asked to help. */
const KINDS: { kind: string; places: Box[]; unit: string }[] = [
  { kind: '非机动车乱停', places: [SOUTH_FOOTWAY, MIDDLE_FOOTWAY, EAST_KERB], unit: 'U-02' },
  { kind: '机动车乱停', places: [EAST_KERB, NORTH_KERB, WEST_KERB], unit: 'U-02' },
  { kind: '占道经营', places: [SOUTH_FOOTWAY, MIDDLE_FOOTWAY], unit: 'U-01' },
  { kind: '门前三包未落实', places: [SOUTH_FOOTWAY, MIDDLE_FOOTWAY], unit: 'U-04' },
  { kind: '堵塞消防通道', places: ALLEYS, unit: 'U-03' },
  { kind: '乱堆物料', places: [...ALLEYS, MIDDLE_FOOTWAY], unit: 'U-05' },
]

const STATUSES = ['reported', 'persuaded', 'dispatched', 'rectified', 'closed'] as const
const PATROLS = ['daily', 'weekly', 'monthly'] as const
const FIRST_DAY = Date.parse('2026-08-24T00:00:00+08:00')
const DAYS = 28
const EVENTS = 240
const HOUR_MS = 3_600_000

/** 240 events of 24 August to 20 September 2026, in the order of their numbers. */
export function ledgerEvents(): Feature[] {
  const random = randomStream(240)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  return Array.from({ length: EVENTS }, (_, index) => {
    const { kind, places, unit } = pick(KINDS)
    const [u0, v0, u1, v1] = pick(places)
    const u = u0 + (u1 - u0) * random()
    const v = v0 + (v1 - v0) * random()
    const status = pick(STATUSES)
    // Patrols walk from 8:00 to 21:30.
    const hours = Math.floor(random() * DAYS) * 24 + 8 + 13.5 * random()
    const found = FIRST_DAY + Math.round(hours * 60) * 60_000
    const closed = found + Math.round(4 + 60 * random()) * HOUR_MS
    const isDispatched = status !== 'reported' && status !== 'persuaded'
    return feature(`EV-${threeDigits(index + 1)}`, point(u, v), {
      kind,
      grid_id: idOf(`G-${gridAt(u, v)}`),
      patrol: pick(PATROLS),
      status,
      found_at: new Date(found).toISOString(),
      closed_at: status === 'closed' ? new Date(closed).toISOString() : null,
      unit_id: isDispatched ? idOf(unit) : null,
    })
  })
}
