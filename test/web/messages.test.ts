import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'
import t from 'tap'
import { PROBLEMS } from '../../api/http/problem.ts'
import { messages as en } from '../../web/src/lib/text/en/index.ts'
import { messages as zhCN } from '../../web/src/lib/text/zh-CN/index.ts'

const WEB = fileURLToPath(new URL('../../web/src/', import.meta.url))
const chinese: Readonly<Record<string, string>> = zhCN
const english: Readonly<Record<string, string>> = en

/** A piece of a parsed message: text (0), `#` (7), or something that is filled in under a name. */
interface Piece {
  type: number
  value?: string
  options?: Record<string, { value: Piece[] }>
}

/** Names that a message fills in: `{count, plural, …}` and `{name}` alike, also inside of a plural. */
function placeholders(message: string): string[] {
  const namesOf = (pieces: readonly Piece[]): string[] =>
    pieces.flatMap(({ type, value, options }) => [
      ...(type === 0 || value === undefined ? [] : [value]),
      ...Object.values(options ?? {}).flatMap((option) => namesOf(option.value)),
    ])
  return [...new Set(namesOf(new IntlMessageFormat(message).getAst()))].sort()
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return sources(file)
    return /\.(ts|svelte)$/.test(entry.name) ? [file] : []
  })
}

t.test('every message is there in Chinese and in English, and none is empty', (t) => {
  t.same(Object.keys(english).sort(), Object.keys(chinese).sort())
  for (const [key, message] of Object.entries({ ...chinese }))
    t.ok(message.trim() !== '' && english[key]!.trim() !== '', key)
  t.end()
})

t.test('a message fills in the same values in both languages', (t) => {
  for (const key of Object.keys(chinese)) {
    // What a plural says differs; Chinese may have none where English does.
    const [zh, en] = [placeholders(chinese[key]!), placeholders(english[key]!)]
    t.same(zh, en, key)
  }
  t.end()
})

t.test('every key that the page names is in the catalogue', (t) => {
  const areas = new Set(Object.keys(chinese).map((key) => key.split('.')[0]!))
  const unknown: string[] = []
  for (const file of sources(WEB)) {
    if (file.includes(`${path.sep}lib${path.sep}text${path.sep}`)) continue
    for (const [, key] of readFileSync(file, 'utf8').matchAll(/\bt\(\s*'([^']+)'/g))
      if (!Object.hasOwn(chinese, key!)) unknown.push(`${path.basename(file)}: ${key}`)
    // Keys made of data: at least one message must begin so.
    for (const [, start] of readFileSync(file, 'utf8').matchAll(/\bt\(\s*`([\w.-]+)\$\{/g))
      if (!Object.keys(chinese).some((key) => key.startsWith(start!)))
        unknown.push(`${path.basename(file)}: ${start}…`)
  }
  t.ok(areas.size >= 10)
  t.same(unknown, [])
  t.end()
})

t.test('every problem that the service can answer is told in both languages', (t) => {
  const untold = (messages: Readonly<Record<string, string>>) =>
    Object.keys(PROBLEMS).filter((code) => !messages[`error.${code}`]?.trim())
  t.same({ 'zh-CN': untold(chinese), en: untold(english) }, { 'zh-CN': [], en: [] })
  t.end()
})

t.test('no message tells of a problem that the service does not know', (t) => {
  // Made by the page itself, or the last resort for what has no text.
  const OWN = ['offline', 'unknown', 'server']
  const told = Object.keys(chinese).filter((key) => key.startsWith('error.'))
  const known = [...Object.keys(PROBLEMS), ...OWN]
  t.same(
    told.filter((key) => !known.includes(key.slice('error.'.length))),
    [],
  )
  t.end()
})
