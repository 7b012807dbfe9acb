/** What the service worker remembers of the server's answers; names and keys that the page needs too. Pure. */

export const READS_CACHE = 'jiexu-reads'
export const TILES_CACHE = 'jiexu-tiles'

/** Zooms of the tiles that are kept: from the whole community to a single bay; nearer ones are drawn from the last. */
export const KEPT_ZOOMS = [13, 14, 15, 16, 17] as const

const TILE = /^\/api\/tiles\/all\/(\d+)\/\d+\/\d+\.mvt$/

/** Whether a path is a tile that may be kept. */
export function isKeptTile(pathname: string): boolean {
  const zoom = TILE.exec(pathname)?.[1]
  return zoom !== undefined && (KEPT_ZOOMS as readonly number[]).includes(Number(zoom))
}

/** A tile's address without its version: without network an old tile is better than none. */
export function tileKey(address: string): string {
  const url = new URL(address)
  url.searchParams.delete('v')
  return url.href
}

/**
 * Whether the page needs an answer before it can draw anything. What a person works on is kept by the page itself,
 * account by account; here stands only what everybody of a community sees, and who is signed in.
 */
export function isKeptRead(pathname: string): boolean {
  return (
    [
      '/api/config',
      '/api/session',
      '/api/communities',
      '/api/tiles/all.json',
      '/api/session/demo_accounts',
    ].includes(pathname) || /^\/api\/communities\/[^/]+\/(summary|boundary)$/.test(pathname)
  )
}
