import { item } from '../lib/api.ts'
import { boxOf } from '../map/box.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { selection } from '../state/selection.svelte.ts'
import { plan } from './plan-state.svelte.ts'
import { saving } from './saving.svelte.ts'
import { mayLeave } from './tools.ts'

/** From this zoom on a bay is large enough to work on. */
const WORKING_ZOOM = 18

/** Puts stored bays on the bench, and keeps the one that lies there up to date while nobody has changed it. */
class Opening {
  failure = $state.raw<unknown>(null)

  async open(id: string): Promise<void> {
    if (plan.bay?.id === id) return
    if (!(await mayLeave())) {
      // The bay that stays on the bench is the one that is selected.
      const bay = plan.bay
      selection.select(bay?.etag == null ? null : { collection: 'bays', id: bay.id })
      return
    }
    this.failure = null
    try {
      const found = await item('bays', id, { community: community.getSlug() })
      if (selection.current?.id !== id) return
      plan.open(found)
      this.#bringIntoView(boxOf(found.feature.geometry))
    } catch (error) {
      this.failure = error
    }
  }

  /** Reads the bay anew after somebody wrote to bays, unless there is something to lose. */
  async refresh(): Promise<void> {
    const { bay } = plan
    if (!bay || bay.etag === null || plan.isDirty || saving.isBusy) return
    try {
      const found = await item('bays', bay.id, { community: community.getSlug() })
      const isAsBefore = plan.bay === bay && !plan.isDirty && !saving.isBusy
      if (isAsBefore && found.etag !== bay.etag) plan.open(found)
    } catch {
      // Removed by somebody, or no connection: the next save says so.
    }
  }

  #bringIntoView(box: readonly [number, number, number, number]): void {
    const { map } = mapView
    if (!map) return
    const bounds = map.getBounds()
    const isSeen = bounds.contains([box[0], box[1]]) && bounds.contains([box[2], box[3]])
    if (!isSeen || map.getZoom() < WORKING_ZOOM) mapView.showBox(box, 20)
  }
}

export const opening = new Opening()
