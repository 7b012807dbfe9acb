import { entrances } from './blocks.ts'
import {
  type Box,
  type Feature,
  type Geometry,
  type Pair,
  feature,
  point,
  rectangle,
} from './frame.ts'

/**
 * What stands and lies along the kerb. Places are chosen so that the zones planted as clean stay clean, and so
 * that four bays have a neighbour too near (the README lists them).
 */

const FIRE_LANES: Box[] = [
  [-157, -232, -153, -40],
  [153, -232, 157, -40],
  [-157, 5, -153, 200],
  [153, 5, 157, 200],
]

/** Beside the kerb; HYD-7 stands 3 m from BAY-30. */
const HYDRANTS: Pair[] = [
  [-170, -231.5],
  [60, -231.5],
  [-184, 5.5],
  [55, 5.5],
  [298.5, -100],
  [-60, 233.5],
  [-117, -231.5],
  [298.5, 130],
  [-120, -5.5],
]

const CROSSINGS: Box[] = [
  [-9, -5, -6, 5],
  [6, -5, 9, 5],
  [-9, -248, -6, -232],
  [286, -5, 289, 5],
  [299, -10, 321, -7],
  [-317, -60, -303, -57],
]

/** Where the crossings meet the footways inside the community. */
const RAMPS: Pair[] = [
  [-7.5, 5],
  [-7.5, -5],
  [7.5, 5],
  [7.5, -5],
  [-7.5, -232],
  [287.5, 5],
  [287.5, -5],
  [299, -8.5],
  [-303, -58.5],
]

/** The last one is 13 m from BAY-01. */
const CORNERS: Pair[] = [
  [-3.5, 5],
  [3.5, 5],
  [-3.5, -5],
  [3.5, -5],
  [-3.5, -232],
  [3.5, -232],
  [299, -5],
  [-303, 5],
]

const BUS_STOPS: { area: Box; name_zh: string; name_en: string }[] = [
  {
    area: [190, -231.8, 220, -230.2],
    name_zh: '藏热南路公交站(示意)',
    name_en: 'Zangre South Road bus stop (schematic)',
  },
  {
    area: [297, 150, 298.6, 175],
    name_zh: '红旗北路公交站(示意)',
    name_en: 'Hongqi North Road bus stop (schematic)',
  },
]

/** Strips 0.4 m wide on the footways of the south, middle and east streets, open at fire lanes and driveways. */
const TACTILE_PAVING: Box[] = [
  [-298, -229.2, -158, -228.8],
  [-152, -229.2, -5, -228.8],
  [5, -229.2, 152, -228.8],
  [158, -229.2, 294, -228.8],
  [-298, 8, -158, 8.4],
  [-152, 8, -5, 8.4],
  [5, 8, 152, 8.4],
  [158, 8, 294, 8.4],
  [-298, -7.2, -5, -6.8],
  [5, -7.2, 294, -6.8],
  [295.4, -227, 295.8, -33],
  [295.4, -27, 295.8, -9],
  [295.4, 9, 295.8, 206],
  [295.4, 212, 295.8, 233],
]

/** Ways into the courtyards, from kerb to building line. */
const DRIVEWAYS: Box[] = [
  [-303, -32, -299, -28],
  [295, -32, 299, -28],
  [-303, 207, -299, 211],
  [295, 207, 299, 211],
  [-7.5, -32, -3.5, -28],
  [3.5, -32, 7.5, -28],
]

/** In the carriageway, but the last, which lies 1 m from BAY-29. */
const MANHOLES: Pair[] = [
  [-248, 1.5],
  [-130, 1.5],
  [48, 1.5],
  [200, 1.5],
  [-200, -238],
  [-60, -238],
  [110, -238],
  [-80, 241],
  [240, 241],
  [308, -150],
  [308, 90],
  [-139, -228.9],
]

const TREES: Pair[] = [
  ...[20, 40, 80, 100, 120, 140].map((u): Pair => [u, -231.2]),
  ...[-250, -220, -150, -90, -50, 50, 90, 130].map((u): Pair => [u, -5.8]),
  ...[-200, -170, -140, -60, -20, 40, 80, 120, 180].map((v): Pair => [322, v]),
]

const BOLLARDS: Pair[] = [
  [-158.5, -231.5],
  [-151.5, -231.5],
  [151.5, -231.5],
  [158.5, -231.5],
]

interface Kind {
  kind: string
  prefix: string
  name_zh: string
  name_en: string
  owner_unit: string
  maintainer?: string
}

const CITY = { owner_unit: '城市管理(示例)' }
const FIRE = { owner_unit: '消防(示例)' }
const TRAFFIC = { owner_unit: '交警(示例)' }

/** All curb objects of the sample, fire lanes and entrances first. */
export function curbObjects(): Feature[] {
  return [
    ...numbered(
      { kind: 'fire_lane', prefix: 'FIRE', name_zh: '消防通道', name_en: 'Fire lane', ...FIRE },
      FIRE_LANES.map(rectangle),
    ),
    ...entrances(),
    ...numbered(
      {
        kind: 'fire_hydrant',
        prefix: 'HYD',
        name_zh: '消火栓',
        name_en: 'Fire hydrant',
        ...FIRE,
      },
      points(HYDRANTS),
    ),
    ...numbered(
      { kind: 'crossing', prefix: 'XING', name_zh: '人行横道', name_en: 'Crossing', ...TRAFFIC },
      CROSSINGS.map(rectangle),
    ),
    ...numbered(
      { kind: 'ramp', prefix: 'RAMP', name_zh: '缘石坡道', name_en: 'Kerb ramp', ...CITY },
      points(RAMPS),
    ),
    ...numbered(
      { kind: 'corner', prefix: 'CORNER', name_zh: '路口转角', name_en: 'Corner', ...CITY },
      points(CORNERS),
    ),
    ...BUS_STOPS.map(({ area, name_zh, name_en }, index) =>
      feature(`BUS-${index + 1}`, rectangle(area), {
        kind: 'bus_stop',
        name_zh,
        name_en,
        owner_unit: '交警(示例)',
        maintainer: '城市管理(示例)',
        condition: '完好',
      }),
    ),
    ...numbered(
      {
        kind: 'tactile_paving',
        prefix: 'TP',
        name_zh: '盲道',
        name_en: 'Tactile paving',
        ...CITY,
      },
      TACTILE_PAVING.map(rectangle),
    ),
    ...numbered(
      {
        kind: 'driveway',
        prefix: 'DRV',
        name_zh: '院落车行出入口',
        name_en: 'Driveway',
        owner_unit: '物业(示例)',
      },
      DRIVEWAYS.map(rectangle),
    ),
    ...numbered(
      { kind: 'manhole', prefix: 'MH', name_zh: '检查井', name_en: 'Manhole', ...CITY },
      points(MANHOLES),
    ),
    ...numbered(
      {
        kind: 'school_gate',
        prefix: 'SCHOOL',
        name_zh: '学校大门(示例)',
        name_en: 'School gate (sample)',
        owner_unit: '学校(示例)',
      },
      [point(-338, -165)],
    ),
    ...numbered(
      {
        kind: 'street_trees',
        prefix: 'TREE',
        name_zh: '行道树',
        name_en: 'Street tree',
        ...CITY,
        maintainer: '环卫(示例)',
      },
      points(TREES),
    ),
    ...numbered(
      { kind: 'bollard', prefix: 'BOL', name_zh: '阻车桩', name_en: 'Bollard', ...CITY },
      points(BOLLARDS),
    ),
  ]
}

const points = (pairs: Pair[]): Geometry[] => pairs.map(([u, v]) => point(u, v))

function numbered(of: Kind, geometries: Geometry[]): Feature[] {
  return geometries.map((geometry, index) =>
    feature(`${of.prefix}-${index + 1}`, geometry, {
      kind: of.kind,
      name_zh: `${of.name_zh}${index + 1}`,
      name_en: `${of.name_en} ${index + 1}`,
      owner_unit: of.owner_unit,
      maintainer: of.maintainer ?? of.owner_unit,
      // Every ninth wants repair, so that the condition says something.
      condition: index % 9 === 8 ? '待维修' : '完好',
    }),
  )
}
