import { EXTENT } from './geometry.ts'
import { encodedValue, type TileValue } from './tile-values.ts'
import { ByteWriter } from './writer.ts'

// One layer is written at a time: its parts grow in the same buffers again and again.
const features = new ByteWriter()
const feature = new ByteWriter()
const tags = new ByteWriter()
const values = new ByteWriter()
const layer = new ByteWriter()

/** One layer of a tile while it is being written: features, and the dictionaries of their keys and values. */
export class TileLayer {
  readonly #name: string
  readonly #keys = new Map<string, number>()
  /** Local numbers of values that came without a code. */
  readonly #values = new Map<TileValue, number>()
  #valueCount = 0

  constructor(name: string) {
    this.#name = name
    features.reset()
    values.reset()
  }

  /** Where features go; a writer that is quicker than `add` may put whole ones there. */
  get features(): ByteWriter {
    return features
  }

  /** The number of an attribute's key in this layer. */
  keyOf(key: string): number {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    this.#keys.set(key, this.#keys.size)
    return this.#keys.size - 1
  }

  /** Puts an encoded value in, which must be new to this layer; answers its number here. */
  addValue(encoded: Uint8Array): number {
    values.append(encoded, encoded.length)
    return this.#valueCount++
  }

  /** Puts a text of ASCII in that no other feature has, an id for example; answers its number here. */
  addUniqueText(text: string): number {
    const { length } = text
    values.reserve(length + 12)
    values.key(4, 2)
    values.varint(length + (length < 128 ? 2 : 3))
    values.key(1, 2)
    values.varint(length)
    const { bytes } = values
    let at = values.length
    for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i)
    values.length = at
    return this.#valueCount++
  }

  /** Adds a feature whose geometry was written already; empty attributes are left out. */
  add(
    number: number,
    type: number,
    geometry: ByteWriter,
    attributes: Iterable<readonly [string, TileValue | null | undefined]>,
  ): void {
    tags.reset()
    for (const [key, value] of attributes) {
      if (value === null || value === undefined) continue
      tags.varint(this.keyOf(key))
      tags.varint(this.#valueOf(value))
    }
    this.addTagged(number, type, geometry, tags)
  }

  /** The same, with its tags written already. */
  addTagged(number: number, type: number, geometry: ByteWriter, tags: ByteWriter): void {
    feature.reset()
    if (number > 0) {
      feature.key(1, 0)
      feature.varint(number)
    }
    feature.message(2, tags)
    feature.key(3, 0)
    feature.varint(type)
    feature.message(4, geometry)
    features.message(2, feature)
  }

  /** Writes the layer into the tile; nothing where it holds no feature. */
  writeInto(tile: ByteWriter): void {
    if (features.length === 0) return
    layer.reset()
    layer.key(15, 0)
    layer.varint(2)
    layer.text(1, this.#name)
    layer.append(features.bytes, features.length)
    for (const key of this.#keys.keys()) layer.text(3, key)
    layer.append(values.bytes, values.length)
    layer.key(5, 0)
    layer.varint(EXTENT)
    tile.message(3, layer)
  }

  #valueOf(value: TileValue): number {
    const known = this.#values.get(value)
    if (known !== undefined) return known
    const number = this.addValue(encodedValue(value))
    this.#values.set(value, number)
    return number
  }
}
