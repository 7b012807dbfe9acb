import { parseInstant } from '../../domain/schedule/instant.ts'
import { METHODS, OBSERVED_CLASSES, PLACE_COLLECTIONS } from './contract.ts'

/** An item whose every member was checked; `at_us` is `observed_at` in microseconds since 1970. */
export interface Admitted {
  kind: 'count' | 'detection' | 'sensor'
  id: string | null
  at_us: number
  method: (typeof METHODS)[number]
  vehicle_class: string | null
  confidence: number | null
  survey_id: string | null
  place: PlaceName | null
  counted: number
  illegal_count: number | null
  lon: number | null
  lat: number | null
}

/** How a sender names a place: by exactly one of `id` and `external_id`. */
export interface PlaceName {
  collection: (typeof PLACE_COLLECTIONS)[number]
  id: string | null
  external_id: string | null
  side: 'left' | 'right' | null
}

/** Why an item is refused: the member at fault and what is wrong with it. */
export interface Fault {
  path: string
  message: string
}

/** Clocks of phones and cameras run ahead a little; further into the future nothing was seen. */
export const MOST_AHEAD_MS = 5 * 60_000

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const PLAIN_INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d:[0-5]\d)$/
const COMMON = [
  'kind',
  'id',
  'observed_at',
  'method',
  'vehicle_class',
  'confidence',
  'survey_id',
] as const
const MEMBERS: Record<Admitted['kind'], ReadonlySet<string>> = {
  count: new Set([...COMMON, 'place', 'counted', 'illegal_count']),
  detection: new Set([...COMMON, 'lon', 'lat', 'footprint']),
  sensor: new Set([...COMMON, 'place', 'occupied']),
}
const PLACE_MEMBERS = new Set(['collection', 'id', 'external_id', 'side'])

/**
 * Checks one item by hand, member by member: at hundreds of thousands a second a schema validator would cost more than
 * storing does. `now` in epoch milliseconds. Null members count as absent.
 */
export function admitItem(item: unknown, now: number): Admitted | Fault {
  if (!isRecord(item)) return fault('', 'must be a JSON object')
  const kind = item['kind']
  if (kind !== 'count' && kind !== 'detection' && kind !== 'sensor')
    return fault('kind', 'must be count, detection or sensor')
  const members = MEMBERS[kind]
  for (const member in item)
    if (!members.has(member)) return fault(member, `is no member of a ${kind}`)

  const id = item['id'] ?? null
  if (id !== null && !isUuid(id)) return fault('id', 'must be a UUID')
  const observed_at = item['observed_at']
  const at_us = typeof observed_at === 'string' ? microsecondsOf(observed_at) : null
  if (at_us === null)
    return fault(
      'observed_at',
      'must be a date and time with offset, for example 2026-05-01T18:30:00+08:00',
    )
  if (at_us > (now + MOST_AHEAD_MS) * 1000) return fault('observed_at', 'lies in the future')
  const method = item['method'] as Admitted['method']
  if (!METHODS.includes(method)) return fault('method', `must be one of ${METHODS.join(', ')}`)
  const vehicle_class = (item['vehicle_class'] ?? null) as string | null
  if (vehicle_class !== null && !OBSERVED_CLASSES.includes(vehicle_class as 'car'))
    return fault('vehicle_class', `must be one of ${OBSERVED_CLASSES.join(', ')}`)
  const confidence = item['confidence'] ?? null
  if (confidence !== null && !isWithin(confidence, 0, 1))
    return fault('confidence', 'must be a number from 0 to 1')
  const survey_id = item['survey_id'] ?? null
  if (survey_id !== null && !isUuid(survey_id)) return fault('survey_id', 'must be a UUID')

  const admitted: Admitted = {
    kind,
    id: id && id.toLowerCase(),
    at_us,
    method,
    vehicle_class,
    confidence,
    survey_id: survey_id && survey_id.toLowerCase(),
    place: null,
    counted: 1,
    illegal_count: null,
    lon: null,
    lat: null,
  }
  const found =
    kind === 'detection'
      ? addPosition(admitted, item)
      : (addPlace(admitted, item['place']) ?? addValue(admitted, item))
  return found ?? admitted
}

/** Tells a refusal from an admitted item. */
export const isFault = (result: Admitted | Fault): result is Fault => 'message' in result

function addValue(admitted: Admitted, item: Readonly<Record<string, unknown>>): Fault | null {
  if (admitted.kind === 'sensor') {
    if (typeof item['occupied'] !== 'boolean') return fault('occupied', 'must be true or false')
    admitted.counted = item['occupied'] ? 1 : 0
    return null
  }
  const counted = item['counted']
  if (!isCount(counted)) return fault('counted', 'must be a whole number from 0 to 1,000,000')
  const illegal = item['illegal_count'] ?? null
  if (illegal !== null && !isCount(illegal))
    return fault('illegal_count', 'must be a whole number from 0 to 1,000,000')
  admitted.counted = counted
  admitted.illegal_count = illegal
  return null
}

function addPlace(admitted: Admitted, place: unknown): Fault | null {
  if (!isRecord(place)) return fault('place', 'must be an object')
  for (const member in place)
    if (!PLACE_MEMBERS.has(member)) return fault(`place/${member}`, 'is no member of a place')
  const collection = place['collection'] as PlaceName['collection']
  if (!PLACE_COLLECTIONS.includes(collection))
    return fault('place/collection', `must be one of ${PLACE_COLLECTIONS.join(', ')}`)
  const id = place['id'] ?? null
  const external_id = place['external_id'] ?? null
  if ((id === null) === (external_id === null))
    return fault('place', 'must have either id or external_id')
  if (id !== null && !isUuid(id)) return fault('place/id', 'must be a UUID')
  if (external_id !== null && typeof external_id !== 'string')
    return fault('place/external_id', 'must be a text')
  const side = place['side'] ?? null
  if (side !== null && side !== 'left' && side !== 'right')
    return fault('place/side', 'must be left or right')
  if (collection === 'street_segments' && side === null)
    return fault('place/side', 'is needed: a street is counted side by side')
  if (collection !== 'street_segments' && side !== null)
    return fault('place/side', `is no member of a place in ${collection}`)
  admitted.place = { collection, id: id && id.toLowerCase(), external_id, side }
  return null
}

function addPosition(admitted: Admitted, item: Readonly<Record<string, unknown>>): Fault | null {
  const footprint = item['footprint'] ?? null
  if (footprint !== null) {
    if (item['lon'] !== undefined || item['lat'] !== undefined)
      return fault('footprint', 'must not come together with lon and lat')
    const middle = middleOf(footprint)
    if (!middle) return fault('footprint', 'must be a GeoJSON Polygon in degrees')
    ;[admitted.lon, admitted.lat] = middle
    return null
  }
  const { lon, lat } = item
  if (!isWithin(lon, -180, 180)) return fault('lon', 'must be a number from -180 to 180')
  if (!isWithin(lat, -90, 90)) return fault('lat', 'must be a number from -90 to 90')
  admitted.lon = lon
  admitted.lat = lat
  return null
}

/** Centre of the area of the outer ring; of its corners where it encloses nothing. */
function middleOf(footprint: unknown): [lon: number, lat: number] | null {
  if (!isRecord(footprint) || footprint['type'] !== 'Polygon') return null
  const ring = (footprint['coordinates'] as unknown[] | undefined)?.[0]
  if (!Array.isArray(ring) || ring.length < 4 || ring.length > 1000) return null
  for (const p of ring as unknown[])
    if (!Array.isArray(p) || !isWithin(p[0], -180, 180) || !isWithin(p[1], -90, 90)) return null
  const points = ring as [number, number][]
  const [x0, y0] = points[0]!
  let [twice, x, y] = [0, 0, 0]
  for (let i = 0; i + 1 < points.length; i++) {
    const [ax, ay] = [points[i]![0] - x0, points[i]![1] - y0]
    const [bx, by] = [points[i + 1]![0] - x0, points[i + 1]![1] - y0]
    const cross = ax * by - bx * ay
    twice += cross
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  if (twice !== 0) return [x0 + x / (3 * twice), y0 + y / (3 * twice)]
  const n = points.length
  return [points.reduce((s, p) => s + p[0], 0) / n, points.reduce((s, p) => s + p[1], 0) / n]
}

/** The detections of one picture share their instant, and so do the counts of one round. */
let lastText = ''
let last_us = 0

/** Microseconds since 1970; what is finer is rounded, as PostgreSQL does. Null for anything but an instant. */
function microsecondsOf(text: string): number | null {
  if (text === lastText) return last_us
  // Up to the 28th every month has the day, and the engine's own parser is ten times faster.
  const at = PLAIN_INSTANT.test(text) ? Date.parse(text) : parseInstant(text)
  if (at === null) return null
  const fraction = text[19] === '.' ? parseFloat(`0${text.slice(19)}`) : 0
  lastText = text
  last_us = Math.floor(at / 1000) * 1e6 + Math.round(fraction * 1e6)
  return last_us
}

const fault = (path: string, message: string): Fault => ({ path, message })
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)
const isWithin = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && value >= low && value <= high
const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000
