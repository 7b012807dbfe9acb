import { isKeptTile, tileKey, TILES_CACHE } from './kept-reads.ts'
import { type Tile, tileUrl } from './tile-box.ts'

/** As many requests as a phone's connection carries side by side. */
const AT_ONCE = 6

/**
 * Fetches tiles and keeps them for a day without network; `onProgress` hears the share done, 0 to 1. One that does not
 * come is left out. @returns how many are kept.
 */
export async function keepTiles(
  template: string,
  tiles: readonly Tile[],
  onProgress: (share: number) => void,
): Promise<number> {
  const cache = await caches.open(TILES_CACHE)
  const rest = [...tiles]
  let kept = 0
  const work = async () => {
    for (let tile = rest.shift(); tile; tile = rest.shift()) {
      const url = tileUrl(template, tile)
      const reply = isKeptTile(new URL(url).pathname) ? await fetch(url).catch(() => null) : null
      if (reply?.ok) {
        await cache.put(tileKey(url), reply)
        kept++
      }
      onProgress((tiles.length - rest.length) / tiles.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return kept
}
