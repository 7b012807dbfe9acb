import type { Map as MapLibreMap } from 'maplibre-gl'
import { type MetricFrame, toMetres } from '../../../api/domain/geometry/metric-frame.ts'
import type { Point } from '../../../api/domain/geometry/ring-edits.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { SNAP_PX } from './snapping.ts'

/** Where a pointer is, in metres of the frame. */
export function pointAt(map: MapLibreMap, frame: MetricFrame, event: MouseEvent): Point {
  const box = map.getCanvas().getBoundingClientRect()
  const { lng, lat } = map.unproject([event.clientX - box.left, event.clientY - box.top])
  return toMetres(frame, lng, lat)
}

/** How many metres a pixel of the screen is in the middle of the map. */
export function metresPerPixel(map: MapLibreMap, frame: MetricFrame): number {
  const { x, y } = map.project(map.getCenter())
  const [a, b] = [map.unproject([x, y]), map.unproject([x + 100, y])]
  const [ax, ay] = toMetres(frame, a.lng, a.lat)
  const [bx, by] = toMetres(frame, b.lng, b.lat)
  return Math.hypot(bx - ax, by - ay) / 100
}

/** How near a shape must come to stick, in metres at the map's scale: never more than a stride. */
export const snapReach = (map: MapLibreMap, frame: MetricFrame): number =>
  Math.min(1, SNAP_PX * metresPerPixel(map, frame))

/** What MapLibre must not hear while a shape is dragged, or the map would be dragged with it. */
const MAP_GESTURES = ['mousedown', 'mousemove', 'touchstart', 'touchmove', 'dblclick'] as const

/**
 * Follows one pointer, be it mouse, finger or pen, from its press to its release; the map stands still meanwhile.
 * `end` is told whether the system took the pointer away.
 */
export function followPointer(
  map: MapLibreMap,
  press: PointerEvent,
  on: { move: (event: PointerEvent) => void; end: (isCancelled: boolean) => void },
): void {
  const container = map.getCanvasContainer()
  const release = mapView.hold()
  const quiet = (event: Event) => event.stopImmediatePropagation()
  const isOurs = (event: PointerEvent) => event.pointerId === press.pointerId
  const onMove = (event: PointerEvent) => {
    if (isOurs(event)) on.move(event)
  }
  const onEnd = (event: PointerEvent) => {
    if (!isOurs(event)) return
    window.removeEventListener('pointermove', onMove)
    window.removeEventListener('pointerup', onEnd)
    window.removeEventListener('pointercancel', onEnd)
    for (const gesture of MAP_GESTURES)
      container.removeEventListener(gesture, quiet, { capture: true })
    // The click that follows the release belongs to the drag, and must not select what lies below.
    setTimeout(release)
    on.end(event.type === 'pointercancel')
  }
  for (const gesture of MAP_GESTURES) container.addEventListener(gesture, quiet, { capture: true })
  window.addEventListener('pointermove', onMove)
  window.addEventListener('pointerup', onEnd)
  window.addEventListener('pointercancel', onEnd)
}
