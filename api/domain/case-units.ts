/** The units that a case is with: who is still at work, who may be sent besides. */

/** One unit's part in the case, its latest order only. A recalled one stays listed until it is dispatched again. */
export interface UnitState {
  unit_id: string
  is_lead: boolean
  accepted: boolean
  arrived: boolean
  signed_off: boolean
  is_recalled: boolean
}

/** One unit to be sent. */
export interface UnitOrder {
  unit_id: string
  is_lead: boolean
}

/** Still at work: neither called back nor signed off. */
export const isOutstanding = (unit: UnitState): boolean => !unit.is_recalled && !unit.signed_off

/** Only who is still at work is called back: a sign-off stands. */
export const isRecalledBy = (unit: UnitState, unitId: string | null | undefined): boolean =>
  isOutstanding(unit) && (unitId == null || unit.unit_id === unitId)

/** Why these units cannot be sent besides those that have the case; null when they can. One unit leads, no more. */
export function refusalOfOrder(
  present: readonly UnitState[],
  added: readonly UnitOrder[],
): string | null {
  const active = present.filter((unit) => !unit.is_recalled)
  const ids = added.map((unit) => unit.unit_id)
  if (ids.length === 0) return 'a dispatch needs a unit'
  if (new Set(ids).size < ids.length) return 'a unit is named twice'
  if (active.some((unit) => ids.includes(unit.unit_id)))
    return 'the case is already with one of these units'
  const leads = [...active, ...added].filter((unit) => unit.is_lead).length
  return leads === 1 ? null : `one unit leads a case, here ${leads} would`
}

/** The units of a case with those newly sent; a recalled one that is sent again begins anew. */
export function withOrder(units: readonly UnitState[], added: readonly UnitOrder[]): UnitState[] {
  const fresh = added.map(({ unit_id, is_lead }) => ({
    unit_id,
    is_lead,
    accepted: false,
    arrived: false,
    signed_off: false,
    is_recalled: false,
  }))
  const stays = units.filter((unit) => !fresh.some((one) => one.unit_id === unit.unit_id))
  return [...stays, ...fresh]
}
