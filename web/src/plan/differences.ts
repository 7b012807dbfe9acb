import type { MetricFrame } from '../../../api/domain/geometry/metric-frame.ts'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import { formatMeasure, formatMoment } from '../lib/text/format.ts'
import { t } from '../lib/text/text.svelte.ts'
import { type BayMeasure, type BayProperties, contentOf, measureBay } from './bay-draft.ts'
import { propertyLabel, propertyValue } from '../details/property-text.ts'

const COMPARED = [
  'name_zh',
  'name_en',
  'status',
  'vehicle_classes',
  'layout',
  'rows',
  'capacity',
] as const satisfies readonly (keyof BayProperties)[]

/** Each member in which two versions of a bay differ, with both values; their last change first. */
export function differenceLines(
  frame: MetricFrame,
  mine: BayProperties,
  measure: BayMeasure,
  theirs: InventoryFeature<'bays'>,
): string[] {
  const text = (properties: BayProperties, member: (typeof COMPARED)[number]) => {
    const value = properties[member]
    return value == null || value === '' ? '–' : propertyValue(member, value)
  }
  const lines = COMPARED.map((member) => ({
    label: propertyLabel(member),
    mine: text(mine, member),
    theirs: text(theirs.properties, member),
  }))
  const theirMeasure = measureBay(frame, contentOf(frame, theirs), null)
  lines.push({ label: t('plan.area'), mine: area(measure), theirs: area(theirMeasure) })
  return [
    t('plan.collision_when', { when: formatMoment(theirs.properties.updated_at) }),
    ...lines
      .filter((line) => line.mine !== line.theirs)
      .map((line) => t('plan.collision_line', line)),
  ]
}

const area = ({ area_m2 }: BayMeasure): string => formatMeasure(area_m2, 'm²', 1)
