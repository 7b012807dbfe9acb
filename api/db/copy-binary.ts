import type { BulkColumns, BulkRow, BulkValue } from './bulk-rows.ts'

/** PGCOPY signature, no flags, no header extension. */
export const COPY_HEADER: Uint8Array = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
export const COPY_TRAILER: Uint8Array = Uint8Array.of(0xff, 0xff)
/** So many bytes are handed over at once: the server takes them in while the next are made. */
const CHUNK_BYTES = 1 << 17
const NULL_LENGTH = -1
/** PostgreSQL counts microseconds from 2000 on. */
const EPOCH_2000_MS = 946_684_800_000
/** Up to microseconds, on days that every month has: `Date.parse` would move the 30th of February into March. */
const INSTANT =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:[0-5]\d)$/
/** Each character's value as a hexadecimal digit; 255 for all others. */
const HEX = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? 255 : digit
})

/** Whether rows with these columns can be made here at all. */
export const isBinaryKnown = (columns: BulkColumns): boolean =>
  Object.values(columns).every((type) => PUTS[type] !== undefined)

/**
 * Rows from number `from` on as `COPY … (format binary)` reads them, which costs the server half of what text does; a
 * chunk at a time. Each row begins with the community. Ends before the first row with a value that is not its type's
 * (a number given as text) and returns its number: the caller then sends text, and PostgreSQL judges it.
 */
export function* copyBinary(
  communityId: string,
  columns: BulkColumns,
  rows: readonly BulkRow[],
  from = 0,
): Generator<Buffer, number> {
  const puts = Object.values(columns).map((type) => PUTS[type]!)
  const start = new Sink()
  start.at = start.bytes.writeInt16BE(puts.length + 1, 0)
  if (!putUuid(start, communityId)) throw new Error(`not a community id: ${communityId}`)
  const out = new Sink()
  out.bytes.set(COPY_HEADER)
  out.at = COPY_HEADER.length
  let row = from
  for (; row < rows.length; row++) {
    const began = out.at
    if (!putRow(out, start, puts, rows[row]!)) {
      out.at = began
      break
    }
    if (out.at > CHUNK_BYTES) {
      yield out.bytes.subarray(0, out.at)
      out.renew()
    }
  }
  out.room(COPY_TRAILER.length)
  out.bytes.set(COPY_TRAILER, out.at)
  yield out.bytes.subarray(0, out.at + COPY_TRAILER.length)
  return row
}

function putRow(out: Sink, start: Sink, puts: readonly Put[], row: BulkRow): boolean {
  out.room(start.at + 24 * puts.length)
  for (let b = 0; b < start.at; b++) out.bytes[out.at + b] = start.bytes[b]!
  out.at += start.at
  for (let column = 0; column < puts.length; column++) {
    const value = row[column] ?? null
    if (value === null) out.at = out.bytes.writeInt32BE(NULL_LENGTH, out.at)
    else if (!puts[column]!(out, value)) return false
  }
  return true
}

/** Writes a UUID's 16 bytes; false where the text is none. */
export function writeUuid(bytes: Uint8Array, at: number, text: string): boolean {
  if (text.length !== 36) return false
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (text.charCodeAt(i) !== 45) return false
      i++
    }
    const high = HEX[text.charCodeAt(i)] ?? 255
    const low = HEX[text.charCodeAt(i + 1)] ?? 255
    if (high === 255 || low === 255) return false
    bytes[at++] = (high << 4) | low
  }
  return true
}

/** Bytes that grow. Every value may take 24 without asking; longer ones ask. */
class Sink {
  bytes = Buffer.allocUnsafe(CHUNK_BYTES + (1 << 14))
  at = 0
  #lastInstant = ''
  #lastMicroseconds = 0

  /** Begins anew: what was handed over belongs to whoever has it. */
  renew(): void {
    this.bytes = Buffer.allocUnsafe(CHUNK_BYTES + (1 << 14))
    this.at = 0
  }

  room(wanted: number): void {
    if (this.at + wanted <= this.bytes.length) return
    const wider = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.at + wanted))
    this.bytes.copy(wider, 0, 0, this.at)
    this.bytes = wider
  }

  /** Rows of one sender often share their instant. */
  microsecondsOf(text: string): number | null {
    if (text === this.#lastInstant) return this.#lastMicroseconds
    const match = INSTANT.exec(text)
    if (!match) return null
    const seconds = Date.parse(match[1]! + match[3]!)
    const fraction = Number((match[2] ?? '').padEnd(6, '0'))
    this.#lastInstant = text
    this.#lastMicroseconds = (seconds - EPOCH_2000_MS) * 1000 + fraction
    return this.#lastMicroseconds
  }
}

/** Writes one value with its length; false where it is none of its type's. */
type Put = (out: Sink, value: Exclude<BulkValue, null>) => boolean

const putUuid: Put = (out, value) => {
  if (typeof value !== 'string' || !writeUuid(out.bytes, out.at + 4, value)) return false
  out.at = out.bytes.writeInt32BE(16, out.at) + 16
  return true
}

const putText: Put = (out, value) => {
  if (typeof value !== 'string') return false
  // The room for all of a row's short values was asked for with the row.
  if (value.length <= 20) {
    const { bytes } = out
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return putLongText(out, value)
      bytes[out.at + 4 + i] = code
    }
    out.at = bytes.writeInt32BE(value.length, out.at) + value.length
    return true
  }
  return putLongText(out, value)
}

function putLongText(out: Sink, value: string): boolean {
  const length = Buffer.byteLength(value)
  // What comes after it in the row still finds its room.
  out.room(length + ROW_ROOM)
  out.at = out.bytes.writeInt32BE(length, out.at)
  out.at += out.bytes.write(value, out.at)
  return true
}

/** More than a row of short values takes: PostgreSQL's tables end at 1,600 columns, ours far before 160. */
const ROW_ROOM = 24 * 160

const putInteger =
  (low: number, high: number): Put =>
  (out, value) => {
    if (!Number.isInteger(value) || (value as number) < low || (value as number) > high)
      return false
    out.at = out.bytes.writeInt32BE(value as number, out.bytes.writeInt32BE(4, out.at))
    return true
  }

const putLong: Put = (out, value) => {
  if (!Number.isSafeInteger(value)) return false
  putEightBytes(out, value as number)
  return true
}

/** A safe integer as two halves: a BigInt a row would cost more than the row. */
function putEightBytes(out: Sink, value: number): void {
  const high = Math.floor(value / 2 ** 32)
  out.at = out.bytes.writeInt32BE(8, out.at)
  out.at = out.bytes.writeInt32BE(high, out.at)
  out.at = out.bytes.writeUInt32BE(value - high * 2 ** 32, out.at)
}

const PUTS: Readonly<Record<string, Put | undefined>> = {
  uuid: putUuid,
  text: putText,
  int4: putInteger(-2_147_483_648, 2_147_483_647),
  int8: putLong,
  bool: (out, value) => {
    if (typeof value !== 'boolean') return false
    out.at = out.bytes.writeUInt8(value ? 1 : 0, out.bytes.writeInt32BE(1, out.at))
    return true
  },
  float4: (out, value) => {
    if (typeof value !== 'number') return false
    out.at = out.bytes.writeFloatBE(value, out.bytes.writeInt32BE(4, out.at))
    return true
  },
  float8: (out, value) => {
    if (typeof value !== 'number') return false
    out.at = out.bytes.writeDoubleBE(value, out.bytes.writeInt32BE(8, out.at))
    return true
  },
  timestamptz: (out, value) => {
    const text = value instanceof Date ? value.toISOString() : value
    const microseconds = typeof text === 'string' ? out.microsecondsOf(text) : null
    if (microseconds === null) return false
    putEightBytes(out, microseconds)
    return true
  },
}
