import { type Feature, type Pair, feature, idOf, line } from './frame.ts'

/** Sixteen street segments; east-west ones are drawn eastwards, the others northwards. */

interface Side {
  footway_width_m: number
  furnishing_width_m: number
  tactile_paving: boolean
  slope_percent: number
}

interface Street {
  id: string
  name_zh: string
  name_en: string
  class: string
  carriageway_width_m: number
  from: Pair
  to: Pair
  dead_end?: boolean
  left: Side
  right: Side
}

const side = (
  footway_width_m: number,
  furnishing_width_m: number,
  tactile_paving: boolean,
  slope_percent: number,
): Side => ({ footway_width_m, furnishing_width_m, tactile_paving, slope_percent })

const SOUTH = {
  name_zh: '藏热南路(示意)',
  name_en: 'Zangre South Road (schematic)',
  class: 'secondary',
  carriageway_width_m: 16,
  left: side(4.5, 2.1, true, 1.2),
  right: side(4.0, 1.5, false, 1.4),
}
const MIDDLE = {
  name_zh: '统建巷(示意)',
  name_en: 'Tongjian Lane (schematic)',
  class: 'residential',
  carriageway_width_m: 10,
  left: side(4.5, 2.1, true, 1.8),
  right: side(4.0, 1.0, true, 1.8),
}
const NORTH = {
  name_zh: '北侧路(示例)',
  name_en: 'North Side Road (sample)',
  class: 'residential',
  carriageway_width_m: 12,
  left: side(5.0, 0.3, false, 2.2),
  right: side(4.5, 0.3, false, 2.0),
}
const WEST = {
  name_zh: '西侧路(示例)',
  name_en: 'West Side Road (sample)',
  class: 'tertiary',
  carriageway_width_m: 14,
  left: side(3.0, 0.8, false, 2.6),
  right: side(4.0, 1.2, false, 2.4),
}
const CENTRE = {
  name_zh: '中巷(示例)',
  name_en: 'Centre Lane (sample)',
  class: 'service',
  carriageway_width_m: 7,
  left: side(2.5, 0.5, false, 1.5),
  right: side(2.0, 0.5, false, 1.5),
}
const EAST = {
  name_zh: '红旗北路(示意)',
  name_en: 'Hongqi North Road (schematic)',
  class: 'primary',
  carriageway_width_m: 22,
  left: side(4.5, 0.3, true, 0.9),
  right: side(5.0, 2.0, false, 0.9),
}
const alley = (number: number, u: number, v: number): Street => ({
  id: `SEG-A${number}`,
  name_zh: `${number}号弄(示例)`,
  name_en: `Alley ${number} (sample)`,
  class: 'alley',
  carriageway_width_m: 4,
  dead_end: true,
  from: [u, v],
  to: [u, v + 200],
  left: side(number % 2 === 0 ? 1.0 : 0.5, 0, false, 3.1),
  right: side(number % 2 === 0 ? 0.5 : 0, 0, false, 3.1),
})

const STREETS: Street[] = [
  { id: 'SEG-S1', ...SOUTH, from: [-310, -240], to: [0, -240] },
  { id: 'SEG-S2', ...SOUTH, from: [0, -240], to: [310, -240] },
  { id: 'SEG-M1', ...MIDDLE, from: [-310, 0], to: [0, 0] },
  { id: 'SEG-M2', ...MIDDLE, from: [0, 0], to: [310, 0] },
  { id: 'SEG-N1', ...NORTH, from: [-310, 240], to: [0, 240] },
  { id: 'SEG-N2', ...NORTH, from: [0, 240], to: [310, 240] },
  { id: 'SEG-Wd1', ...WEST, from: [-310, -240], to: [-310, 0] },
  { id: 'SEG-Wd2', ...WEST, from: [-310, 0], to: [-310, 240] },
  { id: 'SEG-C1', ...CENTRE, from: [0, -240], to: [0, 0] },
  { id: 'SEG-C2', ...CENTRE, from: [0, 0], to: [0, 240] },
  { id: 'SEG-E1', ...EAST, from: [310, -240], to: [310, 0] },
  { id: 'SEG-E2', ...EAST, from: [310, 0], to: [310, 240] },
  alley(1, -155, -240),
  alley(2, 155, -240),
  alley(3, -155, 0),
  alley(4, 155, 0),
]

/** The segments with both sides; a kerb line ends where the carriageway of a crossing street begins. */
export function streetSegments(): Feature[] {
  return STREETS.map(({ id, from, to, left, right, dead_end, ...street }) =>
    feature(id, line(from, to), {
      ...street,
      oneway: false,
      dead_end: dead_end ?? false,
      sides: (['left', 'right'] as const).map((which) => ({
        id: idOf(`${id}-${which}`),
        side: which,
        ...(which === 'left' ? left : right),
        kerb_line: kerbLine(from, to, street.carriageway_width_m / 2, which),
      })),
    }),
  )
}

function kerbLine([u0, v0]: Pair, [u1, v1]: Pair, half_width_m: number, which: 'left' | 'right') {
  const away = which === 'left' ? half_width_m : -half_width_m
  return v0 === v1
    ? line([u0 + halfWidthAcross('u', u0), v0 + away], [u1 - halfWidthAcross('u', u1), v1 + away])
    : line([u0 - away, v0 + halfWidthAcross('v', v0)], [u1 - away, v1 - halfWidthAcross('v', v1)])
}

/** Half the carriageway of the street that runs across at this u or v; 0 at an alley's blind end. */
function halfWidthAcross(axis: 'u' | 'v', at: number): number {
  const across: Record<string, number> =
    axis === 'u' ? { '-310': 7, '0': 3.5, '310': 11 } : { '-240': 8, '0': 5, '240': 6 }
  return across[at] ?? 0
}
