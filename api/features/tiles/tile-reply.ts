import type { IncomingHttpHeaders } from 'node:http'
import { QUICK_HEADERS, type QuickReply } from '../../http/quick-reads.ts'
import type { CachedTile, TileCache } from './tile-cache.ts'

export const MVT = 'application/vnd.mapbox-vector-tile'
export const FOREVER = 'public, max-age=31536000, immutable'

/** Up to this many bytes Node sends a text together with the header, in one write; a buffer takes two. */
const MOST_IN_ONE_WRITE = 16 * 1024

/** A tile as its route would answer it: each form of the answer is made once, when it is first asked for. */
export class TileReply {
  readonly #tile: CachedTile
  readonly #cache: TileCache
  readonly #etag: string
  readonly #headers: string[]
  #unchanged: QuickReply | undefined
  #plain: QuickReply | undefined
  #gzipped: QuickReply | undefined

  constructor(tile: CachedTile, cache: TileCache, asked: string | undefined) {
    this.#tile = tile
    this.#cache = cache
    this.#etag = `"${tile.version}"`
    const lasting = asked === tile.version ? FOREVER : 'no-cache'
    this.#headers = ['etag', this.#etag, 'vary', 'accept-encoding', 'cache-control', lasting]
  }

  to({ 'if-none-match': known, 'accept-encoding': encodings }: IncomingHttpHeaders): QuickReply {
    this.#tile.isUsed = true
    // What the front door says about data the reader knows from the answer that it has.
    if (known?.includes(this.#etag))
      return (this.#unchanged ??= { status: 304, headers: this.#headers })
    if (this.#tile.bytes.length === 0)
      return (this.#plain ??= { status: 204, headers: [...QUICK_HEADERS, ...this.#headers] })
    const gzipped = encodings?.includes('gzip') ? this.#cache.gzipped(this.#tile) : null
    return gzipped
      ? (this.#gzipped ??= this.#whole(gzipped, ['content-encoding', 'gzip']))
      : (this.#plain ??= this.#whole(this.#tile.bytes, []))
  }

  #whole(bytes: Buffer, more: readonly string[]): QuickReply {
    const length = String(bytes.length)
    return {
      status: 200,
      headers: [
        ...QUICK_HEADERS,
        ...this.#headers,
        ...more,
        'content-type',
        MVT,
        'content-length',
        length,
      ],
      body: bytes.length <= MOST_IN_ONE_WRITE ? bytes.toString('latin1') : bytes,
    }
  }
}
