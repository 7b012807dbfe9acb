import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { testDatabaseSettings } from '../fixtures/database.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const { databaseUrl, dataDir, drop } = await testDatabaseSettings('empty')
/** The program's sources once more, to be changed; beside links to the packages, so that its bundles are its own. */
const copy = mkdtempSync(path.join(tmpdir(), 'jiexu-copy-'))
const bundles = () =>
  readdirSync(path.join(copy, 'node_modules/.cache/jiexu')).filter((name) => /\.mjs$/.test(name))

t.before(() => {
  for (const name of ['api', 'migrations', 'geodata', 'package.json', 'package-lock.json'])
    cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true })
  mkdirSync(path.join(copy, 'node_modules'))
  for (const name of readdirSync(path.join(ROOT, 'node_modules')))
    if (name !== '.cache')
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(copy, 'node_modules', name))
})
t.teardown(async () => {
  rmSync(copy, { recursive: true, force: true })
  await drop()
})

/** Runs the copy as a person would who stands in another folder. */
async function jiexu(...words: string[]) {
  const child = spawn(process.execPath, [path.join(copy, 'api/cli/jiexu.js'), ...words], {
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: dataDir,
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    },
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (child.exitCode === null) await once(child, 'exit')
  return { code: child.exitCode, out, err }
}

t.test('the program is bundled once, and anew when a source has changed', async (t) => {
  t.match(await jiexu('--help'), { code: 0, out: /^Usage: jiexu / })
  const [first, ...others] = bundles()
  t.same(others, [])
  await jiexu('--help')
  t.same(bundles(), [first])

  const source = path.join(copy, 'api/cli/main.ts')
  const words = readFileSync(source, 'utf8')
  t.ok(words.includes("new Command('jiexu')"))
  writeFileSync(source, words.replace("new Command('jiexu')", "new Command('order')"))
  t.match(await jiexu('--help'), { code: 0, out: /^Usage: order / })
  t.equal(bundles().length, 2)
})

t.test('a migration that was added is part of it, from whichever folder it is run', async (t) => {
  writeFileSync(
    path.join(copy, 'migrations/2099-01-01-0000-bundled.ts'),
    `import { sql, type Kysely } from 'kysely'
    export const up = (db: Kysely<never>) => sql\`create table bundled (id int)\`.execute(db)`,
  )
  t.match(await jiexu('migrate'), { code: 0, out: '2099-01-01-0000-bundled\n' })
})

t.test('a stack trace names the line of the source', async (t) => {
  const source = path.join(copy, 'api/cli/main.ts')
  const lines = readFileSync(source, 'utf8').split('\n')
  const at = lines.indexOf('try {')
  writeFileSync(source, lines.toSpliced(at, 0, "throw new Error('on purpose')").join('\n'))
  const { code, err } = await jiexu('--help')
  t.equal(code, 1)
  t.match(err, `api/cli/main.ts:${at + 1}:7`)
})

t.test('sources that do not hold together are told, and nothing is kept of them', async (t) => {
  const before = bundles()
  writeFileSync(path.join(copy, 'api/cli/plain-error.ts'), 'export const other = 1\n')
  const { code, err } = await jiexu('--help')
  t.equal(code, 1)
  t.match(err, /api\/cli\/main\.ts:\d+:\d+: ERROR: No matching export .* for import "plainError"/)
  t.same(bundles(), before)
})
