import type { Map as MapLibreMap } from 'maplibre-gl'
import { PALETTE } from './palette.ts'

/** The map's own pictures, drawn here as SVG: symbols of curb objects on a disc, and hatches for areas. */

const disc = (color: string, glyph: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="22" height="22" viewBox="0 0 22 22"><circle cx="11" cy="11" r="9.5" fill="#fff" stroke="${color}" stroke-width="1.5"/><g fill="none" stroke="${color}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${glyph}</g></svg>`

const dot = (color: string, glyph: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="14" height="14" viewBox="0 0 14 14">${glyph.replaceAll('INK', color)}</svg>`

const hatch = (ground: string, ink: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8"><rect width="8" height="8" fill="${ground}"/><path d="M-2 2l4-4M0 8L8 0M6 10l4-4" stroke="${ink}" stroke-width="1.4"/></svg>`

const { ink2, fireLine, curbAreaLine, green, accent, lotLine } = PALETTE

/** Symbols by kind of curb object; kinds that are drawn as areas have one for their middle. */
export const KIND_SYMBOLS = {
  fire_hydrant: disc(
    fireLine,
    '<path d="M8.5 16v-6a2.5 2.5 0 0 1 5 0v6M7 16h8M6.5 12h2m5 0h2M11 6v1.2"/>',
  ),
  fire_lane: disc(
    fireLine,
    '<path d="M11 5.5c.6 2.2 3.3 3.3 3.3 6.6a3.3 3.3 0 0 1-6.6 0c0-1.5.8-2.3 1.5-3 .3 1 .8 1.4 1.3 1.5-.3-1.8-.2-3.3.5-5.1z"/>',
  ),
  tactile_paving: disc('#8a6b00', '<path d="M8 7v8M11 7v8M14 7v8"/>'),
  crossing: disc(ink2, '<path d="M7 7.5v7M9.7 7.5v7M12.4 7.5v7M15.1 7.5v7"/>'),
  ramp: disc(ink2, '<path d="M6.5 14.5h9M6.5 14.5l8-5.5"/>'),
  bus_stop: disc(curbAreaLine, '<path d="M7 6.5h8v7.5H7zM7 10.5h8M8.7 14v1.5M13.3 14v1.5"/>'),
  metro_entrance: disc(curbAreaLine, '<path d="M7 15V7.5l4 5 4-5V15"/>'),
  entrance: disc(ink2, '<path d="M8 15.5V6.5h6v9M6.5 15.5h9M12.3 11v.5"/>'),
  school_gate: disc('#8a5200', '<path d="M11 5.5l4.5 3.5H6.5zM7.5 9v6.5M14.5 9v6.5M11 11.5v4"/>'),
  corner: dot(ink2, '<path d="M3 11V3h8" fill="none" stroke="INK" stroke-width="1.8"/>'),
  driveway: disc(ink2, '<path d="M11 15.5v-8M8 10.3l3-3.3 3 3.3"/>'),
  manhole: dot(
    ink2,
    '<circle cx="7" cy="7" r="5" fill="#fff" stroke="INK" stroke-width="1.4"/><path d="M4 7h6M7 4v6" stroke="INK" stroke-width="1.2"/>',
  ),
  bollard: dot(ink2, '<circle cx="7" cy="7" r="3" fill="INK"/>'),
  street_trees: dot(
    green,
    '<circle cx="7" cy="7" r="5.5" fill="INK" fill-opacity=".28"/><circle cx="7" cy="7" r="2" fill="INK"/>',
  ),
  other: dot(ink2, '<circle cx="7" cy="7" r="4" fill="#fff" stroke="INK" stroke-width="1.6"/>'),
} as const

const IMAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(KIND_SYMBOLS).map(([kind, svg]) => [`kind:${kind}`, svg])),
  'lot:parking': disc(lotLine, '<path d="M9 16V6.5h3a2.8 2.8 0 0 1 0 5.6H9"/>'),
  'bay:place': dot(accent, '<rect x="2" y="2" width="10" height="10" rx="2" fill="INK"/>'),
  'hatch:fire': hatch(PALETTE.fire, '#dd8074'),
  'hatch:hard': hatch('#b5304a26', '#b5304a'),
  'hatch:warning': hatch('#c7770026', '#c77700'),
}

/** Drawn twice as fine as they are shown. */
const PIXEL_RATIO = 2

/** Gives the map all pictures. Layers that use them are added afterwards. */
export async function addImages(map: MapLibreMap): Promise<void> {
  const drawn = await Promise.all(
    Object.entries(IMAGES).map(async ([id, svg]) => [id, await draw(svg)] as const),
  )
  for (const [id, data] of drawn)
    if (!map.hasImage(id)) map.addImage(id, data, { pixelRatio: PIXEL_RATIO })
}

async function draw(svg: string): Promise<ImageData> {
  const image = new Image()
  image.src = svgAddress(svg)
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.width * PIXEL_RATIO
  canvas.height = image.height * PIXEL_RATIO
  const context = canvas.getContext('2d')!
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

/** An SVG text as an address that `<img>` takes. */
export function svgAddress(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
