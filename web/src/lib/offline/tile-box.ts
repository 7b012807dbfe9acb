/** Which tiles a day on the street needs. Pure. */

export interface Tile {
  z: number
  x: number
  y: number
}

/** The most tiles one day is worth: some 20 MB. */
export const MOST_TILES = 3000

/**
 * The tiles that cover a box (west, south, east, north; WGS 84) at the given zooms, coarse ones first. Zooms that would
 * lift the number above `most` are left out: the coarser tiles are drawn in their place.
 */
export function tilesOf(
  box: readonly [number, number, number, number],
  zooms: readonly number[],
  most = MOST_TILES,
): Tile[] {
  const tiles: Tile[] = []
  for (const z of zooms) {
    const [x1, y1] = tileAt(box[0], box[3], z)
    const [x2, y2] = tileAt(box[2], box[1], z)
    if (tiles.length + (x2 - x1 + 1) * (y2 - y1 + 1) > most) break
    for (let x = x1; x <= x2; x++) for (let y = y1; y <= y2; y++) tiles.push({ z, x, y })
  }
  return tiles
}

/** The address of a tile, from a template with {z}, {x} and {y}. */
export const tileUrl = (template: string, { z, x, y }: Tile): string =>
  template.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y))

/** Web Mercator: column and row of the tile in which a place lies. */
function tileAt(lon: number, lat: number, z: number): [x: number, y: number] {
  const size = 2 ** z
  const sine = Math.sin((lat * Math.PI) / 180)
  const x = Math.floor(((lon + 180) / 360) * size)
  const y = Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size)
  const within = (value: number) => Math.min(size - 1, Math.max(0, value))
  return [within(x), within(y)]
}
