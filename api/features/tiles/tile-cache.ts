import { gzipSync } from 'node:zlib'

export interface CachedTile {
  version: string
  bytes: Buffer
  gzipped: Buffer | undefined
  isKept: boolean
}

/** About 64 MB of the tiles asked for last. A tile is kept with its version: one of an older version is none. */
export class TileCache {
  readonly #mostBytes: number
  readonly #tiles = new Map<string, CachedTile>()
  #bytes = 0

  constructor(mostBytes = 64 * 1024 * 1024) {
    this.#mostBytes = mostBytes
  }

  /** The tile if it is kept at exactly this version. */
  peek(key: string, version: string): CachedTile | undefined {
    const known = this.#tiles.get(key)
    return known?.version === version ? known : undefined
  }

  /** The tile at exactly this version, made by `encode` where it is not kept. */
  get(key: string, version: string, encode: () => Uint8Array): CachedTile {
    const known = this.#tiles.get(key)
    if (known?.version === version) {
      this.#tiles.delete(key)
      this.#tiles.set(key, known)
      return known
    }
    if (known) this.#drop(key, known)
    const encoded = encode()
    const tile: CachedTile = {
      version,
      bytes: Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength),
      gzipped: undefined,
      isKept: false,
    }
    // Larger than all of the memory: answered, not kept.
    if (sizeOf(tile) > this.#mostBytes) return tile
    tile.isKept = true
    this.#tiles.set(key, tile)
    this.#bytes += sizeOf(tile)
    for (const [oldest, old] of this.#tiles) {
      if (this.#bytes <= this.#mostBytes) break
      this.#drop(oldest, old)
    }
    return tile
  }

  /** The compressed form, made once; the plain bytes where compressing would not pay. */
  gzipped(tile: CachedTile): Buffer | null {
    if (tile.bytes.length < 1024) return null
    if (!tile.gzipped) {
      tile.gzipped = gzipSync(tile.bytes, { level: 6 })
      if (tile.isKept) this.#bytes += tile.gzipped.length
    }
    return tile.gzipped
  }

  #drop(key: string, tile: CachedTile): void {
    this.#tiles.delete(key)
    this.#bytes -= sizeOf(tile)
  }
}

const sizeOf = (tile: CachedTile): number => tile.bytes.length + (tile.gzipped?.length ?? 0) + 200
