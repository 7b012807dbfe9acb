import type { TrackFix } from '../../../api/domain/geometry/track-matching.ts'

export type PositionFailure = 'denied' | 'unavailable' | 'none'

/** A fix older than this says little about where somebody who walks is now. */
const FRESH_MS = 60_000

/** Where the phone is, as long as somebody listens. */
class PositionState {
  fix = $state.raw<TrackFix | null>(null)
  failure = $state<PositionFailure | null>(null)
  #watch: number | null = null
  #listeners = new Set<(fix: TrackFix) => void>()

  /** Begins to watch; asks for the right to where nobody was asked yet. */
  start(): void {
    if (this.#watch !== null) return
    if (!('geolocation' in navigator)) {
      this.failure = 'none'
      return
    }
    this.#watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        this.failure = null
        this.fix = {
          lon: coords.longitude,
          lat: coords.latitude,
          accuracy_m: coords.accuracy,
          at: timestamp,
        }
        for (const listener of this.#listeners) listener(this.fix)
      },
      ({ code }) => {
        this.failure = code === 1 ? 'denied' : 'unavailable'
        // A watch that was refused once never speaks again.
        if (code === 1) this.stop()
      },
      { enableHighAccuracy: true, maximumAge: 2000, timeout: 20_000 },
    )
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch)
    this.#watch = null
  }

  /** Asks again, after the person has allowed it or stepped outside. */
  again(): void {
    this.stop()
    this.failure = null
    this.start()
  }

  onFix(listener: (fix: TrackFix) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The place where the phone is now; null where that is not known well enough. */
  current(now: number): TrackFix | null {
    return this.fix && now - this.fix.at < FRESH_MS ? this.fix : null
  }
}

export const position = new PositionState()
