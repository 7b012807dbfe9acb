import type { LayerSpecification } from 'maplibre-gl'
import { anchorOf, LAYER_ORDER } from './layer-order.ts'
import { PALETTE } from './palette.ts'

/** Fonts of the reader's own machine: the map asks nobody for glyphs. */
export const FONT = [
  'PingFang SC',
  'Noto Sans CJK SC',
  'Noto Sans SC',
  'Microsoft YaHei',
  'sans-serif',
]

export const FONT_BOLD = ['Noto Sans CJK SC Bold', ...FONT]

/** The ground under everything. */
export function paperLayer(): LayerSpecification {
  return { id: 'paper', type: 'background', paint: { 'background-color': PALETTE.paper } }
}

/** Invisible layers that mark where each of ours goes, lowest first. */
export function placesOfLayers(): LayerSpecification[] {
  return LAYER_ORDER.map((layer) => ({
    id: anchorOf(layer),
    type: 'background',
    layout: { visibility: 'none' },
  }))
}
