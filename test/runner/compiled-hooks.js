// @ts-check
// Module hooks that put the compiled file in the place of a test's TypeScript, under the test's own name.
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
let compiled = ''

/** @param {{ compiled: string }} data the folder of the compiled files. */
export function initialize(data) {
  compiled = data.compiled
}

/** @type {import('node:module').LoadHook} */
export function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const source = path.relative(ROOT, fileURLToPath(url))
  const file = path.join(compiled, source.replace(/\.ts$/, '.mjs'))
  return {
    format: 'module',
    shortCircuit: true,
    source: `import ${JSON.stringify(pathToFileURL(file).href)}`,
  }
}
