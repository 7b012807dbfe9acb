import { type Feature, feature, rectangle } from './frame.ts'

/** Closures: works in the middle of a lane that meet nothing, and an event that takes a row of kerb bays. */
const CLOSURES = [
  {
    area: [-110, -4, -80, 4],
    name_zh: '统建巷给水管维修(示意)',
    name_en: 'Water main repair, Tongjian Lane (schematic)',
    kind: 'road_works',
    reason: '给水管更换(示例)',
    windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr'], from: '09:00', to: '17:00' }],
    first_date: '2026-10-12',
    last_date: '2026-10-23',
  },
  {
    area: [-308, 30, -303, 90],
    name_zh: '西侧路邻里节(示例)',
    name_en: 'Neighbours’ day, West Side Road (sample)',
    kind: 'event',
    reason: '社区活动(示例)',
    windows: [{ days: ['sa'], from: '14:00', to: '18:00' }],
    first_date: '2026-10-17',
    last_date: '2026-10-17',
  },
] as const

/** Two closures; the second takes 2.2 m × 60 m = 132 m² of KERB-4 for four hours. */
export function closures(): Feature[] {
  return CLOSURES.map(({ area, ...closure }, index) =>
    feature(`CL-${index + 1}`, rectangle(area), closure),
  )
}
