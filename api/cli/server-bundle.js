// Plain JavaScript: it runs before anything could load TypeScript.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = path.join(ROOT, 'node_modules/.cache/jiexu')
const SOURCES = ['api', 'migrations', 'geodata']
const HOUR_MS = 3_600_000

/**
 * Packages that go into the file, with all that they need: plain code in hundreds of modules. The others stay where
 * they are, because they hold binaries, workers or files of their own, or are loaded only when they are needed.
 */
const INLINED =
  /^(kysely|typebox|@turf|fastify|fastify-plugin|@fastify|pg|pg-copy-streams|ajv|ajv-formats|commander|cli-progress|close-with-grace|proper-lockfile|prom-client|uuid|proj4|gcoord|csv-parse|flatbush|earcut|robust-predicates|polygon-clipping|temporal-polyfill)$/
/** Needed by some of those, yet with files beside their code. */
const LEFT_OUT = /^(@fastify\/(static|swagger-ui)|pino|pg-native|pg-cloudflare)$/

/**
 * The program as one file, made when it is missing or its sources have changed: Node loads that in a tenth of the time
 * that 900 modules take through a TypeScript loader.
 * @returns its address, or null where the folder for it cannot be written.
 * @throws what the bundler says about the sources.
 */
export async function serverBundle() {
  const file = path.join(CACHE, `server-${fingerprint()}.mjs`)
  if (!existsSync(file) && !(await make(file))) return null
  return pathToFileURL(file).href
}

/** Of everything that the file is made from, by names and contents; and of this place, whose paths stand in it. */
function fingerprint() {
  const hash = createHash('sha256').update(ROOT)
  for (const folder of SOURCES)
    for (const name of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name))
      .sort())
      hash.update(name).update(readFileSync(path.join(ROOT, folder, name)))
  hash.update(readFileSync(path.join(ROOT, 'package-lock.json')))
  return hash.digest('hex').slice(0, 16)
}

/** @param {string} file */
async function make(file) {
  const { build } = await import('esbuild')
  // Two may start at once: each writes its own and moves it into place whole.
  const draft = `${file}.${process.pid}`
  const { outputFiles } = await build({
    ...HOW_TO_BUNDLE,
    entryPoints: ['api/cli/main.ts'],
    outfile: file,
    write: false,
  })
  try {
    const { mkdir, writeFile } = await import('node:fs/promises')
    await mkdir(CACHE, { recursive: true })
    // The map first: where the program is, its map is too.
    for (const output of outputFiles.sort((a) => (a.path.endsWith('.map') ? -1 : 1))) {
      await writeFile(draft, output.contents)
      renameSync(draft, output.path)
    }
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
    throw error
  }
  forgetOld(file)
  return true
}

/** Bundles of earlier sources; one made just now may be about to be loaded by another process. @param {string} file */
function forgetOld(file) {
  for (const name of readdirSync(CACHE)) {
    const old = path.join(CACHE, name)
    if (old.startsWith(file) || !name.startsWith('server-')) continue
    if (Date.now() - statSync(old).mtimeMs > HOUR_MS) rmSync(old, { force: true })
  }
}

/** @type {import('esbuild').Plugin} */
const packagesOutside = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: wanted, importer, kind }) => {
      if (kind === 'entry-point' || path.isAbsolute(wanted)) return
      const [scope = '', name = ''] = wanted.split('/')
      const whole = scope.startsWith('@') ? `${scope}/${name}` : scope
      const isInside = importer.includes(`${path.sep}node_modules${path.sep}`)
      if (!LEFT_OUT.test(whole) && (isInside || INLINED.test(scope))) return
      return { path: wanted, external: true }
    })
  },
}

/** A module finds workers, rules and the page from where it lies: that stays its own place. @type {import('esbuild').Plugin} */
const addressesOfSources = {
  name: 'addresses-of-sources',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      if (file.includes(`${path.sep}node_modules${path.sep}`)) return
      const contents = readFileSync(file, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
        .replaceAll('import.meta.filename', JSON.stringify(file))
      return { contents, loader: 'ts' }
    })
  },
}

/** Modules of this project, and most packages, as plain JavaScript for Node. @satisfies {import('esbuild').BuildOptions} */
export const HOW_TO_BUNDLE = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: /** @type {const} */ ('node'),
  format: /** @type {const} */ ('esm'),
  target: 'node20',
  sourcemap: /** @type {const} */ ('linked'),
  sourcesContent: false,
  logLevel: /** @type {const} */ ('silent'),
  plugins: [packagesOutside, addressesOfSources],
  // What was written for `require` gets one.
  banner: {
    js: "import { createRequire as $require } from 'node:module'\nconst require = $require(import.meta.url)",
  },
}
