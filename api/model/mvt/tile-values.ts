import { ByteWriter } from './writer.ts'

export type TileValue = string | number | boolean

/**
 * The attribute values of a layer's features, each encoded once and known by a small number, its code. It only grows:
 * codes of earlier versions of the layer stay right.
 */
export class TileValues {
  /** The encoded `values` field (Mapbox Vector Tile specification 2.1, section 4.1) by code. */
  readonly encoded: Uint8Array[] = []
  readonly #members: readonly string[]
  readonly #codes = new Map<TileValue, number>()
  readonly #combinations = new Map<string, Int32Array>()

  /** `members` are the attributes that become part of tiles. */
  constructor(members: readonly string[]) {
    this.#members = members
  }

  /**
   * The codes of a feature's attributes in the order of the members; −1 where it has none. The same array for the same
   * codes: most features of a layer differ in little but their place, and a tile writes each combination once.
   */
  codesOf(properties: Readonly<Record<string, unknown>>): Int32Array {
    const codes = new Int32Array(this.#members.length)
    this.#members.forEach((member, m) => {
      const value = properties[member]
      codes[m] = this.#codeOf(Array.isArray(value) ? value.join(',') : (value as TileValue | null))
    })
    const key = codes.join()
    const known = this.#combinations.get(key)
    if (known) return known
    this.#combinations.set(key, codes)
    return codes
  }

  #codeOf(value: TileValue | null | undefined): number {
    if (value === null || value === undefined) return -1
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    const code = this.encoded.push(encodedValue(value)) - 1
    this.#codes.set(value, code)
    return code
  }
}

const whole = new ByteWriter()
const inner = new ByteWriter()

/** A value as the field `values` of a layer. */
export function encodedValue(value: TileValue): Uint8Array {
  inner.reset()
  if (typeof value === 'string') inner.text(1, value)
  else if (typeof value === 'boolean') {
    inner.key(7, 0)
    inner.varint(value ? 1 : 0)
  } else if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) {
    inner.key(5, 0)
    inner.varint(value)
  } else inner.double(3, value)
  whole.reset()
  whole.message(4, inner)
  return whole.take()
}
