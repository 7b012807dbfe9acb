import type { Component } from 'svelte'
import type { Page } from './state/route.svelte.ts'

interface PageParts {
  /** What stands in the side panel. */
  panel: () => Promise<{ default: Component }>
  /** Layers inside the map while the page is open. */
  layers?: () => Promise<{ default: Component }>
}

/** Each page comes when it is opened for the first time. */
export const PAGE_PARTS: Record<Page, PageParts> = {
  map: { panel: () => import('./overview/OverviewPanel.svelte') },
  occupancy: {
    panel: () => import('./occupancy/OccupancyPanel.svelte'),
    layers: () => import('./occupancy/OccupancyLayers.svelte'),
  },
  conflicts: {
    panel: () => import('./conflicts/ConflictsPanel.svelte'),
    layers: () => import('./conflicts/ConflictsLayers.svelte'),
  },
  plan: {
    panel: () => import('./plan/PlanPanel.svelte'),
    layers: () => import('./plan/PlanLayers.svelte'),
  },
  'sign-in': { panel: () => import('./account/SignInPanel.svelte') },
}
