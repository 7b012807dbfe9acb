import { gzipSync } from 'node:zlib'

export interface CachedTile {
  version: string
  bytes: Buffer
  gzipped: Buffer | undefined
  isKept: boolean
  /** Asked for since it was last looked at for dropping. */
  isUsed: boolean
  /** The addresses whose ready answers hold it. */
  addresses: string[]
}

/**
 * About 64 MB of the tiles asked for last. A tile is kept with its version: one of an older version is none. `Ready` is
 * what callers keep beside a tile by the address it is asked for, as long as the tile is kept.
 */
export class TileCache<Ready = unknown> {
  readonly #mostBytes: number
  readonly #tiles = new Map<string, CachedTile>()
  readonly #ready = new Map<string, Ready>()
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
      known.isUsed = true
      return known
    }
    if (known) this.#drop(key, known)
    const encoded = encode()
    const tile: CachedTile = {
      version,
      bytes: Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength),
      gzipped: undefined,
      isKept: false,
      isUsed: false,
      addresses: [],
    }
    // Larger than all of the memory: answered, not kept.
    if (sizeOf(tile) > this.#mostBytes) return tile
    tile.isKept = true
    this.#tiles.set(key, tile)
    this.#bytes += sizeOf(tile)
    for (const [oldest, old] of this.#tiles) {
      if (this.#bytes <= this.#mostBytes) break
      if (old.isUsed && old !== tile) {
        // A second chance, behind the others: sooner than moving a tile at every request.
        old.isUsed = false
        this.#tiles.delete(oldest)
        this.#tiles.set(oldest, old)
      } else this.#drop(oldest, old)
    }
    return tile
  }

  /** What was kept for an address. */
  ready(address: string): Ready | undefined {
    return this.#ready.get(address)
  }

  /** Keeps something for an address until the tile goes; nothing for a tile that is not kept itself. */
  keepReady(address: string, tile: CachedTile, ready: Ready): void {
    if (!tile.isKept) return
    if (!this.#ready.has(address)) tile.addresses.push(address)
    this.#ready.set(address, ready)
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
    tile.isKept = false
    for (const address of tile.addresses) this.#ready.delete(address)
    this.#bytes -= sizeOf(tile)
  }
}

/** The tile, its ready answer, and what manages them. */
const sizeOf = (tile: CachedTile): number =>
  2 * tile.bytes.length + (tile.gzipped?.length ?? 0) + 600
