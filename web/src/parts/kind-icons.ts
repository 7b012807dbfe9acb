import type { Component } from 'svelte'
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line'
import Armchair from '@lucide/svelte/icons/armchair'
import Bike from '@lucide/svelte/icons/bike'
import Car from '@lucide/svelte/icons/car'
import CarFront from '@lucide/svelte/icons/car-front'
import CircleAlert from '@lucide/svelte/icons/circle-alert'
import Cone from '@lucide/svelte/icons/cone'
import Construction from '@lucide/svelte/icons/construction'
import Droplets from '@lucide/svelte/icons/droplets'
import FireExtinguisher from '@lucide/svelte/icons/fire-extinguisher'
import Flame from '@lucide/svelte/icons/flame'
import Footprints from '@lucide/svelte/icons/footprints'
import Lamp from '@lucide/svelte/icons/lamp'
import Megaphone from '@lucide/svelte/icons/megaphone'
import Package from '@lucide/svelte/icons/package'
import PersonStanding from '@lucide/svelte/icons/person-standing'
import Shirt from '@lucide/svelte/icons/shirt'
import Snowflake from '@lucide/svelte/icons/snowflake'
import SquareParking from '@lucide/svelte/icons/square-parking'
import Store from '@lucide/svelte/icons/store'
import Trash from '@lucide/svelte/icons/trash'
import TreeDeciduous from '@lucide/svelte/icons/tree-deciduous'
import Zap from '@lucide/svelte/icons/zap'
import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'

/** Signs by words in a kind's code or English name; a community's own kinds find one by the same words. */
const SIGNS: readonly (readonly [RegExp, Component])[] = [
  [/zombie|abandoned/, CarFront],
  [/barbecue|grill/, Flame],
  [/water|pipe|flood/, Droplets],
  [/lamp|light/, Lamp],
  [/washing|laundry/, Shirt],
  [/tactile/, Footprints],
  [/marking/, SquareParking],
  [/begging|homeless/, PersonStanding],
  [/hanging|falling/, ArrowDownToLine],
  [/hydrant/, FireExtinguisher],
  [/fire|flame/, Flame],
  [/non.?motor|bicycle|bike/, Bike],
  [/motor|parking|vehicle|car\b/, Car],
  [/ice|snow/, Snowflake],
  [/electric|wire|cable|charg/, Zap],
  [/waste|garbage|litter|rubbish|dump|scrap/, Trash],
  [/stall|vendor|trading|hawk/, Store],
  [/goods|piled|stack|occup/, Package],
  [/advert|banner|leaflet|sign|noise/, Megaphone],
  [/tree|green|plant/, TreeDeciduous],
  [/manhole|road|pavement|paving|works|construction/, Construction],
  [/furniture|frontage|bench/, Armchair],
]

/** A sign for a kind of case. */
export function kindIcon(kind: Pick<CaseKind, 'code' | 'name_en' | 'is_hazard'>): Component {
  const words = `${kind.code} ${kind.name_en}`.toLowerCase()
  const sign = SIGNS.find(([pattern]) => pattern.test(words))?.[1]
  return sign ?? (kind.is_hazard ? CircleAlert : Cone)
}
