import { createHash } from 'node:crypto'
import { idOf } from '../../../geodata/tongjian/frame.ts'

/** Vehicles and shops that the sample's cases are about, some of them again and again. */

const VEHICLES = 21

/** What lies around an event. */
export interface Around {
  segment_id: string | null
  side: 'left' | 'right' | null
  place_kind: string | null
  place_id: string | null
  merchant_id: string | null
}

/** A row of the table of that name. */
export interface Subject {
  id: string
  kind: 'vehicle' | 'merchant'
  plate_hash: string | null
  plate_mask: string | null
  merchant_id: string | null
}

/** Whom a case is about, by its kind: a shop only where one is near. `index` chooses one of the invented vehicles. */
export function subjectOf(
  kind: 'none' | 'vehicle' | 'merchant',
  around: Around,
  index: number,
): Subject | null {
  if (kind === 'vehicle') {
    const vehicle = index % VEHICLES
    return {
      id: idOf(`vehicle ${vehicle}`),
      kind,
      // Of no plate: nobody who types one finds an invented vehicle.
      plate_hash: createHash('sha256').update(`sample vehicle ${vehicle}`).digest('hex'),
      plate_mask: `藏A·***${String((vehicle * 37 + 11) % 100).padStart(2, '0')}`,
      merchant_id: null,
    }
  }
  if (kind === 'none' || around.merchant_id === null) return null
  const { merchant_id } = around
  return {
    id: idOf(`subject ${merchant_id}`),
    kind,
    plate_hash: null,
    plate_mask: null,
    merchant_id,
  }
}
