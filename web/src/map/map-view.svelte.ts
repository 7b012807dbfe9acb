import type { LngLatBoundsLike, Map as MapLibreMap, PaddingOptions } from 'maplibre-gl'
import { shell, sheetPixels } from '../state/shell.svelte.ts'

/** The id of the one vector source; its layers are named like the collections, its features by their `id`. */
export const TILES = 'jiexu'

/**
 * As near as the map goes. A GeoJSON source must be given it as its `maxzoom`: the wrapper asks for tiles to zoom 22 in
 * any case, and the library cuts none beyond 18 unless told, so that above 18 nothing would be drawn.
 */
export const MOST_ZOOM = 22

/** The one map of the page, for whoever must move it or listen to it. */
class MapView {
  /** Null until it is drawn for the first time. */
  map = $state.raw<MapLibreMap | null>(null)
  zoom = $state(15)
  #holds = $state(0)
  /** The last wish to see a place that came before the map was there. */
  #wish: ((map: MapLibreMap) => void) | null = null

  /** Whether a click selects what lies under it: not while somebody draws. */
  get isSelecting(): boolean {
    return this.#holds === 0
  }

  /** Takes clicks and hovering away from selecting, until the returned function is called. */
  hold(): () => void {
    this.#holds++
    let isHeld = true
    return () => {
      if (isHeld) this.#holds--
      isHeld = false
    }
  }

  /** Brings a box (west, south, east, north) into the free part of the view, no closer than `maxZoom`. */
  showBox(box: readonly number[], maxZoom = 19): void {
    const [west, south, east, north] = box as [number, number, number, number]
    const bounds: LngLatBoundsLike = [west, south, east, north]
    this.#move((map) => map.fitBounds(bounds, { padding: viewPadding(), maxZoom, ...motion() }))
  }

  /** Brings a point into the middle, at least at `zoom`. */
  showPoint(lon: number, lat: number, zoom = 18): void {
    this.#move((map) =>
      map.easeTo({
        center: [lon, lat],
        zoom: Math.max(map.getZoom(), zoom),
        padding: viewPadding(),
        ...motion(),
      }),
    )
  }

  /** Takes the map once it is drawn, and brings it where somebody wished to be meanwhile. */
  take(map: MapLibreMap): void {
    this.map = map
    this.#wish?.(map)
    this.#wish = null
  }

  #move(move: (map: MapLibreMap) => void): void {
    if (this.map) move(this.map)
    else this.#wish = move
  }
}

export const mapView = new MapView()

/** How much of the map's edges to keep free, in pixels: on a phone the sheet covers its lower part. */
export function viewPadding(): PaddingOptions {
  if (shell.isWide) return { top: 56, right: 56, bottom: 56, left: 56 }
  const covered = Math.min(sheetPixels(shell.sheet), sheetPixels('half'))
  return { top: 64, right: 56, bottom: covered + 64, left: 16 }
}

const motion = () => (shell.isMotionReduced ? { duration: 0 } : { duration: 500 })
