import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { CaseAction } from '../../domain/case-flow.ts'
import { notify } from '../../http/notices.ts'
import type { Moving, Step } from './step.ts'
import type { StoredCase } from './store.ts'
import { numberText } from '../../domain/case-number.ts'

/** What a shop is told of the ground before it. */
const TOLD_SHOPS: Partial<Record<CaseAction, string>> = {
  file: 'at_shop',
  send_back: 'shop_sent_back',
  verify: 'shop_closed',
}

/** Tells those whom a move concerns: units sent or called back, the shop, the leader who has to look, the reporter. */
export async function tellAbout({ trx, community, actor }: Moving, step: Step): Promise<void> {
  const { said, stored, kind, before, after } = step
  const notice = (what: string) => ({
    community_id: community.id,
    message_key: `notice.case_${what}`,
    params: { number: numberText(stored), kind_zh: kind.name_zh, kind_en: kind.name_en },
    case_id: stored.id,
  })
  const toUnit = (what: string, unit_id: string) =>
    notify(trx, notice(what), { role: 'unit', unit_id }, actor.account_id)
  if (said.action === 'dispatch')
    for (const { unit_id } of said.units ?? []) await toUnit('dispatched', unit_id)
  if (said.action === 'send_back')
    for (const unit of after.units) if (!unit.is_recalled) await toUnit('sent_back', unit.unit_id)
  if (said.action === 'recall')
    for (const unit of after.units) {
      const was = before.units.find((one) => one.unit_id === unit.unit_id)
      if (unit.is_recalled && was && !was.is_recalled) await toUnit('recalled', unit.unit_id)
    }
  const toldShop = TOLD_SHOPS[said.action]
  const merchant_id = toldShop && (await merchantOf(trx, community.id, stored, kind.is_public))
  if (toldShop && merchant_id)
    await notify(trx, notice(toldShop), { role: 'merchant', merchant_id }, actor.account_id)
  if (after.step === 'feedback' && before.step !== 'feedback')
    await notify(trx, notice('handled'), { role: 'leader' }, actor.account_id)
  if (said.action === 'note' && (actor.role === 'resident' || actor.role === 'merchant'))
    await notify(trx, notice('noted'), { role: 'leader' }, actor.account_id)
  if (said.action === 'ask_hand_over' || said.action === 'escalate')
    await notify(trx, notice(said.action), { role: 'leader' }, actor.account_id)
  const isOver =
    after.status !== before.status && after.status !== 'on_hold' && after.status !== 'open'
  if (!isOver) return
  const followers = await trx
    .selectFrom('case_file')
    .select('reported_by')
    .where('community_id', '=', community.id)
    .where((eb) => eb.or([eb('id', '=', stored.id), eb('original_id', '=', stored.id)]))
    .where('reported_by', 'is not', null)
    .distinct()
    .execute()
  for (const { reported_by } of followers)
    await notify(trx, notice(after.status), { account_id: reported_by! }, actor.account_id)
}

/** The merchant whom a case is about, or on whose ground it lies (of a kind that is public); null where there is none. */
async function merchantOf(
  trx: Transaction<Database>,
  communityId: string,
  { place_kind, place_id, subject_id }: Pick<StoredCase, 'place_kind' | 'place_id' | 'subject_id'>,
  isPublic: boolean,
): Promise<string | null> {
  const { rows } = await sql<{ merchant_id: string | null }>`select coalesce(
    (select s.merchant_id from subject as s where s.community_id = ${communityId} and s.id = ${subject_id}),
    (select f.merchant_id from frontage as f where f.community_id = ${communityId} and f.id = ${place_id}
      and ${place_kind} = 'frontage' and ${isPublic})) as merchant_id`.execute(trx)
  return rows[0]!.merchant_id
}
