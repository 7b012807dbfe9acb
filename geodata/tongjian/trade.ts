import { gridOfBuilding } from './blocks.ts'
import {
  type Box,
  type Feature,
  feature,
  idOf,
  point,
  rectangle,
  threeDigits,
  twoDigits,
} from './frame.ts'

/** Shops with the strip of footway before them, and the zones where vendors may set up. */

const FRONTAGE = { width_m: 5, depth_m: 1.5 }

/** Rows of shops: building, where the row begins in u, how many, and the wall in v (the strip lies south of it). */
const ROWS: readonly (readonly [building: number, u: number, count: number, wall: number])[] = [
  [1, -299, 27, -228],
  [2, -149, 28, -228],
  [9, 7.5, 28, -228],
  [10, 161, 26, -228],
  [17, -299, 27, 9],
  [18, -149, 28, 9],
  [25, 7.5, 28, 9],
  [26, 161, 20, 9],
]

const CATEGORIES = [
  { zh: '零售', shop_zh: '便利店', shop_en: 'Convenience shop' },
  { zh: '修理', shop_zh: '修理铺', shop_en: 'Repair shop' },
  { zh: '理发', shop_zh: '理发店', shop_en: 'Barber' },
  { zh: '药店', shop_zh: '药店', shop_en: 'Pharmacy' },
  { zh: '茶馆', shop_zh: '茶馆', shop_en: 'Tea house' },
  { zh: '果蔬', shop_zh: '果蔬店', shop_en: 'Greengrocer' },
  { zh: '快递', shop_zh: '快递点', shop_en: 'Parcel point' },
  { zh: '餐饮', shop_zh: '餐馆', shop_en: 'Restaurant' },
] as const

/** Every seventeenth shop has not signed the letter: 12 of 212. */
const UNSIGNED_EVERY = 17

interface Shop {
  number: string
  building: number
  category: (typeof CATEGORIES)[number]
  strip: Box
}

const SHOPS: Shop[] = ROWS.flatMap(([building, u, count, wall]) =>
  Array.from({ length: count }, (_, index) => {
    const from = u + FRONTAGE.width_m * index
    return {
      building,
      strip: [from, wall - FRONTAGE.depth_m, from + FRONTAGE.width_m, wall] as const,
    }
  }),
).map((shop, index) => ({
  ...shop,
  number: threeDigits(index + 1),
  category: CATEGORIES[index % CATEGORIES.length]!,
}))

/** The responsibility strips 门前三包 before the shops, 5 m by 1.5 m. */
export function frontages(): Feature[] {
  return SHOPS.map(({ number, category, strip }, index) =>
    feature(`FR-${number}`, rectangle(strip), {
      merchant_id: idOf(`SHOP-${number}`),
      name_zh: `${category.shop_zh}${number}门前(示例)`,
      name_en: `Frontage of ${category.shop_en.toLowerCase()} ${number} (sample)`,
      category: category.zh,
      letter_signed: index % UNSIGNED_EVERY !== UNSIGNED_EVERY - 1,
    }),
  )
}

/** The shops as points on the wall. */
export function merchants(): Feature[] {
  return SHOPS.map(({ number, building, category, strip: [u0, , u1, wall] }) =>
    feature(`SHOP-${number}`, point((u0 + u1) / 2, wall), {
      name_zh: `${category.shop_zh}${number}(示例)`,
      category: category.zh,
      building_id: idOf(`B-${twoDigits(building)}`),
      grid_id: idOf(`G-${gridOfBuilding(building)}`),
    }),
  )
}

const EVERY_DAY = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su']

const ZONES = [
  {
    area: [-130, 231.7, -90, 233.7],
    name_zh: '北侧路夜间摊区(示例)',
    name_en: 'North Side Road evening zone (sample)',
    status: 'approved',
    stalls: 12,
    category: '餐饮',
    windows: [{ days: EVERY_DAY, from: '18:00', to: '23:00' }],
  },
  {
    area: [296.7, 10, 298.7, 70],
    name_zh: '红旗北路早市(示意)',
    name_en: 'Hongqi North Road morning market (schematic)',
    status: 'approved',
    stalls: 15,
    category: '果蔬',
    windows: [{ days: EVERY_DAY, from: '06:30', to: '09:30' }],
  },
  {
    area: [-80, 246.3, -20, 249.3],
    name_zh: '北侧路周末摊区(示例)',
    name_en: 'North Side Road weekend zone (sample)',
    status: 'approved',
    stalls: 10,
    category: '零售',
    windows: [{ days: ['sa', 'su'], from: '10:00', to: '20:00' }],
  },
  {
    area: [-233, 5.2, -213, 7.2],
    name_zh: '统建巷夜间摊区(示意)',
    name_en: 'Tongjian Lane evening zone (schematic)',
    status: 'proposed',
    stalls: 6,
    category: '餐饮',
    windows: [{ days: EVERY_DAY, from: '18:00', to: '23:00' }],
  },
  {
    area: [-160, -180, -148, -176],
    name_zh: '1号弄夜间摊区(示例)',
    name_en: 'Alley 1 evening zone (sample)',
    status: 'proposed',
    stalls: 3,
    category: '零售',
    windows: [{ days: EVERY_DAY, from: '18:00', to: '22:00' }],
  },
] as const

/** Five zones, with the answers planted in them (the README lists them). */
export function vendorZones(): Feature[] {
  return ZONES.map(({ area, ...zone }, index) =>
    feature(`VZ-${index + 1}`, rectangle(area), {
      ...zone,
      duties: '按时收摊,清扫地面,垃圾分类入桶,不越线经营(示例)',
      first_date: '2026-05-01',
      last_date: null,
    }),
  )
}
