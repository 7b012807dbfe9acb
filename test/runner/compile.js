// @ts-check
// Plain JavaScript: it runs before anything could load TypeScript.
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { HOW_TO_BUNDLE } from '../../api/cli/server-bundle.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Beside the packages, which the compiled files import. */
const CACHE = path.join(ROOT, 'node_modules/.cache/jiexu-tests')

/**
 * All test files and what they start as plain JavaScript, in a folder of this run's own. Node loads what a test needs
 * of it in a tenth of the time that its 900 modules take through a TypeScript loader.
 * @returns the folder; a file lies in it where it lies in the project, as `.mjs`.
 * @throws what the bundler says about the sources.
 */
export async function compileTests() {
  mkdirSync(CACHE, { recursive: true })
  const outdir = mkdtempSync(path.join(CACHE, 'run-'))
  await build({
    ...HOW_TO_BUNDLE,
    entryPoints: [...testFiles(), 'test/fixtures/serve.ts', 'api/cli/build-page.ts'],
    outdir,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    // What several files import is written once.
    splitting: true,
    chunkNames: 'shared/[hash]',
    logLevel: 'error',
  })
  return outdir
}

function testFiles() {
  return readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join('test', name))
}
