import { type Interval, weekIntervals } from '../../../api/domain/schedule/windows.ts'
import type { CollectionId } from '../../../api/features/inventory/contract.ts'
import { allItems } from '../lib/api.ts'
import { openOnly } from '../map/open-only.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { shell } from '../state/shell.svelte.ts'
import { conflicts } from './conflicts-state.svelte.ts'

/** What opens and closes; everything else is there at all hours. */
const SCHEDULED = [
  'bays',
  'vendor_zones',
  'closures',
  'lots',
] as const satisfies readonly CollectionId[]
const HOURS = 168
const STEP_MS = 700

interface Scheduled {
  collection: CollectionId
  id: string
  open: readonly Interval[]
}

/** Plays an ordinary week hour by hour: the map draws only what is open, the list shows what collides then. */
class WeekPlay {
  /** From Monday 00:00; null while the week is not looked at. */
  hour = $state<number | null>(null)
  isPlaying = $state(false)
  #uses = $state.raw<Scheduled[]>([])
  #timer: ReturnType<typeof setInterval> | null = null

  /** How many of those with hours are open. */
  readonly open = $derived(
    this.hour === null ? 0 : this.#uses.filter(({ open }) => isOpen(open, this.hour!)).length,
  )

  async start(): Promise<void> {
    await this.#load()
    this.show(this.hour ?? this.#firstHour())
    if (shell.isMotionReduced) return
    this.isPlaying = true
    this.#timer ??= setInterval(() => this.step(1), STEP_MS)
  }

  pause(): void {
    this.isPlaying = false
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  step(by: 1 | -1): void {
    this.show(((this.hour ?? 0) + by + HOURS) % HOURS)
  }

  /** Shows one hour; whoever chooses it by hand stops the play by `pause`. */
  show(hour: number): void {
    this.hour = hour
    conflicts.setFilter({ day: Math.floor(hour / 24), hour: hour % 24 })
    const hidden: Partial<Record<CollectionId, string[]>> = {}
    for (const { collection, id, open } of this.#uses)
      if (!isOpen(open, hour)) (hidden[collection] ??= []).push(id)
    openOnly.hidden = hidden
  }

  /** Back to everything at all hours. */
  leave(): void {
    this.pause()
    if (this.hour === null) return
    this.hour = null
    openOnly.hidden = {}
    conflicts.setFilter({ day: null, hour: null })
  }

  #firstHour(): number {
    const { day, hour } = conflicts.filter
    return (day ?? 0) * 24 + (hour ?? 8)
  }

  async #load(): Promise<void> {
    const query = { community: community.getSlug() }
    const found = await Promise.all(
      SCHEDULED.map(async (collection) =>
        (await allItems(collection, query)).map(({ id, properties }) => ({
          collection,
          id,
          open: weekIntervals(properties.windows ?? null),
        })),
      ),
    )
    this.#uses = found.flat()
  }
}

/** Whether something is open at any minute of an hour of the week. */
const isOpen = (open: readonly Interval[], hour: number): boolean =>
  open.some(([from, to]) => from < hour * 60 + 60 && to > hour * 60)

export const weekPlay = new WeekPlay()
