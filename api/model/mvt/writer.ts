/**
 * A growing byte buffer that speaks the few words of Protocol Buffers that a vector tile needs. One is reused for all
 * tiles of a process: encoding allocates nothing but the answer.
 */
export class ByteWriter {
  bytes: Uint8Array
  length = 0

  /** `room` bytes to begin with. */
  constructor(room = 64 * 1024) {
    this.bytes = new Uint8Array(room)
  }

  reset(): void {
    this.length = 0
  }

  varint(value: number): void {
    this.reserve(5)
    while (value > 127) {
      this.bytes[this.length++] = (value & 127) | 128
      value >>>= 7
    }
    this.bytes[this.length++] = value
  }

  /** A field's key: its number and wire type (0 varint, 1 double, 2 bytes). */
  key(field: number, type: 0 | 1 | 2): void {
    this.varint((field << 3) | type)
  }

  text(field: number, text: string): void {
    const encoded = UTF8.encode(text)
    this.key(field, 2)
    this.varint(encoded.length)
    this.append(encoded, encoded.length)
  }

  double(field: number, value: number): void {
    this.key(field, 1)
    this.reserve(8)
    VIEW.setFloat64(0, value, true)
    this.bytes.set(VIEW_BYTES, this.length)
    this.length += 8
  }

  /** Another writer's bytes as one length-delimited field. */
  message(field: number, inner: ByteWriter): void {
    this.key(field, 2)
    this.varint(inner.length)
    this.append(inner.bytes, inner.length)
  }

  append(from: Uint8Array, length: number): void {
    this.reserve(length)
    this.bytes.set(length === from.length ? from : from.subarray(0, length), this.length)
    this.length += length
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  /** Makes room for so many more bytes; `bytes` may be another array afterwards. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more))
    larger.set(this.bytes)
    this.bytes = larger
  }
}

const UTF8 = new TextEncoder()
const VIEW_BYTES = new Uint8Array(8)
const VIEW = new DataView(VIEW_BYTES.buffer)
