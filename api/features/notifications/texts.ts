import type { WaitingNotice } from './store.ts'

/** E-mails and pushes in the reader's language; the page has the same keys in its own catalogue. */

interface Texts {
  subject: string
  notices: Record<string, string>
  open: string
  why: string
}

const ZH: Texts = {
  subject: '街序',
  notices: {
    case_reported: '新上报：{kind} {number}',
    case_dispatched: '派单给您单位：{kind} {number}',
    case_sent_back: '退回重办：{kind} {number}',
    case_recalled: '派单已撤回：{kind} {number}',
    case_noted: '上报人有补充：{kind} {number}',
    case_handled: '已处理，待核查：{kind} {number}',
    case_ask_hand_over: '单位请求转办：{kind} {number}',
    case_escalate: '已升级，请督办：{kind} {number}',
    case_closed: '已结案：{kind} {number}',
    case_refused: '不予立案：{kind} {number}',
    case_merged: '已并案：{kind} {number}',
    case_due_soon: '即将到期（{due}）：{kind} {number}',
    case_overdue: '已超时（{due}）：{kind} {number}',
    case_not_arrived: '{unit} 未按时到场：{kind} {number}',
    case_revisit_due: '今日回头看：{kind} {number}',
    case_at_shop: '您门前有待整改：{kind} {number}',
    case_shop_sent_back: '整改未通过，请再整改：{kind} {number}',
    case_shop_closed: '您门前的案卷已结：{kind} {number}',
    stall_requested: '新摊位申请：{kind} {number} 号',
    stall_granted: '摊位已批准：{kind} {number} 号',
    stall_refused: '摊位申请未批准：{kind} {number} 号',
    stall_suspended: '摊位已暂停：{kind} {number} 号',
    stall_resumed: '摊位已恢复：{kind} {number} 号',
    stall_ended: '摊位已收回：{kind} {number} 号',
    stall_zone_suspended: '疏导点已暂停：{kind}',
    stall_zone_resumed: '疏导点已恢复：{kind}',
  },
  open: '打开',
  why: '您在街序中选择了接收此类通知，可在账户设置里关闭。',
}

const EN: Texts = {
  subject: 'Jiexu',
  notices: {
    case_reported: 'New report: {kind} {number}',
    case_dispatched: 'Sent to your unit: {kind} {number}',
    case_sent_back: 'Sent back to be done again: {kind} {number}',
    case_recalled: 'Order called back: {kind} {number}',
    case_noted: 'Its reporter adds something: {kind} {number}',
    case_handled: 'Handled, waiting to be checked: {kind} {number}',
    case_ask_hand_over: 'A unit asks to hand over: {kind} {number}',
    case_escalate: 'Escalated, please see to it: {kind} {number}',
    case_closed: 'Closed: {kind} {number}',
    case_refused: 'Not taken up: {kind} {number}',
    case_merged: 'Merged with another case: {kind} {number}',
    case_due_soon: 'Due soon ({due}): {kind} {number}',
    case_overdue: 'Overdue ({due}): {kind} {number}',
    case_not_arrived: '{unit} did not arrive in time: {kind} {number}',
    case_revisit_due: 'To be looked at again today: {kind} {number}',
    case_at_shop: 'To be put right before your shop: {kind} {number}',
    case_shop_sent_back: 'Not put right yet, please see to it again: {kind} {number}',
    case_shop_closed: 'Closed before your shop: {kind} {number}',
    stall_requested: 'Stall asked for: {kind}, stall {number}',
    stall_granted: 'Stall given: {kind}, stall {number}',
    stall_refused: 'Stall refused: {kind}, stall {number}',
    stall_suspended: 'Stall suspended: {kind}, stall {number}',
    stall_resumed: 'Stall open again: {kind}, stall {number}',
    stall_ended: 'Stall ended: {kind}, stall {number}',
    stall_zone_suspended: 'Trading zone suspended: {kind}',
    stall_zone_resumed: 'Trading zone open again: {kind}',
  },
  open: 'Open',
  why: 'You chose to be told so in Jiexu; the settings of your account turn it off.',
}

/** Everything that can be said; tests hold both languages to the same keys. */
export const NOTICE_TEXTS = { 'zh-CN': ZH.notices, en: EN.notices }

export interface Letter {
  subject: string
  text: string
  /** Where it leads, below the service's address. */
  path: string
}

/** One notice as a letter. A key without a text of its own says the number alone. */
export function letterOf(notice: WaitingNotice, publicUrl: string | null): Letter {
  const isEnglish = notice.locale.startsWith('en')
  const texts = isEnglish ? EN : ZH
  const { params } = notice
  const due = typeof params['due_at'] === 'string' ? new Date(params['due_at']) : null
  const values: Record<string, string> = {
    number: String(params['number'] ?? ''),
    kind: String(params[isEnglish ? 'kind_en' : 'kind_zh'] ?? ''),
    unit: String(params[isEnglish ? 'unit_en' : 'unit_zh'] ?? ''),
    due: due ? localTime(due, notice) : '',
  }
  const pattern = texts.notices[notice.message_key.replace(/^notice\./, '')] ?? '{kind} {number}'
  const line = pattern.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '').trim()
  const community = (isEnglish ? notice.community_en : notice.community_zh) ?? ''
  const path = pathOf(notice)
  return {
    subject: `[${texts.subject}] ${line}`.replace(/[\r\n]+/g, ' '),
    text: [line, community, publicUrl && `${texts.open}: ${publicUrl}${path}`, '', texts.why]
      .filter((part) => part !== null)
      .join('\n'),
    path,
  }
}

/** Where somebody meets the case that a notice is about, by what they are in its community; as the page's own bell does. */
function pathOf({ case_id, message_key, params, roles, slug }: WaitingNotice): string {
  const at = (page: string, query: Record<string, string> = {}) =>
    `/${page}?${new URLSearchParams({ c: slug, ...query }).toString()}`
  if (case_id === null) return at('')
  if (roles.includes('unit')) return at('inbox')
  if (roles.includes('merchant') && message_key.includes('shop'))
    return at('merchant', { case: case_id })
  if (roles.includes('leader') || roles.includes('planner')) return at('cases', { case: case_id })
  if (roles.includes('inspector')) return at('inspect', { do: 'case', case: case_id })
  return at('report', { number: String(params['number'] ?? '') })
}

const localTime = (at: Date, { locale, time_zone }: WaitingNotice): string =>
  new Intl.DateTimeFormat(locale.startsWith('en') ? 'en-GB' : 'zh-CN', {
    timeZone: time_zone,
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
