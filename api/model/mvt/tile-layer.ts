import { EXTENT } from './geometry.ts'
import type { IdValues } from './id-values.ts'
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
  /** Numbers of features whose ids are still to be put in: from the first to before the last. */
  #runStart = 0
  #runEnd = 0
  #runIds: IdValues | undefined

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
    this.#flushIds()
    values.append(encoded, encoded.length)
    return this.#valueCount++
  }

  /** Puts the id of a feature in, by its number; answers the value's number here. */
  addId(ids: IdValues, number: number): number {
    if (number !== this.#runEnd) {
      this.#flushIds()
      this.#runStart = number
    }
    this.#runIds = ids
    this.#runEnd = number + 1
    return this.#valueCount++
  }

  /** Neighbours have numbers in a row: their ids lie side by side and are copied at once. */
  #flushIds(): void {
    if (this.#runStart === this.#runEnd) return
    const { bytes, starts } = this.#runIds!
    const run = bytes.subarray(starts[this.#runStart], starts[this.#runEnd])
    values.append(run, run.length)
    this.#runStart = this.#runEnd = 0
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
    this.#flushIds()
    layer.reset()
    layer.key(15, 0)
    layer.varint(2)
    putName(1, this.#name)
    layer.append(features.bytes, features.length)
    for (const key of this.#keys.keys()) putName(3, key)
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

/** Names of layers and of attributes are few: each is encoded once. By field, then by name. */
const encodedNames = { 1: new Map<string, Uint8Array>(), 3: new Map<string, Uint8Array>() }

function putName(field: 1 | 3, name: string): void {
  let encoded = encodedNames[field].get(name)
  if (!encoded) {
    const writer = new ByteWriter(64)
    writer.text(field, name)
    encodedNames[field].set(name, (encoded = writer.take()))
  }
  layer.append(encoded, encoded.length)
}
