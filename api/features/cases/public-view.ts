import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { readKind } from './case-state.ts'
import type { PublicCase } from './contract.ts'
import { numberText } from '../../domain/case-number.ts'
import { type StoredCase, textOf } from './store.ts'

/**
 * What anybody may know of a case: the steps it took, which unit holds it and until when. Words that people wrote,
 * subjects, photos and who acted are left out. A follower of a repeated report sees how the first one stands.
 */
export async function publicView(
  trx: Transaction<Database>,
  communityId: string,
  stored: StoredCase,
  reader: 'anybody' | 'follower' | 'reporter',
): Promise<PublicCase> {
  const isReporter = reader === 'reporter'
  const kind = await readKind(trx, communityId, stored.kind_id)
  const steps = await trx
    .selectFrom('case_step as s')
    .leftJoin('partner_unit as u', (join) =>
      join.onRef('u.community_id', '=', 's.community_id').onRef('u.id', '=', 's.unit_id'),
    )
    .select(['s.action', 's.to_step', 's.to_status', 's.at', 'u.name_zh', 'u.name_en'])
    .where('s.community_id', '=', communityId)
    .where('s.case_id', '=', stored.id)
    .where('s.action', '!=', 'escalate')
    // Of notes only those of whoever reported it, to themselves: that they were received.
    .where((eb) =>
      eb.or([
        eb('s.action', '!=', 'note'),
        ...(isReporter ? [eb('s.actor_role', 'in', ['resident', 'merchant'])] : []),
      ]),
    )
    .orderBy('s.at')
    .orderBy('s.id')
    .execute()
  const holder = stored.lead_unit_id
    ? await trx
        .selectFrom('partner_unit')
        .select(['name_zh', 'name_en'])
        .where('community_id', '=', communityId)
        .where('id', '=', stored.lead_unit_id)
        .executeTakeFirst()
    : undefined
  const original = stored.original_id
    ? await trx
        .selectFrom('case_file')
        .select(['year', 'serial'])
        .where('community_id', '=', communityId)
        .where('id', '=', stored.original_id)
        .executeTakeFirst()
    : undefined
  const isOpen = stored.status === 'open' || stored.status === 'on_hold'
  return {
    number: numberText(stored),
    kind: { name_zh: kind.name_zh, name_en: kind.name_en },
    step: stored.step,
    status: stored.status,
    found_at: stored.found_at.toISOString(),
    place_name: stored.place_name,
    lon: stored.lon,
    lat: stored.lat,
    holder: isOpen ? (holder ?? null) : null,
    due_at: isOpen ? textOf(stored.due_at) : null,
    is_overdue: stored.is_overdue,
    original_number: original ? numberText(original) : null,
    closed_at: textOf(stored.closed_at),
    satisfaction: stored.satisfaction,
    steps: steps.map(({ name_zh, name_en, at, ...step }) => ({
      ...step,
      action: step.action as PublicCase['steps'][number]['action'],
      unit: name_zh === null ? null : { name_zh, name_en },
      at: at.toISOString(),
    })),
    is_mine: reader !== 'anybody',
    may_add: isReporter && isOpen,
    may_rate: isReporter && stored.step === 'verification' && stored.status === 'closed',
  }
}
