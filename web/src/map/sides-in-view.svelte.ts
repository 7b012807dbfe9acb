import type { Feature, FeatureCollection, LineString, Position } from 'geojson'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import { items } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { live } from '../state/live.svelte.ts'
import { mapView } from './map-view.svelte.ts'

/** Further out kerbs are thinner than a pixel. */
const FROM_ZOOM = 16
const MOST_SEGMENTS = 2000
/** The box that is asked for is larger than the view by this share on each side, so that small moves ask nothing. */
const MARGIN = 0.5

const NOTHING: FeatureCollection<LineString> = { type: 'FeatureCollection', features: [] }

/** Kerb lines of the streets in view, with the footway's width; tiles hold only the streets' middles. */
export class SidesInView {
  lines = $state.raw<FeatureCollection<LineString>>(NOTHING)
  #box: number[] | null = null
  #asked = 0

  /** Reads anew when the view leaves the box that was read, or a street changes. Returns how to stop. */
  follow(): (() => void) | undefined {
    const map = mapView.map
    const slug = community.current?.slug
    if (!map || slug === undefined) return undefined
    this.#box = null
    const look = () => void this.#look(slug)
    const again = () => {
      this.#box = null
      look()
    }
    map.on('moveend', look)
    const stop = live.onChange(['street_segments'], again)
    look()
    return () => {
      map.off('moveend', look)
      stop()
    }
  }

  async #look(slug: string): Promise<void> {
    const map = mapView.map
    if (!map || map.getZoom() < FROM_ZOOM) return
    const bounds = map.getBounds()
    const view = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
    if (this.#box && holds(this.#box, view)) return
    const box = grown(view)
    this.#box = box
    const asked = ++this.#asked
    try {
      const query = { community: slug, bbox: box.join(','), limit: MOST_SEGMENTS }
      const page = await items('street_segments', query)
      if (asked === this.#asked)
        this.lines = { type: 'FeatureCollection', features: page.features.flatMap(sidesOf) }
    } catch {
      // The streets stay as they are drawn from tiles; the next move asks again.
      if (asked === this.#asked) this.#box = null
    }
  }
}

function holds(box: readonly number[], view: readonly number[]): boolean {
  return box[0]! <= view[0]! && box[1]! <= view[1]! && box[2]! >= view[2]! && box[3]! >= view[3]!
}

function grown([west, south, east, north]: readonly number[]): number[] {
  const across = (east! - west!) * MARGIN
  const up = (north! - south!) * MARGIN
  return [
    Math.max(-180, west! - across),
    Math.max(-85, south! - up),
    Math.min(180, east! + across),
    Math.min(85, north! + up),
  ].map((degrees) => Number(degrees.toFixed(6)))
}

/** Each kerb line of a street; `outward` is +1 where the footway lies right of the line as drawn, −1 left. */
function sidesOf(segment: InventoryFeature<'street_segments'>): Feature<LineString>[] {
  const middle = segment.geometry.coordinates as Position[]
  return (segment.properties.sides ?? []).flatMap((side): Feature<LineString>[] => {
    if (side.kerb_line?.type !== 'LineString') return []
    const line = side.kerb_line.coordinates as Position[]
    const isAlong = segment.geometry.type !== 'LineString' || runsAlong(line, middle)
    return [
      {
        type: 'Feature',
        properties: {
          side: side.side,
          footway_width_m: side.footway_width_m ?? 0,
          outward: (side.side === 'right') === isAlong ? 1 : -1,
        },
        geometry: { type: 'LineString', coordinates: line },
      },
    ]
  })
}

function runsAlong(line: readonly Position[], middle: readonly Position[]): boolean {
  const [a, b] = [line[0]!, line.at(-1)!]
  const [c, d] = [middle[0]!, middle.at(-1)!]
  return (b[0]! - a[0]!) * (d[0]! - c[0]!) + (b[1]! - a[1]!) * (d[1]! - c[1]!) >= 0
}
