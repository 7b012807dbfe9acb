import { type Box, type Feature, feature, idOf, rectangle, twoDigits } from './frame.ts'

/** Where vehicles stand: 36 bike bays, four car bays on the kerb, four yards, five lots of partner units. */

const EVERY_DAY = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su']
const WORKDAYS = ['mo', 'tu', 'we', 'th', 'fr']
const DAYS_OFF = ['sa', 'su', 'ph']

/** Every bike bay: length along the kerb, depth, and places 0.8 m wide across the kerb (6 / 0.8 holds 7). */
const BIKE_BAY = { length_m: 6, depth_m: 1.8, place_width_m: 0.8, capacity: 7 }

const steps = (first: number, step: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + step * index)

/** The rows of bike bays: the side's segment, the near edge in v, and where each bay begins in u. */
const BIKE_ROWS = [
  { segment: 'SEG-M1', v: 5.3, starts: steps(-290, 29.5, 10) },
  { segment: 'SEG-M2', v: 5.3, starts: [21, 34.5, 64, 93.5, 123, 168.5, 182, 211.5, 241, 270.5] },
  { segment: 'SEG-S1', v: -231.7, starts: [...steps(-296, 15.5, 8), ...steps(-142, 16, 8)] },
] as const

const KERBS: { area: Box; capacity: number; segment: string }[] = [
  { area: [-290, 234, -170, 236.2], capacity: 20, segment: 'SEG-N1' },
  { area: [20, 234, 128, 236.2], capacity: 18, segment: 'SEG-N2' },
  { area: [-305.2, -220, -303, -124], capacity: 16, segment: 'SEG-Wd1' },
  { area: [-305.2, 20, -303, 104], capacity: 14, segment: 'SEG-Wd2' },
]

const YARDS: { area: Box; capacity: number }[] = [
  { area: [-250, -180, -170, -136], capacity: 60 },
  { area: [50, -180, 130, -136], capacity: 60 },
  { area: [-250, 56, -180, 106], capacity: 50 },
  { area: [170, 56, 260, 106], capacity: 70 },
]

interface SharedLot {
  area: Box
  owner: { unit: string; name_zh: string; name_en: string }
  capacity: number
  spaces_shared: number
  windows: { days: string[]; from: string; to: string }[]
}

const NIGHTS = [{ days: [...EVERY_DAY, 'ph'], from: '20:00', to: '07:30' }]

/** Lots that lie outside the boundary and lend spaces to residents: 14 + 12 + 10 + 9 + 9 = 54. */
const SHARED: SharedLot[] = [
  {
    area: [-380, -180, -340, -150],
    owner: { unit: 'U-06', name_zh: '学校(示例)', name_en: 'School (sample)' },
    capacity: 40,
    spaces_shared: 14,
    windows: [
      { days: WORKDAYS, from: '19:00', to: '07:00' },
      { days: DAYS_OFF, from: '00:00', to: '24:00' },
    ],
  },
  {
    area: [350, 60, 386, 88],
    owner: { unit: 'U-07', name_zh: '机关单位(示例)', name_en: 'Government office (sample)' },
    capacity: 34,
    spaces_shared: 12,
    windows: [
      { days: WORKDAYS, from: '18:30', to: '08:00' },
      { days: DAYS_OFF, from: '09:00', to: '22:00' },
    ],
  },
  {
    area: [-190, -300, -160, -276],
    owner: { unit: 'U-08', name_zh: '银行(示例)', name_en: 'Bank (sample)' },
    capacity: 24,
    spaces_shared: 10,
    windows: NIGHTS,
  },
  {
    area: [90, 260, 120, 282],
    owner: { unit: 'U-09', name_zh: '医院(示例)', name_en: 'Hospital (sample)' },
    capacity: 22,
    spaces_shared: 9,
    windows: NIGHTS,
  },
  {
    area: [370, -200, 396, -176],
    owner: { unit: 'U-10', name_zh: '市场(示例)', name_en: 'Market (sample)' },
    capacity: 20,
    spaces_shared: 9,
    windows: NIGHTS,
  },
]

/** All forty bays, as painted on the footway (bikes) and along the kerb (cars). */
export function bays(): Feature[] {
  const bikeBays = BIKE_ROWS.flatMap(({ segment, v, starts }) =>
    starts.map((u) => ({
      segment,
      area: [u, v, u + BIKE_BAY.length_m, v + BIKE_BAY.depth_m] as const,
    })),
  ).map(({ segment, area }, index) =>
    feature(`BAY-${twoDigits(index + 1)}`, rectangle(area), {
      name_zh: `${index + 1}号非机动车位`,
      name_en: `Bike bay ${index + 1}`,
      vehicle_classes: ['bicycle', 'e_bike'],
      layout: 'perpendicular',
      rows: 1,
      unit_length_m: BIKE_BAY.depth_m,
      unit_width_m: BIKE_BAY.place_width_m,
      capacity: BIKE_BAY.capacity,
      charging: 0,
      covered: false,
      // The last four are decided but not painted yet.
      status: index < 32 ? 'painted' : 'approved',
      segment_id: idOf(segment),
      side: 'left',
      windows: null,
      restrictions: null,
    }),
  )
  const kerbBays = KERBS.map(({ area, capacity, segment }, index) =>
    feature(`KERB-${index + 1}`, rectangle(area), {
      name_zh: `${index + 1}号路侧车位`,
      name_en: `Kerb bay ${index + 1}`,
      vehicle_classes: ['car'],
      layout: 'parallel',
      rows: 1,
      unit_length_m: 6,
      unit_width_m: 2.2,
      capacity,
      charging: 0,
      covered: false,
      status: 'painted',
      segment_id: idOf(segment),
      side: 'right',
      windows: null,
      restrictions: null,
    }),
  )
  return [...bikeBays, ...kerbBays]
}

/** Yards of the residents and lots of the partner units. */
export function lots(): Feature[] {
  const yards = YARDS.map(({ area, capacity }, index) =>
    feature(`YARD-${index + 1}`, rectangle(area), {
      name_zh: `${index + 1}号院内停车场(示例)`,
      name_en: `Yard ${index + 1} (sample)`,
      kind: 'dedicated',
      owner_unit: '物业(示例)',
      capacity,
      windows: null,
      fee: '居民免费(示例)',
      charging: index % 2 === 0 ? 4 : 0,
      covered: false,
    }),
  )
  const shared = SHARED.map(({ area, owner, capacity }, index) =>
    feature(`SHARED-${index + 1}`, rectangle(area), {
      name_zh: `${owner.name_zh.replace('(示例)', '')}共享停车场(示例)`,
      name_en: `${owner.name_en.replace(' (sample)', '')} shared lot (sample)`,
      kind: 'dedicated',
      owner_unit: owner.name_zh,
      capacity,
      windows: null,
      fee: '共享时段免费(示例)',
      charging: 0,
      covered: false,
    }),
  )
  return [...yards, ...shared]
}

/** The agreements by which partner units open spaces to residents. */
export function sharingAgreements() {
  return SHARED.map(({ owner, spaces_shared, windows }, index) => ({
    id: idOf(`SA-${index + 1}`),
    external_id: `SA-${index + 1}`,
    lot_id: idOf(`SHARED-${index + 1}`),
    unit_id: idOf(owner.unit),
    spaces_shared,
    windows,
    audience: '社区居民',
    first_date: '2026-05-01',
    last_date: '2027-04-30',
    status: 'active',
  }))
}
