import type { Map as MapLibreMap } from 'maplibre-gl'
import {
  type RectangleHandle,
  resizeRectangle,
  turnToAlign,
} from '../../../api/domain/geometry/rectangle.ts'
import {
  centreOf,
  moveCorner,
  moveRing,
  type OpenRing,
  type Point,
  rotateRing,
} from '../../../api/domain/geometry/ring-edits.ts'
import { snapPoint, snapShape } from '../../../api/domain/geometry/snap.ts'
import { withRing } from './edits.ts'
import { plan } from './plan-state.svelte.ts'
import { followPointer, pointAt, snapReach } from './pointer.ts'
import { snapTargets } from './snapping.ts'
import { surroundings } from './surroundings.svelte.ts'

/** What hands and keys do to the shape on the bench. Every step goes through the bench's history. */

/** Pushes the shape by metres east and north; presses of arrow keys in a row are one step back. */
export function nudge(dx: number, dy: number): void {
  if (plan.ring) put(moveRing(plan.ring, dx, dy), 'nudge')
}

/** Turns the shape about its middle, counter-clockwise by degrees. */
export function turn(degrees: number): void {
  if (plan.ring) put(rotateRing(plan.ring, degrees), 'turn')
}

/** Lays the shape along its kerb. */
export function alignToKerb(): void {
  const { ring, direction } = plan
  if (ring && direction) put(rotateRing(ring, turnToAlign(ring, direction)), null)
}

/** Drags the whole shape; it sticks to kerbs and neighbours. */
export function dragShape(map: MapLibreMap, press: PointerEvent): void {
  const { ring } = plan
  if (!ring) return
  const start = pointAt(map, surroundings.frame, press)
  drag(map, press, (to) => {
    const moved = moveRing(ring, to[0] - start[0], to[1] - start[1])
    const reach = snapReach(map, surroundings.frame)
    const stuck = snapShape(moved, targetsNear(moved, reach), reach)
    plan.guides = stuck.guides
    return moveRing(moved, stuck.dx, stuck.dy)
  })
}

/** Drags a handle of a rectangle; its corners stay square. */
export function dragHandle(map: MapLibreMap, press: PointerEvent, handle: RectangleHandle): void {
  const { ring } = plan
  if (ring) drag(map, press, (to) => resizeRectangle(ring, handle, stick(map, to)))
}

/** Drags one corner of a free shape. */
export function dragCorner(map: MapLibreMap, press: PointerEvent, corner: number): void {
  const { ring } = plan
  if (ring) drag(map, press, (to) => moveCorner(ring, corner, stick(map, to)))
}

/** Turns the shape after the pointer; within 3° of its kerb's direction it lies along the kerb. */
export function dragRotation(map: MapLibreMap, press: PointerEvent): void {
  const { ring, direction } = plan
  if (!ring) return
  const centre = centreOf(ring)
  const angleOf = ([x, y]: Point) => (Math.atan2(y - centre[1], x - centre[0]) * 180) / Math.PI
  const start = angleOf(pointAt(map, surroundings.frame, press))
  drag(map, press, (to) => {
    const turned = rotateRing(ring, angleOf(to) - start, centre)
    const rest = direction ? turnToAlign(turned, direction) : ALIGN_DEGREES
    return Math.abs(rest) < ALIGN_DEGREES ? rotateRing(turned, rest, centre) : turned
  })
}

/** Sticks one point to what is near it and shows the line it sticks to. */
export function stick(map: MapLibreMap, to: Point): Point {
  const reach = snapReach(map, surroundings.frame)
  const snapped = snapPoint(to, targetsNear([to], reach), reach)
  plan.guides = snapped?.guide ? [snapped.guide] : []
  return snapped?.point ?? to
}

/** Kerbs and neighbours' edges around some points; none until the surroundings are known. */
export function targetsNear(points: readonly Point[], reach_m: number) {
  const { scene, kerbs } = surroundings
  return scene ? snapTargets(scene, kerbs, points, reach_m, plan.bay?.id ?? '') : []
}

const ALIGN_DEGREES = 3
let drags = 0

function drag(map: MapLibreMap, press: PointerEvent, shape: (to: Point) => OpenRing): void {
  const { content } = plan
  if (!content || press.button !== 0) return
  press.stopPropagation()
  // One drag is one step back, however long it takes: all of it counts as done when it began.
  const key = `drag ${++drags}`
  const at_ms = performance.now()
  plan.isHeld = true
  followPointer(map, press, {
    move: (event) => {
      const ring = shape(pointAt(map, surroundings.frame, event))
      if (plan.content) plan.edit(withRing(plan.content, ring, surroundings.kerbs), key, at_ms)
    },
    end: (isCancelled) => {
      plan.isHeld = false
      plan.guides = []
      if (isCancelled) plan.edit(content, key, at_ms)
    },
  })
}

function put(ring: OpenRing, key: string | null): void {
  const { content } = plan
  if (content) plan.edit(withRing(content, ring, surroundings.kerbs), key)
}
