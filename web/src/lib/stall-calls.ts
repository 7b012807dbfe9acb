import type { Static } from 'typebox'
import type {
  Allocation,
  AllocationChange,
  AllocationList,
  MerchantList,
  NewAllocation,
  NewSuspension,
  StallCalendar,
  StallGridWish,
  StallList,
  StallPermit,
  TradingZone,
  TradingZoneList,
} from '../../../api/features/stalls/contract.ts'

/** The calls of trading zones, their stalls and permits; see `api.ts`. */
export interface StallCalls {
  'GET /api/vendor_zones': { reply: Static<typeof TradingZoneList> }
  'GET /api/vendor_zones/:id/stalls': { reply: Static<typeof StallList> }
  'PUT /api/vendor_zones/:id/stalls': { reply: Static<typeof StallList>; body: StallGridWish }
  'GET /api/vendor_zones/:id/calendar': { reply: StallCalendar }
  'POST /api/vendor_zones/:id/suspension': {
    reply: TradingZone
    body: Static<typeof NewSuspension>
  }
  'DELETE /api/vendor_zones/:id/suspension': { reply: TradingZone }
  'GET /api/stall_allocations': { reply: Static<typeof AllocationList> }
  'POST /api/stall_allocations': { reply: Allocation; body: NewAllocation }
  'PATCH /api/stall_allocations/:id': { reply: Allocation; body: AllocationChange }
  'GET /api/stall_merchants': { reply: Static<typeof MerchantList> }
  'GET /api/stall_permits/:id': { reply: StallPermit }
}
