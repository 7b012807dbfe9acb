import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { call, outsideJson } from '../lib/api.ts'
import { t } from '../lib/text/text.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'
import { background } from './background.svelte.ts'
import { paperLayer, placesOfLayers } from './style.ts'
import { tiandituStyle } from './tianditu.ts'

/**
 * The style that the map starts with: paper and, where the server names one, a map from outside under our own
 * layers: a style's address, a PMTiles file, or Tianditu with its token. What cannot be had is left out, with a word.
 */
export async function loadStyle(): Promise<StyleSpecification> {
  const outside = await outsideStyle().catch(() => {
    toasts.keep(t('map.background_failed'))
    return null
  })
  background.layers = outside?.layers.map((layer) => layer.id) ?? []
  return {
    version: 8,
    sources: outside?.sources ?? {},
    ...(outside?.sprite !== undefined && { sprite: outside.sprite }),
    // No `glyphs`: letters come from the reader's own fonts, ours as well as those of the map from outside.
    layers: [paperLayer(), ...(outside?.layers.map(shownIfOn) ?? []), ...placesOfLayers()],
  }
}

async function outsideStyle(): Promise<StyleSpecification | null> {
  const { basemap_style: address, tianditu_token: token } = await call('GET /api/config')
  if (address === null) return token === null ? null : tiandituStyle(token)
  if (!/\.pmtiles($|\?)/.test(address))
    return absolute((await outsideJson(address)) as StyleSpecification, address)
  const { pmtilesStyle } = await import('./pmtiles-style.ts')
  return pmtilesStyle(new URL(address, location.href).href)
}

/** A style's own addresses may be relative to it. */
function absolute(style: StyleSpecification, address: string): StyleSpecification {
  const base = new URL(address, location.href)
  const full = (url: string) =>
    decodeURI(new URL(url, base).href).replaceAll('%7B', '{').replaceAll('%7D', '}')
  const sources = Object.entries(style.sources).map(([id, source]) => {
    const changed = { ...source } as { url?: unknown; tiles?: unknown }
    if (typeof changed.url === 'string') changed.url = full(changed.url)
    if (Array.isArray(changed.tiles)) changed.tiles = (changed.tiles as string[]).map(full)
    return [id, changed]
  })
  return { ...style, sources: Object.fromEntries(sources) as StyleSpecification['sources'] }
}

function shownIfOn(layer: LayerSpecification): LayerSpecification {
  if (background.isOn) return layer
  return { ...layer, layout: { ...layer.layout, visibility: 'none' } }
}
