import { VEHICLE_CLASSES } from '../../../api/features/inventory/contract.ts'
import type { DemandReply } from '../../../api/features/demand/contract.ts'
import { call } from '../lib/api.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { session } from '../state/session.svelte.ts'

export type DemandSide = DemandReply['sides'][number]

export const keyOf = ({ segment_id, side }: Pick<DemandSide, 'segment_id' | 'side'>): string =>
  `${segment_id}:${side}`

/** Where places are missing, for one class of vehicles; the chosen side lives in the address. */
class DemandState {
  readonly mayRead = $derived(session.mayDo('draft_plan'))
  readonly vehicleClass = $derived(
    VEHICLE_CLASSES.find((one) => one === route.get('vehicles')) ?? 'bicycle',
  )
  readonly chosenKey = $derived(route.get('side'))
  reply = $state.raw<DemandReply | null>(null)
  failure = $state.raw<unknown>(null)
  #asked = 0

  /** Null while another class is being asked for. */
  readonly shown = $derived(this.reply?.vehicle_class === this.vehicleClass ? this.reply : null)

  async load(): Promise<void> {
    const asked = ++this.#asked
    if (!this.mayRead) return
    try {
      const query = { community: community.getSlug(), vehicle_class: this.vehicleClass }
      const reply = await call('GET /api/demand', { query })
      if (asked !== this.#asked) return
      this.reply = reply
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  /** Chooses a side and brings it into view; null lets go. */
  choose(side: DemandSide | null): void {
    route.set({ side: side && keyOf(side) })
    const middle = side?.kerb[Math.floor(side.kerb.length / 2)]
    if (middle) mapView.showPoint(middle[0]!, middle[1]!, 17)
  }
}

export const demand = new DemandState()
