import type { ExpressionSpecification } from 'maplibre-gl'
import { CLASS_COLOURS, OCCUPANCY_CLASSES, STALE_OPACITY } from './occupancy-class.ts'
import type { PlaceRow } from './place-rows.ts'

/** How places are painted: by the state `occupancy` that the page sets on the features, never by fetched geometry. */

/** The value of a feature's state: its class, marked where the reading is old. */
export const stateOf = (row: Pick<PlaceRow, 'class' | 'isStale'>): string =>
  row.isStale ? `${row.class}-stale` : row.class

const OCCUPANCY: ExpressionSpecification = ['coalesce', ['feature-state', 'occupancy'], 'unset']

/** The class's colour, faded towards white where the reading is old; white where there is none. */
export const FILL_COLOUR = byClass((id) => (id === 'no_data' ? '#ffffff' : CLASS_COLOURS[id]))

/** 1 for every place that is in the answer, no data included; 0 for others. */
export const SHOWN_OPACITY: ExpressionSpecification = ['case', ['==', OCCUPANCY, 'unset'], 0, 1]

/** 1 where something was read: for outlines drawn in full. */
export const READ_OPACITY: ExpressionSpecification = [
  'match',
  OCCUPANCY,
  ['unset', 'no_data', 'no_data-stale'],
  0,
  1,
]

/** 1 where nothing was read: for dashed outlines. */
export const NONE_OPACITY: ExpressionSpecification = [
  'match',
  OCCUPANCY,
  ['no_data', 'no_data-stale'],
  1,
  0,
]

/** Fuller places have a broader line, for those who do not see the colours. */
export const widthBy = (px: number): ExpressionSpecification => [
  'match',
  OCCUPANCY,
  ['over', 'over-stale'],
  px * 1.8,
  ['high', 'high-stale'],
  px * 1.3,
  px,
]

/** Where nothing was read: grey, hollow, dashed (in line widths). */
export const NONE_COLOUR = CLASS_COLOURS.no_data
export const NONE_DASH = [2, 1.5]

function byClass(
  colourOf: (id: (typeof OCCUPANCY_CLASSES)[number]) => string,
): ExpressionSpecification {
  const branches = OCCUPANCY_CLASSES.flatMap((id) => [
    id,
    colourOf(id),
    `${id}-stale`,
    faded(colourOf(id)),
  ])
  return ['match', OCCUPANCY, ...branches, 'rgba(0, 0, 0, 0)'] as unknown as ExpressionSpecification
}

/** The colour over white at the stale opacity, as an opaque one: what lies below must not shine through. */
function faded(colour: string): string {
  const parts = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))
  const mixed = parts.map((part) => Math.round(part * STALE_OPACITY + 255 * (1 - STALE_OPACITY)))
  return `rgb(${mixed.join(', ')})`
}
