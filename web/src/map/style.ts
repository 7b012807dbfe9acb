import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { anchorOf, LAYER_ORDER } from './layer-order.ts'

/** Fonts of the reader's own machine: the map asks nobody for glyphs. */
export const FONT = [
  'PingFang SC',
  'Noto Sans CJK SC',
  'Noto Sans SC',
  'Microsoft YaHei',
  'sans-serif',
]
export const FONT_BOLD = ['Noto Sans CJK SC Bold', 'PingFang SC', 'Microsoft YaHei', 'sans-serif']

/** The map's own colours, beside those of style/tokens.css that MapLibre cannot read. */
export const PAPER = '#f3f1ec'

/** Paper, and the places of our own layers on it: needs nothing from outside. */
export function paperStyle(): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': PAPER } },
      ...placesOfLayers(),
    ],
  }
}

/** Invisible layers that mark where each of ours goes. */
export function placesOfLayers(): LayerSpecification[] {
  return LAYER_ORDER.map((layer) => ({
    id: anchorOf(layer),
    type: 'background',
    layout: { visibility: 'none' },
  }))
}
