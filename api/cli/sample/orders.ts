import { createHash } from 'node:crypto'
import type { Beat } from './stories.ts'

/** Orders of the sample 吹哨单, as rows of `dispatch` and `dispatch_unit`. */

type Row = Record<string, unknown>

/** One order under the id of the step that sent it, with a part for each unit. */
export function newOrder(
  id: string,
  times: { sent: Date; arrive: Date | null; handle: Date | null },
  units: readonly { unit_id: string; is_lead: boolean }[],
): { dispatch: Row; units: Row[] } {
  return {
    dispatch: {
      id,
      arrive_by: times.arrive,
      handle_by: times.handle,
      message: null,
      dispatched_by: null,
      dispatched_at: times.sent,
      recalled_at: null,
    },
    units: units.map((unit) => ({
      ...unit,
      dispatch_id: id,
      accepted_at: null,
      arrived_at: null,
      hand_over_at: null,
      hand_over_why: null,
      result: null,
      signed_off_at: null,
      recalled_at: null,
      link_hash: unusableHash(`${id} ${unit.unit_id}`),
    })),
  }
}

/** Writes a unit's answer into its part of the order. */
export function answerOrder(order: Row, beat: Beat, date: Date): void {
  order['accepted_at'] ??= beat.action === 'ask_hand_over' ? null : date
  if (beat.action === 'arrive') order['arrived_at'] = date
  if (beat.action === 'ask_hand_over')
    Object.assign(order, { hand_over_at: date, hand_over_why: beat.reason })
  if (beat.action === 'report_result')
    Object.assign(order, { signed_off_at: date, result: beat.result })
}

/** Fills the column of a link that nobody holds: no token is known whose hash this is. */
const unusableHash = (name: string) => createHash('sha512').update(name).digest('hex').slice(0, 64)
