import { encodedValue } from './tile-values.ts'
import { ByteWriter } from './writer.ts'

/**
 * The ids of a layer's features as values of tiles, each encoded once. A feature's number says which is its own:
 * numbers are given in turn from 1 and stay, so this only grows and is right for every version of the layer.
 */
export class IdValues {
  readonly #writer = new ByteWriter(1024)
  /** Where the value of number n begins; the last one is where the next would. */
  readonly starts: number[] = [0, 0]

  /** Adds the id whose number is next. */
  add(id: string): void {
    const encoded = encodedValue(id)
    this.#writer.append(encoded, encoded.length)
    this.starts.push(this.#writer.length)
  }

  get bytes(): Uint8Array {
    return this.#writer.bytes
  }
}
