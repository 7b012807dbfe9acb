import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { messages as en } from '../../web/src/lib/text/en/index.ts'
import { messages as zhCN } from '../../web/src/lib/text/zh-CN/index.ts'

const WEB = fileURLToPath(new URL('../../web/src/', import.meta.url))
const chinese: Readonly<Record<string, string>> = zhCN
const english: Readonly<Record<string, string>> = en

/** Names in braces that a message fills in: `{count, plural, …}` and `{name}` alike. */
function placeholders(message: string): string[] {
  const names = [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1]!)
  return [...new Set(names)].sort()
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
