import { type Static, Type } from 'typebox'
import { CalendarDate, CommunityRef, Literals, Nullable, WeeklyWindows } from '../../http/shapes.ts'

/** When the offices of a community work: what the limits of its cases are counted in. */

/** With fewer hours than this a limit of a few days would fall due years later. */
export const LEAST_WEEKLY_MINUTES = 5 * 60
const MOST_DAYS = 400

const Name = Nullable(Type.String({ minLength: 1, maxLength: 100 }))

/** A day off or a make-up workday of the community's own; it wins over the country's holidays. */
const CalendarDay = Type.Object(
  {
    date: CalendarDate,
    is_working: Type.Boolean(),
    name_zh: Type.Optional(Name),
    name_en: Type.Optional(Name),
  },
  { additionalProperties: false },
)

const Fields = {
  windows: WeeklyWindows,
  holidays: Literals(['cn', 'none'], 'cn: as the State Council announces them'),
  days: Type.Array(CalendarDay, {
    maxItems: MOST_DAYS,
    description: 'days of its own: off as 藏历新年 or 雪顿节, or worked to make up for one',
  }),
}

export const CalendarChange = Type.Object(Fields, { additionalProperties: false })
export type CalendarChange = Static<typeof CalendarChange>

export const CalendarView = Type.Object({
  ...Fields,
  time_zone: Type.String(),
  weekly_minutes: Type.Number({ description: 'worked in a week without holidays' }),
  version: Type.Integer(),
})
export type CalendarView = Static<typeof CalendarView>

export const CalendarQuery = Type.Object({ community: Type.Optional(CommunityRef) })
