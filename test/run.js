// Runs the suite: finds or installs the browser the page's tests need, compiles the tests and builds the page once for
// all of them, then hands over to tap. Plain JavaScript, so that it runs before anything is compiled. Arguments are passed on to tap.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Parser } from 'tap-parser'
import { compileTests } from './runner/compile.js'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

process.env['CHROMIUM'] = findBrowser() ?? installBrowser()

const TAP = 'node_modules/tap/dist/esm/run.mjs'
// In a fresh checkout tap must build itself for the plugins of .taprc before its first run, not during it.
if (!existsSync('.tap/plugins')) spawnSync(process.execPath, [TAP, 'build'], { stdio: 'inherit' })

const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-suite-'))
const output = path.join(folder, 'suite.tap')
const began = performance.now()
const compiled = await compileTests()
process.env['COMPILED_TESTS'] = compiled
await buildPageOnce()
const { status } = spawnSync(
  process.execPath,
  [TAP, `--output-file=${output}`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
const asserts = existsSync(output)
  ? Parser.parse(readFileSync(output, 'utf8'), { flat: true }).filter(([name]) => name === 'assert')
  : []
const failed = asserts.filter(([, result]) => !result.ok && !result.todo && !result.skip).length
const skipped = asserts.filter(([, result]) => result.skip).length
const passed = asserts.length - failed - skipped
rmSync(folder, { recursive: true, force: true })
rmSync(compiled, { recursive: true, force: true })
console.log(`\nthe suite took ${((performance.now() - began) / 1000).toFixed(0)} s`)
console.log(
  `${passed} passed, ${Math.max(failed, status === 0 ? 0 : 1)} failed, ${skipped} skipped`,
)
process.exit(status ?? 1)

/** Before the first file that shows it: two that start side by side would build into the same folder. */
async function buildPageOnce() {
  const { buildPage, isPageCurrent } = await import(
    pathToFileURL(path.join(compiled, 'api/cli/build-page.mjs')).href
  )
  if (!isPageCurrent()) await buildPage()
}

function findBrowser() {
  return [process.env['CHROMIUM'], ...BROWSERS].find((file) => file && existsSync(file))
}

function installBrowser() {
  console.log('No Chromium found: installing one for the tests of the page.')
  const isDebian = existsSync('/etc/debian_version')
  const isRoot = process.getuid?.() === 0
  if (isDebian) {
    const sudo = isRoot ? [] : ['sudo']
    const run = (...words) => {
      const [command, ...rest] = [...sudo, ...words]
      return spawnSync(command, rest, { stdio: 'inherit' }).status === 0
    }
    run('apt-get', 'update', '-qq')
    if (
      run(
        'apt-get',
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        'chromium',
        'fonts-noto-cjk',
      )
    )
      return findBrowser()
  }
  spawnSync('npx', ['playwright-core', 'install', 'chromium'], { stdio: 'inherit' })
  const { stdout } = spawnSync(
    process.execPath,
    ['-e', "import('playwright-core').then((p) => console.log(p.chromium.executablePath()))"],
    { encoding: 'utf8' },
  )
  const file = stdout.trim()
  if (file && existsSync(file)) return file
  console.error('No browser: install Chromium, or name one in the environment variable CHROMIUM.')
  process.exit(1)
}
