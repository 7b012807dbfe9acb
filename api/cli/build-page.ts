import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MARK = path.join(ROOT, 'web/dist/.built-from')
/** What the page is made of: its own sources, and the contracts and rules that it shares with the server. */
const SOURCES = [
  'web/index.html',
  'web/vite.config.ts',
  'web/public',
  'web/src',
  'api/domain',
  'api/features',
  'geodata/rule-packs',
  'package-lock.json',
]

/** Whether the built page comes from today's sources, told by their names, sizes and contents. */
export function isPageCurrent(): boolean {
  return existsSync(MARK) && readFileSync(MARK, 'utf8') === sourcesMark()
}

/** Builds the page into `web/dist`. @throws what the build says. */
export async function buildPage(): Promise<void> {
  const { build } = await import('vite')
  await build({
    root: path.join(ROOT, 'web'),
    configFile: path.join(ROOT, 'web/vite.config.ts'),
    logLevel: 'warn',
    // Where the build spends its time is no news to somebody who starts the service.
    build: { rolldownOptions: { checks: { pluginTimings: false } } },
  })
  writeFileSync(MARK, sourcesMark())
}

function sourcesMark(): string {
  const hash = createHash('sha256')
  const read = (file: string) => {
    if (!existsSync(file)) return
    if (statSync(file).isDirectory())
      for (const name of readdirSync(file).sort()) read(path.join(file, name))
    else hash.update(path.relative(ROOT, file)).update(readFileSync(file))
  }
  for (const source of SOURCES) read(path.join(ROOT, source))
  return hash.digest('hex')
}
