import { type Static, Type } from 'typebox'
import {
  CalendarDate,
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
  WeeklyWindow,
  WeeklyWindows,
} from '../../http/shapes.ts'

/** Trading zones that are run: their stalls, who has which when, permits and calendars. */

export const ALLOCATION_STATUSES = ['requested', 'active', 'suspended', 'refused', 'ended'] as const
export type AllocationStatus = (typeof ALLOCATION_STATUSES)[number]
const STALL_STATES = ['free', 'held', 'suspended'] as const
/** The longest span that one calendar answers. */
export const MOST_DAYS = 62

const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })
const LocalDate = Type.String({
  format: 'date',
  pattern: '^(19|20|21)',
  description: 'YYYY-MM-DD, local',
})

export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })

const Suspension = Nullable(Type.Object({ reason: Type.String(), from_at: Instant }))
const ZoneFields = {
  id: Uuid,
  external_id: Nullable(Type.String()),
  name_zh: Nullable(Type.String()),
  name_en: Nullable(Type.String()),
  status: Literals(['draft', 'proposed', 'approved', 'suspended', 'ended']),
  category: Nullable(Type.String()),
  duties: Nullable(Type.String()),
  windows: Type.Array(WeeklyWindow),
  first_date: Nullable(CalendarDate),
  last_date: Nullable(CalendarDate),
  version: Type.Integer(),
  stalls: Type.Integer({ description: 'laid out' }),
  held_now: Type.Integer({ description: 'stalls that somebody has at this minute' }),
  suspension: Suspension,
}
export const TradingZone = Type.Object({
  ...ZoneFields,
  stalls_planned: Nullable(Type.Integer({ description: 'as the inventory says' })),
})
export type TradingZone = Static<typeof TradingZone>
export const TradingZoneList = Type.Object({ zones: Type.Array(TradingZone) })

export const Stall = Type.Object({
  id: Uuid,
  number: Type.Integer(),
  length_m: Type.Number(),
  depth_m: Type.Number(),
  geometry: GeometryShape,
  state: Literals(STALL_STATES, 'now'),
})
export type Stall = Static<typeof Stall>
export const StallList = Type.Object({ stalls: Type.Array(Stall) })

/** How stalls are to stand; what is left out is as usual. */
export const StallGridWish = Type.Object(
  {
    length_m: Type.Optional(Type.Number({ minimum: 0.5, maximum: 20 })),
    depth_m: Type.Optional(Type.Number({ minimum: 0.5, maximum: 20 })),
    gap_m: Type.Optional(Type.Number({ minimum: 0.1, maximum: 20 })),
    aisle_m: Type.Optional(Type.Number({ minimum: 0.5, maximum: 20 })),
    most: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 500 }))),
  },
  { additionalProperties: false },
)
export type StallGridWish = Static<typeof StallGridWish>

export const NewAllocation = Type.Object(
  {
    id: Uuid,
    stall_id: Uuid,
    merchant_id: Uuid,
    category: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
    windows: WeeklyWindows,
    first_date: LocalDate,
    last_date: LocalDate,
    are_duties_accepted: Type.Optional(
      Type.Boolean({ description: 'the merchant keeps to the duties of the zone' }),
    ),
  },
  { additionalProperties: false },
)
export type NewAllocation = Static<typeof NewAllocation>

/** `active` approves a request and lifts a suspension; refusing, suspending and ending say why. */
export const AllocationChange = Type.Object(
  {
    status: Type.Optional(Literals(['active', 'refused', 'suspended', 'ended'])),
    reason: Type.Optional(Reason),
    are_duties_accepted: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type AllocationChange = Static<typeof AllocationChange>

export const Allocation = Type.Object({
  id: Uuid,
  zone_id: Uuid,
  zone_name_zh: Nullable(Type.String()),
  zone_name_en: Nullable(Type.String()),
  stall_id: Uuid,
  stall_number: Type.Integer(),
  merchant_id: Uuid,
  merchant_name: Nullable(Type.String({ description: 'of the shop' })),
  status: Literals(ALLOCATION_STATUSES),
  category: Nullable(Type.String()),
  windows: Type.Array(WeeklyWindow),
  first_date: CalendarDate,
  last_date: CalendarDate,
  reason: Nullable(Type.String()),
  duties_at: Nullable(Instant),
  permit: Nullable(Type.String({ description: 'number of the permit, 2026-000001' })),
  ended_on: Nullable(CalendarDate),
  version: Type.Integer(),
})
export type Allocation = Static<typeof Allocation>
export const AllocationQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  zone_id: Type.Optional(Uuid),
  status: Type.Optional(Literals(ALLOCATION_STATUSES)),
})
export const AllocationList = Type.Object({ allocations: Type.Array(Allocation) })

export const NewSuspension = Type.Object({ reason: Reason }, { additionalProperties: false })

export const CalendarQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  from: LocalDate,
  to: Type.Optional(LocalDate),
})
/** Which stall somebody has when; who it is, staff and the merchant themselves are told. */
export const StallCalendar = Type.Object({
  from: CalendarDate,
  to: CalendarDate,
  occurrences: Type.Array(
    Type.Object({
      stall_id: Uuid,
      stall_number: Type.Integer(),
      date: CalendarDate,
      from: Type.String(),
      to: Type.String({ description: 'at or before `from`: on the next day' }),
      is_suspended: Type.Boolean(),
      allocation_id: Nullable(Uuid),
      merchant_name: Nullable(Type.String()),
    }),
  ),
})
export type StallCalendar = Static<typeof StallCalendar>

/** What the permit says and whoever scans it is told; the shop is named, no person. */
export const StallPermit = Type.Object({
  id: Uuid,
  number: Type.String(),
  state: Literals(['valid', 'not_yet', 'suspended', 'ended']),
  merchant_name: Nullable(Type.String()),
  community_name_zh: Nullable(Type.String()),
  community_name_en: Nullable(Type.String()),
  zone_id: Uuid,
  zone_name_zh: Nullable(Type.String()),
  zone_name_en: Nullable(Type.String()),
  stall_number: Type.Integer(),
  category: Nullable(Type.String()),
  duties: Nullable(Type.String()),
  windows: Type.Array(WeeklyWindow),
  first_date: CalendarDate,
  last_date: CalendarDate,
  checked_at: Instant,
})
export type StallPermit = Static<typeof StallPermit>

export const MerchantQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  q: Type.Optional(Type.String({ maxLength: 100 })),
})
export const MerchantList = Type.Object({
  merchants: Type.Array(
    Type.Object({
      id: Uuid,
      name_zh: Nullable(Type.String()),
      category: Nullable(Type.String()),
    }),
  ),
})
