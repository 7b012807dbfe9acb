import { type Static, Type } from 'typebox'
import { CommunityRef, Literals, Nullable } from '../../http/shapes.ts'

/** The monthly bulletin 月度通报, per unit and per grid, in the columns that city management prints. */

const Month = Type.String({
  pattern: '^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$',
  description: 'local month, YYYY-MM',
})

export const BulletinQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  month: Month,
  lang: Type.Optional(Literals(['zh-CN', 'en'])),
})

/** The hazard ledger of all times, or of what was found in one month. */
export const HazardQuery = Type.Partial(BulletinQuery)

const Share = Nullable(Type.Number({ minimum: 0, maximum: 1 }))

export const BulletinRow = Type.Object({
  id: Nullable(Type.String()),
  name_zh: Nullable(Type.String()),
  name_en: Nullable(Type.String()),
  dispatched: Type.Integer({ description: '派遣案件总数' }),
  closed_on_time: Type.Integer({ description: '按时办结数' }),
  closed_late: Type.Integer({ description: '超时办结数' }),
  open: Type.Integer({ description: '未办结数' }),
  closed_share: Share,
  on_time_share: Share,
  dissatisfied: Type.Integer({ description: '不满意数' }),
  dissatisfied_share: Share,
})
export type BulletinRow = Static<typeof BulletinRow>

/** Every unit and grid has a line, also with nothing in it; `id` null gathers what belongs to none. */
export const Bulletin = Type.Object({
  month: Type.String(),
  time_zone: Type.String(),
  units: Type.Array(BulletinRow),
  grids: Type.Array(BulletinRow),
  total: BulletinRow,
})
export type Bulletin = Static<typeof Bulletin>
