import type { ExpressionSpecification } from 'maplibre-gl'
import type { Locale } from '../lib/text/text.svelte.ts'

/** Pieces of style expressions that several layers share. */

const EARTH_AROUND_M = 40_075_016.686
const TILE_PX = 512

/** A width given in metres by an expression, in pixels at every zoom: exact at this latitude. */
export function metres(
  width: ExpressionSpecification | number,
  lat: number,
): ExpressionSpecification {
  const pixelsAMetre = (zoom: number) =>
    (TILE_PX * 2 ** zoom) / (EARTH_AROUND_M * Math.cos((lat * Math.PI) / 180))
  return [
    'interpolate',
    ['exponential', 2],
    ['zoom'],
    10,
    ['*', width, pixelsAMetre(10)],
    22,
    ['*', width, pixelsAMetre(22)],
  ]
}

/** The feature's name in a language, else in the other one. */
export function nameIn(locale: Locale): ExpressionSpecification {
  return locale === 'en'
    ? ['coalesce', ['get', 'name_en'], ['get', 'name_zh'], '']
    : ['coalesce', ['get', 'name_zh'], ['get', 'name_en'], '']
}

/** One value while the pointer is over the feature (on the map or in a list), another otherwise. */
export function hovered<T extends string | number | ExpressionSpecification>(
  over: T,
  otherwise: T,
): ExpressionSpecification {
  return ['case', ['boolean', ['feature-state', 'hover'], false], over, otherwise]
}
