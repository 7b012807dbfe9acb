import { randomFillSync } from 'node:crypto'
import { COPY_HEADER, COPY_TRAILER, writeUuid } from '../../db/copy-binary.ts'
import { KINDS, type ObservationBatch } from './batch.ts'
import { METHODS, OBSERVED_CLASSES } from './contract.ts'
import { COUNTER } from './new-ids.ts'

/** Some of a batch's rows, or all. */
export interface Rows {
  batch: ObservationBatch
  /** Which ones; null for all of them. */
  only: readonly number[] | null
}

/** The columns of `encodeRows`, in their order. */
export const ENCODED_COLUMNS = [
  'community_id',
  'id',
  'observed_at',
  'kind',
  'method',
  'place_kind',
  'place_id',
  'outside_bay',
  'counted',
  'illegal_count',
  'vehicle_class',
  'confidence',
  'lon',
  'lat',
  'survey_id',
] as const

/** More than any row takes. */
const ROW_BYTES = 256
const CHUNK_BYTES = 1 << 17
/** PostgreSQL counts microseconds from 2000 on. */
const EPOCH_2000_US = 946_684_800_000_000

/**
 * Rows as `COPY … (format binary)` reads them, a chunk at a time, so that the database takes one in while the next is
 * made. They come in the order of their places: the index by place then takes neighbours one after the other instead
 * of jumping to another page for every row. Rows without an id get one (UUID version 7) that rises in this order, which
 * keeps the primary key growing at its end. `now` in epoch milliseconds.
 */
export function* encodeRows(
  communityId: string,
  parts: readonly Rows[],
  now: number,
): Generator<Buffer> {
  const { batches, rows, order } = inOrderOfPlace(parts)
  const start = new Uint8Array(26)
  const startView = new DataView(start.buffer)
  startView.setInt16(0, ENCODED_COLUMNS.length)
  startView.setInt32(2, 16)
  if (!writeUuid(start, 6, communityId)) throw new Error(`not a community id: ${communityId}`)
  startView.setInt32(22, 16)
  const random = new Uint8Array(8 * order.length)
  randomFillSync(random)

  let bytes = new Uint8Array(CHUNK_BYTES)
  let view = new DataView(bytes.buffer)
  bytes.set(COPY_HEADER)
  let at = COPY_HEADER.length
  for (let k = 0; k < order.length; k++) {
    if (at + ROW_BYTES > CHUNK_BYTES) {
      yield Buffer.from(bytes.buffer, 0, at)
      bytes = new Uint8Array(CHUNK_BYTES)
      view = new DataView(bytes.buffer)
      at = 0
    }
    const row = order[k]!
    const batch = batches[row]!
    const i = rows[row]!
    for (let b = 0; b < 26; b++) bytes[at + b] = start[b]!
    at += 26
    const id = batch.ids[i]!
    if (id === null) putNewId(bytes, view, at, now, k, random)
    else writeUuid(bytes, at, id)
    at += 16
    at = putLong(view, at, batch.at_us[i]! - EPOCH_2000_US)
    at = putCell(bytes, at, KIND_CELLS[batch.kinds[i]!]!)
    at = putCell(bytes, at, METHOD_CELLS[batch.methods[i]!]!)
    const place = batch.places[i]!
    if (place) {
      at = putCell(bytes, at, PLACE_CELLS[place.place_kind])
      view.setInt32(at, 16)
      // In the order of ranks these bytes are read one after the other; texts would be looked for all over the memory.
      const from = 16 * place.rank
      for (let b = 0; b < 16; b++) bytes[at + 4 + b] = batch.place_id_bytes[from + b]!
      at += 20
    } else at = putNull(view, putNull(view, at))
    view.setInt32(at, 1)
    bytes[at + 4] = batch.isOutside(i) ? 1 : 0
    at = putInteger(view, at + 5, batch.counted[i]!)
    const illegal = batch.illegal[i]!
    at = illegal < 0 ? putNull(view, at) : putInteger(view, at, illegal)
    const code = batch.classes[i]!
    at = code < 0 ? putNull(view, at) : putCell(bytes, at, CLASS_CELLS[code]!)
    const confidence = batch.confidences[i]!
    if (Number.isNaN(confidence)) at = putNull(view, at)
    else {
      view.setInt32(at, 4)
      view.setFloat32(at + 4, confidence)
      at += 8
    }
    at = putDouble(view, at, batch.lons[i]!)
    at = putDouble(view, at, batch.lats[i]!)
    const survey = batch.surveys[i]!
    at = survey === null ? putNull(view, at) : putUuid(bytes, view, at, survey)
  }
  bytes.set(COPY_TRAILER, at)
  yield Buffer.from(bytes.buffer, 0, at + COPY_TRAILER.length)
}

/** All rows, each with its batch and its number there, and the order in which their places stand. */
function inOrderOfPlace(parts: readonly Rows[]) {
  const count = parts.reduce((sum, { batch, only }) => sum + (only ?? batch).length, 0)
  const batches: ObservationBatch[] = []
  const rows = new Uint32Array(count)
  // Numbers sort five times as fast as anything that compares: the place's rank, then the row's own number.
  const keys = new Float64Array(count)
  for (const { batch, only } of parts)
    for (let k = 0; k < (only ?? batch).length; k++) {
      const i = only ? only[k]! : k
      const row = batches.push(batch) - 1
      rows[row] = i
      keys[row] = ((batch.places[i]?.rank ?? -1) + 1) * count + row
    }
  keys.sort()
  const order = new Uint32Array(count)
  for (let k = 0; k < count; k++) order[k] = keys[k]! % count
  return { batches, rows, order }
}

/** As `newIds` makes them, the `n`th of the millisecond `now`. */
function putNewId(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  now: number,
  n: number,
  random: Uint8Array,
): void {
  const clock = now + Math.floor(n / COUNTER)
  view.setUint32(at, Math.floor(clock / 0x10000))
  view.setUint16(at + 4, clock % 0x10000)
  view.setUint16(at + 6, 0x7000 | (n % COUNTER))
  for (let b = 0; b < 8; b++) bytes[at + 8 + b] = random[8 * n + b]!
  bytes[at + 8] = (bytes[at + 8]! & 0x3f) | 0x80
}

function putUuid(bytes: Uint8Array, view: DataView, at: number, text: string): number {
  view.setInt32(at, 16)
  writeUuid(bytes, at + 4, text)
  return at + 20
}

/** A safe integer as two halves: a BigInt a row would cost more than the row. */
function putLong(view: DataView, at: number, value: number): number {
  const high = Math.floor(value / 2 ** 32)
  view.setInt32(at, 8)
  view.setInt32(at + 4, high)
  view.setUint32(at + 8, value - high * 2 ** 32)
  return at + 12
}

function putInteger(view: DataView, at: number, value: number): number {
  view.setInt32(at, 4)
  view.setInt32(at + 4, value)
  return at + 8
}

/** Null for NaN. */
function putDouble(view: DataView, at: number, value: number): number {
  if (Number.isNaN(value)) return putNull(view, at)
  view.setInt32(at, 8)
  view.setFloat64(at + 4, value)
  return at + 12
}

function putNull(view: DataView, at: number): number {
  view.setInt32(at, -1)
  return at + 4
}

function putCell(bytes: Uint8Array, at: number, cell: Uint8Array): number {
  for (let b = 0; b < cell.length; b++) bytes[at + b] = cell[b]!
  return at + cell.length
}

/** A short ASCII text with its length before it. */
const textCell = (text: string) => Uint8Array.of(0, 0, 0, text.length, ...Buffer.from(text))
const KIND_CELLS = KINDS.map(textCell)
const METHOD_CELLS = METHODS.map(textCell)
const CLASS_CELLS = OBSERVED_CLASSES.map(textCell)
const PLACE_CELLS = {
  bay: textCell('bay'),
  lot: textCell('lot'),
  street_side: textCell('street_side'),
}
