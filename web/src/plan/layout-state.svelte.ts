import type { Polygon } from 'geojson'
import { v7 as uuidv7 } from 'uuid'
import type { BayLayout } from '../../../api/domain/geometry/bay-capacity.ts'
import { toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import { demandOf, householdsIn } from '../../../api/domain/layout/demand.ts'
import type { Goal } from '../../../api/domain/layout/goals.ts'
import { layOutArea } from '../../../api/domain/layout/lay-out-area.ts'
import {
  type Layout,
  layOutSides,
  type LayoutWish,
} from '../../../api/domain/layout/lay-out-sides.ts'
import { placeFeature, withDrafts } from '../../../api/domain/rules/scene.ts'
import { type History, newHistory, record, redo, undo } from './history.ts'
import { contentOfLaid, featureOfDraft, type LaidDraft } from './layout-drafts.ts'
import { plan } from './plan-state.svelte.ts'
import { surroundings } from './surroundings.svelte.ts'

/** A stretch of a ruler that a person looks at. */
export interface ShownSpan {
  key: string
  at: number
}

type Box = readonly [west: number, south: number, east: number, north: number]

/** Laying out by itself: where and how, what comes out of it at once, and what was accepted but is not stored yet. */
class LayOut {
  /** Street sides, `segment/side`, in the order in which they were chosen. */
  sides = $state.raw<readonly string[]>([])
  yard = $state.raw<Polygon | null>(null)
  layout = $state<BayLayout | null>(null)
  rows = $state<number | null>(null)
  wanted = $state<number | null>(null)
  unitLength = $state<number | null>(null)
  unitWidth = $state<number | null>(null)
  goal = $state<Goal>('most_places')
  shown = $state.raw<ShownSpan | null>(null)
  #history = $state.raw<History<readonly LaidDraft[]>>(newHistory([]))

  readonly accepted = $derived(this.#history.present)
  readonly kerbs = $derived(
    this.sides.flatMap((key) => surroundings.kerbs.find((kerb) => kerb.key === key) ?? []),
  )
  readonly #wish = $derived.by((): LayoutWish => {
    const { scene } = surroundings
    return {
      vehicle_class: plan.vehicle,
      layout: this.layout,
      rows: this.rows,
      places_wanted: this.wanted,
      unit_length_m: this.unitLength,
      unit_width_m: this.unitWidth,
      longest_run_m: null,
      gap_m: null,
      demand: scene && demandOf(householdsIn(scene)),
    }
  })
  /** The surroundings with what was accepted: it is used ground from then on. */
  readonly #scene = $derived.by(() => {
    const { scene, frame, kerbs } = surroundings
    if (!scene || this.accepted.length === 0) return scene
    const placed = this.accepted.map((draft) =>
      placeFeature(frame, featureOfDraft(frame, draft, kerbs)),
    )
    return withDrafts(scene, placed)
  })
  /** Null until something is chosen and its surroundings are known. */
  readonly result = $derived.by((): Layout | null => {
    const scene = this.#scene
    const { pack } = surroundings
    if (!scene || !pack) return null
    if (this.yard) return layOutArea(this.yard, this.#wish, scene, pack)
    return this.sides.length > 0 ? layOutSides(this.kerbs, this.#wish, scene, pack) : null
  })
  readonly chosen = $derived(
    this.result?.alternatives.find(({ goal }) => goal === this.goal) ??
      this.result?.alternatives[0] ??
      null,
  )
  readonly canUndo = $derived(this.#history.past.length > 0)
  readonly canRedo = $derived(this.#history.future.length > 0)

  toggleSide(key: string): void {
    this.yard = null
    this.shown = null
    this.sides = this.sides.includes(key)
      ? this.sides.filter((side) => side !== key)
      : [...this.sides, key]
  }

  setSides(keys: readonly string[]): void {
    this.yard = null
    this.shown = null
    this.sides = keys
  }

  setYard(yard: Polygon | null): void {
    this.sides = []
    this.shown = null
    this.yard = yard
  }

  /** A view (west, south, east, north) with all of what is laid out in it. */
  widened(view: Box): Box {
    const { frame } = surroundings
    const places = [
      ...this.kerbs.flatMap(({ line }) => line.points.map((p) => toDegrees(frame, p[0], p[1]))),
      ...(this.yard?.coordinates.flat() ?? []),
    ]
    return places.reduce<Box>(
      ([west, south, east, north], p) => [
        Math.min(west, p[0]!),
        Math.min(south, p[1]!),
        Math.max(east, p[0]!),
        Math.max(north, p[1]!),
      ],
      view,
    )
  }

  /** Takes the chosen alternative over; one step back takes all of it away again. */
  accept(): number {
    const bays = this.chosen?.bays ?? []
    const { frame, kerbs } = surroundings
    const first = this.accepted.length + 1
    const drafts = bays.map((bay, i): LaidDraft => ({
      id: uuidv7(),
      content: contentOfLaid(frame, bay, kerbs, first + i),
    }))
    this.#put([...this.accepted, ...drafts])
    return drafts.length
  }

  remove(id: string): void {
    if (this.accepted.some((draft) => draft.id === id))
      this.#put(this.accepted.filter((draft) => draft.id !== id))
  }

  discard(): void {
    this.#put([])
  }

  /** What is stored is no step of this page any more: it cannot be undone into not being stored. */
  forget(id: string): void {
    if (!this.accepted.some((draft) => draft.id === id)) return
    this.#history = newHistory(this.accepted.filter((draft) => draft.id !== id))
  }

  undo(): void {
    this.#history = undo(this.#history)
  }

  redo(): void {
    this.#history = redo(this.#history)
  }

  /** Another community: nothing of this one goes along. */
  clear(): void {
    this.setYard(null)
    this.#history = newHistory([])
  }

  #put(drafts: readonly LaidDraft[]): void {
    this.#history = record(this.#history, drafts, null, performance.now())
  }
}

export const layOut = new LayOut()
