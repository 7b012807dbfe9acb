import { v7 as uuidv7 } from 'uuid'
import { isAlongKerb } from '../../../api/domain/geometry/kerb-line.ts'
import { isRectangle } from '../../../api/domain/geometry/rectangle.ts'
import type { OpenRing, Point } from '../../../api/domain/geometry/ring-edits.ts'
import type { VehicleClass } from '../../../api/domain/geometry/bay-capacity.ts'
import type { Finding } from '../../../api/domain/rules/finding.ts'
import type { Item } from '../lib/api.ts'
import { type BayContent, type BayStatus, contentOf, measureBay } from './bay-draft.ts'
import { directionAt } from './edits.ts'
import { type History, newHistory, record, redo, undo } from './history.ts'
import { featureOf, judgeBay } from './judging.ts'
import { kerbOf } from './kerbs.ts'
import { surroundings } from './surroundings.svelte.ts'

/** `layout` lays bays out by itself; `yard` draws the ground for it. */
export type Tool = 'select' | 'kerb' | 'polygon' | 'layout' | 'yard'

/** A stretch of a line that the shape sticks to just now, in metres. */
export type Guide = readonly [Point, Point]

/** The bay that is open: its id, the version it was read at (null: never stored), its status and what is stored of it. */
export interface OpenBay {
  id: string
  etag: string | null
  status: BayStatus
  kept: BayContent | null
}

/** The planner's bench: one bay at a time, every step of it undoable, judged at every step. */
class PlanState {
  /** The community whose bays are worked on. */
  slug: string | null = null
  tool = $state<Tool>('select')
  /** What the next new bay is for. */
  vehicle = $state<VehicleClass>('bicycle')
  bay = $state.raw<OpenBay | null>(null)
  guides = $state.raw<readonly Guide[]>([])
  /** Whether a handle or the shape is held by a pointer. */
  isHeld = $state(false)
  /** The finding that is shown on the map. */
  shown = $state.raw<Finding | null>(null)
  /** What the server said about a content; it counts as long as that is still the content. */
  #confirmed = $state.raw<{ content: BayContent; findings: Finding[] } | null>(null)
  #history = $state.raw<History<BayContent> | null>(null)

  readonly content = $derived(this.#history?.present ?? null)
  readonly ring = $derived.by((): OpenRing | null =>
    this.content?.shape.kind === 'ring' ? this.content.shape.ring : null,
  )
  readonly isRectangle = $derived(this.ring !== null && isRectangle(this.ring))
  /** The street side that the bay stands at. */
  readonly kerb = $derived(
    this.ring && this.content
      ? kerbOf(surroundings.kerbs, this.ring, this.content.properties)
      : null,
  )
  readonly direction = $derived(this.ring && this.kerb ? directionAt(this.kerb, this.ring) : null)
  readonly isAlongKerb = $derived(
    this.ring !== null && this.kerb !== null && isAlongKerb(this.kerb.line, this.ring),
  )
  readonly measure = $derived(
    this.content && measureBay(surroundings.frame, this.content, this.direction),
  )
  readonly feature = $derived(
    this.bay && this.content && this.measure
      ? featureOf(surroundings.frame, this.bay, this.content, this.measure)
      : null,
  )
  readonly isConfirmed = $derived(
    this.content !== null && this.#confirmed?.content === this.content,
  )
  readonly findings = $derived.by((): Finding[] => {
    if (this.#confirmed && this.isConfirmed) return this.#confirmed.findings
    const { scene, pack } = surroundings
    return this.feature && scene && pack ? judgeBay(this.feature, scene, pack) : []
  })
  readonly isDirty = $derived(this.bay !== null && this.content !== this.bay.kept)
  readonly canUndo = $derived((this.#history?.past.length ?? 0) > 0)
  readonly canRedo = $derived((this.#history?.future.length ?? 0) > 0)

  /** Puts a new bay on the bench; the drag that draws it goes on under the same key. */
  begin(
    content: BayContent,
    key: string | null = null,
    at_ms = performance.now(),
    id = uuidv7(),
  ): void {
    this.#open({ id, etag: null, status: 'draft', kept: null }, content)
    this.#history = newHistory(content, key === null ? null : { key, at_ms })
  }

  /** Puts a stored bay on the bench. */
  open({ feature, etag }: Item<'bays'>): void {
    const content = contentOf(surroundings.frame, feature)
    const status = feature.properties.status ?? 'draft'
    this.#open({ id: feature.id, etag, status, kept: content }, content)
  }

  /** Changes the bay. Changes with the same key in quick succession are undone together. */
  edit(content: BayContent, key: string | null = null, at_ms = performance.now()): void {
    if (this.#history) this.#history = record(this.#history, content, key, at_ms)
  }

  undo(): void {
    if (this.#history) this.#history = undo(this.#history)
  }

  redo(): void {
    if (this.#history) this.#history = redo(this.#history)
  }

  /** The content is stored now; the steps that led to it can still be undone. */
  markSaved({ feature, etag }: Item<'bays'>, content: BayContent): void {
    const status = feature.properties.status ?? 'draft'
    if (this.bay?.id === feature.id) this.bay = { id: feature.id, etag, status, kept: content }
  }

  /** Goes on with the same content as another bay: the one that was stored is gone. */
  saveAsNew(): void {
    if (this.bay) this.bay = { id: uuidv7(), etag: null, status: 'draft', kept: null }
  }

  confirm(content: BayContent, findings: Finding[]): void {
    this.#confirmed = { content, findings }
  }

  close(): void {
    this.bay = null
    this.#history = null
    this.#confirmed = null
    this.guides = []
    this.shown = null
    this.tool = 'select'
  }

  #open(bay: OpenBay, content: BayContent): void {
    this.bay = bay
    this.#history = newHistory(content)
    this.#confirmed = null
    this.guides = []
    this.shown = null
    this.tool = 'select'
  }
}

export const plan = new PlanState()
