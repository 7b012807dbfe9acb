import ClipboardList from '@lucide/svelte/icons/clipboard-list'
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column'
import FileChartColumn from '@lucide/svelte/icons/file-chart-column'
import FolderKanban from '@lucide/svelte/icons/folder-kanban'
import Footprints from '@lucide/svelte/icons/footprints'
import Gauge from '@lucide/svelte/icons/gauge'
import Inbox from '@lucide/svelte/icons/inbox'
import ListTree from '@lucide/svelte/icons/list-tree'
import MapIcon from '@lucide/svelte/icons/map'
import Megaphone from '@lucide/svelte/icons/megaphone'
import MessagesSquare from '@lucide/svelte/icons/messages-square'
import PencilRuler from '@lucide/svelte/icons/pencil-ruler'
import Scale from '@lucide/svelte/icons/scale'
import Store from '@lucide/svelte/icons/store'
import Route from '@lucide/svelte/icons/route'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import Tent from '@lucide/svelte/icons/tent'
import BadgeCheck from '@lucide/svelte/icons/badge-check'
import UserRound from '@lucide/svelte/icons/user-round'

/** A sign for each page: small screens have no room for words alone. */
export const PAGE_ICONS = {
  map: MapIcon,
  occupancy: Gauge,
  conflicts: TriangleAlert,
  plan: PencilRuler,
  plans: FolderKanban,
  'shared-plan': MessagesSquare,
  rules: Scale,
  demand: ChartNoAxesColumn,
  inspect: Footprints,
  cases: ClipboardList,
  inbox: Inbox,
  report: Megaphone,
  merchant: Store,
  bulletin: FileChartColumn,
  patrols: Route,
  'case-kinds': ListTree,
  zones: Tent,
  permit: BadgeCheck,
  'sign-in': UserRound,
} as const
