import { IntlMessageFormat } from 'intl-messageformat'
import { messages as zhCN } from './zh-CN/index.ts'

export type MessageKey = keyof typeof zhCN
type Messages = Readonly<Record<MessageKey, string>>
export type Locale = 'zh-CN' | 'en'
export type Values = Record<string, string | number | null | undefined>

/** The other languages come when somebody asks for them. */
const CATALOGUES: Record<Locale, () => Promise<Messages>> = {
  'zh-CN': async () => zhCN,
  en: async () => (await import('./en/index.ts')).messages,
}
export const LOCALES: readonly { id: Locale; name: string }[] = [
  { id: 'zh-CN', name: '中文' },
  { id: 'en', name: 'English' },
]
const REMEMBERED = 'jiexu.locale'

class TextState {
  locale = $state<Locale>('zh-CN')
  messages = $state.raw<Messages>(zhCN)
  /** IANA name; times are read on the community's clock, wherever the reader sits. */
  timeZone = $state('Asia/Shanghai')
}
const state = new TextState()
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- a cache that nobody watches
const formats = new Map<string, IntlMessageFormat>()

/** The language in force. Reactive: whatever reads it is drawn anew when it changes. */
export const locale = (): Locale => state.locale

/** The remembered language, Chinese where none is. */
export function startingLocale(): Locale {
  return localStorage.getItem(REMEMBERED) === 'en' ? 'en' : 'zh-CN'
}

/** Changes the language of the whole page and remembers it. */
export async function setLocale(next: Locale): Promise<void> {
  const messages = await CATALOGUES[next]()
  state.messages = messages
  state.locale = next
  document.documentElement.lang = next
  localStorage.setItem(REMEMBERED, next)
}

/** Sets the clock that times are shown on. */
export function setTimeZone(timeZone: string): void {
  state.timeZone = timeZone
}

/** The community's clock (IANA name). */
export const timeZone = (): string => state.timeZone

/** The message of a key in the language in force, its ICU placeholders filled from `values`. */
export function t(key: MessageKey, values?: Values): string {
  const message = state.messages[key]
  if (!message.includes('{')) return message
  const id = `${state.locale} ${key}`
  let format = formats.get(id)
  if (!format) {
    format = new IntlMessageFormat(message, state.locale, undefined, { ignoreTag: true })
    formats.set(id, format)
  }
  return String(format.format(values))
}

/** Whether the catalogue has a key: for keys made of data, such as a problem's code. */
export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(zhCN, key)
}

/** A record's name in the language in force, else in the other one, else its source id, else `otherwise`. */
export function nameOf(
  record: {
    name_zh?: string | null | undefined
    name_en?: string | null | undefined
    external_id?: string | null | undefined
  },
  otherwise = '',
): string {
  const { name_zh: zh, name_en: en } = record
  return (state.locale === 'en' ? en || zh : zh || en) || record.external_id || otherwise
}
