import type { Component } from 'svelte'
import type { Page } from './state/route.svelte.ts'

interface PageParts {
  /** What stands in the side panel. */
  panel: () => Promise<{ default: Component }>
  /** What covers the map on a wide screen; it shows nothing while the page wants the map itself. */
  main?: () => Promise<{ default: Component }>
  /** Layers inside the map while the page is open. */
  layers?: () => Promise<{ default: Component }>
  /** Whether selecting shows the details card; otherwise the page itself says what is selected. */
  hasDetails: boolean
}

/** Each page comes when it is opened for the first time. */
export const PAGE_PARTS: Record<Page, PageParts> = {
  map: { panel: () => import('./overview/OverviewPanel.svelte'), hasDetails: true },
  occupancy: {
    panel: () => import('./occupancy/OccupancyPanel.svelte'),
    layers: () => import('./occupancy/OccupancyLayers.svelte'),
    hasDetails: true,
  },
  conflicts: {
    panel: () => import('./conflicts/ConflictsPanel.svelte'),
    layers: () => import('./conflicts/ConflictsLayers.svelte'),
    hasDetails: true,
  },
  plan: {
    panel: () => import('./plan/PlanPanel.svelte'),
    layers: () => import('./plan/PlanLayers.svelte'),
    hasDetails: false,
  },
  plans: {
    panel: () => import('./plans/PlansPanel.svelte'),
    main: () => import('./plans/PlansMain.svelte'),
    layers: () => import('./plans/PlansLayers.svelte'),
    hasDetails: false,
  },
  'shared-plan': {
    panel: () => import('./shared-plan/SharedPlanPanel.svelte'),
    layers: () => import('./shared-plan/SharedPlanLayers.svelte'),
    hasDetails: false,
  },
  rules: {
    panel: () => import('./rules/RulesPanel.svelte'),
    layers: () => import('./rules/RulesLayers.svelte'),
    hasDetails: false,
  },
  demand: {
    panel: () => import('./demand/DemandPanel.svelte'),
    layers: () => import('./demand/DemandLayers.svelte'),
    hasDetails: false,
  },
  inspect: {
    panel: () => import('./inspect/InspectPanel.svelte'),
    layers: () => import('./inspect/InspectLayers.svelte'),
    hasDetails: false,
  },
  cases: {
    panel: () => import('./cases/CasesPanel.svelte'),
    main: () => import('./cases/CasesMain.svelte'),
    layers: () => import('./cases/CasesLayers.svelte'),
    hasDetails: false,
  },
  inbox: {
    panel: () => import('./inbox/InboxPanel.svelte'),
    layers: () => import('./inbox/InboxLayers.svelte'),
    hasDetails: false,
  },
  report: {
    panel: () => import('./report/ReportPanel.svelte'),
    layers: () => import('./report/ReportLayers.svelte'),
    hasDetails: false,
  },
  merchant: {
    panel: () => import('./merchant/MerchantPanel.svelte'),
    layers: () => import('./merchant/MerchantLayers.svelte'),
    hasDetails: false,
  },
  bulletin: {
    panel: () => import('./bulletin/BulletinPanel.svelte'),
    main: () => import('./bulletin/BulletinMain.svelte'),
    hasDetails: false,
  },
  patrols: {
    panel: () => import('./patrols/PatrolsPanel.svelte'),
    layers: () => import('./patrols/PatrolsLayers.svelte'),
    hasDetails: false,
  },
  'case-kinds': {
    panel: () => import('./case-kinds/CaseKindsPanel.svelte'),
    main: () => import('./case-kinds/CaseKindsMain.svelte'),
    hasDetails: false,
  },
  zones: {
    panel: () => import('./zones/ZonesPanel.svelte'),
    layers: () => import('./zones/ZonesLayers.svelte'),
    hasDetails: false,
  },
  permit: { panel: () => import('./permit/PermitPanel.svelte'), hasDetails: false },
  'sign-in': { panel: () => import('./account/SignInPanel.svelte'), hasDetails: false },
}
