import {
  type Box,
  type Feature,
  type Pair,
  area,
  feature,
  idOf,
  point,
  randomStream,
  rectangle,
  twoDigits,
} from './frame.ts'

/** Six grids and 32 buildings inside the ring of streets, in metres of the frame. */

const OUTLINE: Pair[] = [
  [-310, -240],
  [-100, -240],
  [100, -240],
  [310, -240],
  [310, 0],
  [310, 240],
  [120, 240],
  [-100, 240],
  [-310, 240],
  [-310, 0],
]

const GRIDS: { corners: Pair[]; ordinal: string; part_time_workers: number }[] = [
  { ordinal: '一', part_time_workers: 9, corners: box(-310, -240, -100, 0) },
  {
    ordinal: '二',
    part_time_workers: 9,
    corners: [
      [-100, -240],
      [100, -240],
      [100, -120],
      [120, -120],
      [120, 0],
      [-100, 0],
    ],
  },
  {
    ordinal: '三',
    part_time_workers: 9,
    corners: [
      [100, -240],
      [310, -240],
      [310, 0],
      [120, 0],
      [120, -120],
      [100, -120],
    ],
  },
  { ordinal: '四', part_time_workers: 9, corners: box(-310, 0, -100, 240) },
  { ordinal: '五', part_time_workers: 9, corners: box(-100, 0, 120, 240) },
  { ordinal: '六', part_time_workers: 8, corners: box(120, 0, 310, 240) },
]

const FULL_TIME_WORKERS_PER_GRID = 2
const HOUSEHOLDS_PER_FLOOR = 8

interface Building {
  footprint: Box
  floors: number
  grid: number
  entrance: Pair
}

/** Footprint, floors, grid and entrance of buildings 1 to 32. */
const BUILDINGS: Building[] = (
  [
    [[-299, -228, -161, -214], 3, 1, [-230, -214]],
    [[-149, -228, -7.5, -214], 3, 2, [-78.25, -214]],
    [[-299, -23, -161, -9], 7, 1, [-230, -23]],
    [[-149, -23, -7.5, -9], 4, 2, [-78.25, -23]],
    [[-299, -202, -285, -37], 7, 1, [-285, -119.5]],
    [[-21.5, -202, -7.5, -37], 6, 2, [-21.5, -119.5]],
    [[-263, -128, -193, -112], 6, 1, [-228, -128]],
    [[-129, -128, -59, -112], 3, 2, [-94, -128]],
    [[7.5, -228, 149, -214], 6, 2, [78.25, -214]],
    [[161, -228, 295, -214], 3, 3, [228, -214]],
    [[7.5, -23, 149, -9], 7, 2, [78.25, -23]],
    [[161, -23, 295, -9], 6, 3, [228, -23]],
    [[7.5, -202, 21.5, -37], 5, 2, [21.5, -119.5]],
    [[281, -202, 295, -37], 7, 3, [281, -119.5]],
    [[43.5, -128, 113.5, -112], 3, 2, [78.5, -128]],
    [[181, -128, 251, -112], 3, 3, [216, -128]],
    [[-299, 9, -161, 23], 6, 4, [-230, 23]],
    [[-149, 9, -7.5, 23], 4, 5, [-78.25, 23]],
    [[-299, 216, -161, 230], 5, 4, [-230, 216]],
    [[-149, 216, -7.5, 230], 3, 5, [-78.25, 216]],
    [[-299, 35, -285, 202], 5, 4, [-285, 118.5]],
    [[-21.5, 35, -7.5, 202], 7, 5, [-21.5, 118.5]],
    [[-263, 112, -193, 128], 3, 4, [-228, 112]],
    [[-129, 112, -59, 128], 7, 5, [-94, 112]],
    [[7.5, 9, 149, 23], 5, 5, [78.25, 23]],
    [[161, 9, 295, 23], 5, 6, [228, 23]],
    [[7.5, 216, 149, 230], 5, 5, [78.25, 216]],
    [[161, 216, 295, 230], 5, 6, [228, 216]],
    [[7.5, 35, 21.5, 202], 7, 5, [21.5, 118.5]],
    [[281, 35, 295, 202], 7, 6, [281, 118.5]],
    [[43.5, 112, 113.5, 128], 6, 5, [78.5, 112]],
    [[181, 112, 251, 128], 6, 6, [216, 112]],
  ] satisfies [Box, number, number, Pair][]
).map(([footprint, floors, grid, entrance]) => ({ footprint, floors, grid, entrance }))

/** The community's outline with the names, counts and notices of its row. */
export function community(): Feature {
  return feature('C-1', area(...OUTLINE), {
    slug: 'tongjian',
    name_zh: '统建社区(示例)',
    name_en: 'Tongjian community (sample)',
    // No Tibetan name: none is attested for this sample, and a guessed one would be worse than none.
    name_bo: null,
    district: '拉萨市城关区',
    subdistrict: null,
    time_zone: 'Asia/Shanghai',
    full_time_workers: 12,
    part_time_workers: 53,
    resident_vehicles: 1000,
    attribution: '合成示例数据 Synthetic sample data, Jiexu contributors, CC0-1.0',
    notice:
      '本社区为合成示例:坐标、名称、人员、商户、记录与计数均为虚构,不对应任何真实街道、建筑、人员或车辆;街名仅作示意。 ' +
      'Synthetic sample: every coordinate, name, person, shop, record and count is invented and describes no real street, building, person or vehicle; street names are schematic.',
    is_synthetic: true,
  })
}

/** Buildings with households, residents (seeded, 2.4 to 2.8 a household) and vehicles (1,000 together). */
export function buildings(): Feature[] {
  const random = randomStream(32)
  return BUILDINGS.map(({ footprint, floors, grid }, index) => {
    const households = floors * HOUSEHOLDS_PER_FLOOR
    return feature(`B-${twoDigits(index + 1)}`, rectangle(footprint), {
      name_zh: `${index + 1}号楼`,
      name_en: `Building ${index + 1}`,
      grid_id: idOf(`G-${grid}`),
      floors,
      households,
      residents: Math.round(households * (2.4 + 0.4 * random())),
      // Six a floor make 990; the last building has the ten that are missing to 1,000.
      resident_vehicles: floors * 6 + (index === BUILDINGS.length - 1 ? 10 : 0),
    })
  })
}

/** Grids, whose people and vehicles are the sums of their buildings. */
export function grids(): Feature[] {
  const all = buildings()
  return GRIDS.map(({ corners, ordinal, part_time_workers }, index) => {
    const own = all.filter((building) => building.properties['grid_id'] === idOf(`G-${index + 1}`))
    const sum = (member: string) =>
      own.reduce((total, building) => total + Number(building.properties[member]), 0)
    return feature(`G-${index + 1}`, area(...corners), {
      grid_code: `TJ-G${index + 1}`,
      name_zh: `第${ordinal}网格`,
      name_en: `Grid ${index + 1}`,
      full_time_workers: FULL_TIME_WORKERS_PER_GRID,
      part_time_workers,
      residents: sum('residents'),
      resident_vehicles: sum('resident_vehicles'),
    })
  })
}

/** One entrance a building, on its courtyard side. */
export function entrances(): Feature[] {
  return BUILDINGS.map(({ entrance: [u, v] }, index) =>
    feature(`EN-${twoDigits(index + 1)}`, point(u, v), {
      kind: 'entrance',
      name_zh: `${index + 1}号楼入口`,
      name_en: `Entrance of building ${index + 1}`,
      owner_unit: '物业(示例)',
      maintainer: '物业(示例)',
      condition: '完好',
    }),
  )
}

/** The number of the building's grid, 1 to 6. */
export const gridOfBuilding = (building: number): number => BUILDINGS[building - 1]!.grid

/** The number of the grid that holds a place inside the outline, 1 to 6. */
export function gridAt(u: number, v: number): number {
  if (v >= 0) return u < -100 ? 4 : u < 120 ? 5 : 6
  if (u < -100) return 1
  return u < 100 || (u < 120 && v > -120) ? 2 : 3
}

function box(u0: number, v0: number, u1: number, v1: number): Pair[] {
  return [
    [u0, v0],
    [u1, v0],
    [u1, v1],
    [u0, v1],
  ]
}
