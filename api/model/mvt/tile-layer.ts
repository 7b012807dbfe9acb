import { EXTENT } from './geometry.ts'
import { ByteWriter } from './writer.ts'

export type TileValue = string | number | boolean

const keyAndValue = new ByteWriter()

/** One layer of a tile while it is being written: features, and the dictionaries of their keys and values. */
export class TileLayer {
  readonly #name: string
  readonly #features = new ByteWriter()
  readonly #feature = new ByteWriter()
  readonly #tags = new ByteWriter()
  readonly #keys = new Map<string, number>()
  readonly #values = new Map<TileValue, number>()
  #count = 0

  constructor(name: string) {
    this.#name = name
  }

  /** Adds a feature whose geometry was written already; empty attributes are left out. */
  add(
    number: number,
    type: number,
    geometry: ByteWriter,
    attributes: Iterable<readonly [string, TileValue | null | undefined]>,
  ): void {
    this.#tags.reset()
    for (const [key, value] of attributes) {
      if (value === null || value === undefined) continue
      this.#tags.varint(place(this.#keys, key))
      this.#tags.varint(place(this.#values, value))
    }
    const feature = this.#feature
    feature.reset()
    if (number > 0) {
      feature.key(1, 0)
      feature.varint(number)
    }
    feature.message(2, this.#tags)
    feature.key(3, 0)
    feature.varint(type)
    feature.message(4, geometry)
    this.#features.message(2, feature)
    this.#count++
  }

  /** Writes the layer into the tile; nothing where it holds no feature. */
  writeInto(tile: ByteWriter): void {
    if (this.#count === 0) return
    const layer = new ByteWriter()
    layer.key(15, 0)
    layer.varint(2)
    layer.text(1, this.#name)
    layer.append(this.#features.bytes, this.#features.length)
    for (const key of this.#keys.keys()) layer.text(3, key)
    for (const value of this.#values.keys()) {
      keyAndValue.reset()
      writeValue(keyAndValue, value)
      layer.message(4, keyAndValue)
    }
    layer.key(5, 0)
    layer.varint(EXTENT)
    tile.message(3, layer)
  }
}

function writeValue(writer: ByteWriter, value: TileValue): void {
  if (typeof value === 'string') writer.text(1, value)
  else if (typeof value === 'boolean') {
    writer.key(7, 0)
    writer.varint(value ? 1 : 0)
  } else if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) {
    writer.key(5, 0)
    writer.varint(value)
  } else writer.double(3, value)
}

function place<T>(dictionary: Map<T, number>, item: T): number {
  const known = dictionary.get(item)
  if (known !== undefined) return known
  dictionary.set(item, dictionary.size)
  return dictionary.size - 1
}
