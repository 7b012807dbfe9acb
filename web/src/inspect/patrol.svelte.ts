import { trackLength } from '../../../api/domain/geometry/track-length.ts'
import type { TrackFix } from '../../../api/domain/geometry/track-matching.ts'
import { v7 as uuidv7 } from 'uuid'
import { SvelteSet } from 'svelte/reactivity'
import { atMostEvery } from '../lib/at-most-every.ts'
import { database, type KeptPatrol } from '../lib/offline/field-database.ts'
import { fieldPackage } from '../lib/offline/field-package.svelte.ts'
import { outbox } from '../lib/offline/outbox.svelte.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { session } from '../state/session.svelte.ts'
import { position } from './position.svelte.ts'
import type { Frequency } from '../parts/frequencies.ts'
import { sideKey } from '../parts/side-names.ts'
import { isWorthKeeping } from './track.ts'
import { streetsOf, walkedKeys } from './walking.ts'

/** Today's patrol: runs until it is ended, also over a closed page; its track lies on the phone. */
class PatrolState {
  current = $state.raw<KeptPatrol | null>(null)
  track = $state.raw<readonly TrackFix[]>([])
  /** What the last patrol was, once it has ended. */
  summary = $state.raw<{
    minutes: number
    distance_m: number
    sides: number
    cases: number
  } | null>(null)
  /** Sides of this patrol that are done, walked or ticked, as `segment/side`. */
  readonly done = new SvelteSet<string>()
  readonly distance_m = $derived(trackLength(this.track))
  /** The sides to walk today. */
  readonly sides = $derived(fieldPackage.package?.sides ?? [])
  readonly remaining = $derived(this.sides.filter((side) => !this.isDone(side)).length)
  readonly #streets = $derived(streetsOf(this.sides))
  /** A day's track takes some tens of milliseconds to match. */
  readonly #walk = atMostEvery(10_000, () => {
    for (const key of walkedKeys(this.track, this.#streets)) this.done.add(key)
  })
  #stopListening: (() => void) | null = null
  #lock: WakeLockSentinel | null = null

  /** Goes on with the patrol that runs on this phone, if there is one. */
  async load(): Promise<void> {
    const accountId = session.account?.account_id ?? ''
    const slug = community.getSlug()
    const kept = await database.patrols.where('account_id').equals(accountId).toArray()
    const running = kept.find((one) => one.ended_at === null && one.community === slug) ?? null
    if (running?.id === this.current?.id && running) return
    this.#stopListening?.()
    this.current = running
    this.done.clear()
    this.track = []
    if (!running) return
    for (const key of running.ticked) this.done.add(key)
    this.track = await database.track.where('patrol_id').equals(running.id).sortBy('at')
    this.#walk.ask()
    this.#listen()
  }

  async start(frequency: Frequency = 'daily'): Promise<void> {
    const { account } = session
    if (!account) return
    const id = uuidv7()
    const startedAt = Date.now()
    const own = fieldPackage.package?.grids.filter(({ is_mine }) => is_mine) ?? []
    const patrol: KeptPatrol = {
      id,
      account_id: account.account_id,
      community: community.getSlug(),
      grid_id: own.length === 1 ? own[0]!.id : null,
      started_at: startedAt,
      ended_at: null,
      ticked: [],
      cases: 0,
    }
    const body = {
      id,
      grid_id: patrol.grid_id,
      frequency,
      started_at: new Date(startedAt).toISOString(),
    }
    await outbox.add([{ id, work: { kind: 'patrol', body } }], () => database.patrols.put(patrol))
    this.summary = null
    this.current = patrol
    this.track = []
    this.done.clear()
    // The browser may throw away what it keeps for a page unless the page asks.
    void navigator.storage.persist?.().catch(() => false)
    this.#listen()
    if (position.fix) mapView.showPoint(position.fix.lon, position.fix.lat, 17)
  }

  async end(): Promise<void> {
    const patrol = this.current
    if (!patrol) return
    const endedAt = Date.now()
    for (const key of walkedKeys(this.track, this.#streets)) this.done.add(key)
    this.#walk.stop()
    const work = {
      kind: 'patrol_end' as const,
      patrol_id: patrol.id,
      ended_at: new Date(endedAt).toISOString(),
    }
    await outbox.add([{ id: uuidv7(), work, needs: [patrol.id] }], () =>
      database.patrols.put({ ...patrol, ended_at: endedAt }),
    )
    this.summary = {
      minutes: Math.round((endedAt - patrol.started_at) / 60_000),
      distance_m: this.distance_m,
      sides: this.done.size,
      cases: patrol.cases,
    }
    this.#stopListening?.()
    this.#stopListening = null
    void this.#lock?.release()
    this.#lock = null
    this.current = null
  }

  /** A side was walked and looked at: by hand, for whoever has no position. */
  async tick(side: { segment_id: string; side: 'left' | 'right' }, place: string): Promise<void> {
    const id = uuidv7()
    const patrolId = this.current?.id ?? null
    const body = {
      id,
      patrol_id: patrolId,
      segment_id: side.segment_id,
      side: side.side,
      at: new Date().toISOString(),
      result: 'clear' as const,
      method: 'manual' as const,
    }
    this.done.add(sideKey(side))
    await outbox.add(
      [{ id, work: { kind: 'pass', body }, needs: patrolId ? [patrolId] : [], label: { place } }],
      () => this.#change((kept) => ({ ...kept, ticked: [...kept.ticked, sideKey(side)] })),
    )
  }

  /** One more case of this patrol. */
  async countCase(): Promise<void> {
    await this.#change((kept) => ({ ...kept, cases: kept.cases + 1 }))
  }

  isDone(side: { segment_id: string; side: 'left' | 'right' }): boolean {
    return this.done.has(sideKey(side))
  }

  async #change(change: (kept: KeptPatrol) => KeptPatrol): Promise<void> {
    if (!this.current) return
    this.current = change(this.current)
    await database.patrols.put(this.current)
  }

  #listen(): void {
    position.start()
    void this.#keepAwake()
    const onVisible = () => void this.#keepAwake()
    document.addEventListener('visibilitychange', onVisible)
    const stop = position.onFix((fix) => this.#take(fix))
    this.#stopListening = () => {
      document.removeEventListener('visibilitychange', onVisible)
      stop()
    }
  }

  #take(fix: TrackFix): void {
    const patrol = this.current
    if (!patrol || !isWorthKeeping(this.track.at(-1) ?? null, fix)) return
    this.track = [...this.track, fix]
    this.#walk.ask()
    void database.track.put({ patrol_id: patrol.id, ...fix }).catch(() => undefined)
  }

  /** A dark screen hears no position. The browser gives the lock back whenever the page is hidden. */
  async #keepAwake(): Promise<void> {
    if (!this.current || document.visibilityState !== 'visible') return
    this.#lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null
  }
}

export const patrol = new PatrolState()
