import { type Figure, tableOf } from '../bench/figures.ts'
import { startCluster } from '../bench/postgres.ts'
import type { Drill } from './drill.ts'

const PROGRAMS: Readonly<Record<string, () => Promise<(drill: Drill) => Promise<Figure[]>>>> = {
  replay: () => import('./replay.ts').then((m) => m.replay),
}

const words = process.argv.slice(2)
const isJson = words.includes('--json')
/** Also where there is a server, the engine that a community starts with. */
const isEmbedded = words.includes('--embedded')
const names = words.filter((word) => !word.startsWith('--'))
const unknown = names.filter((name) => !(name in PROGRAMS))
if (unknown.length > 0) {
  process.stderr.write(
    `no such program: ${unknown.join(', ')}\nthere are ${Object.keys(PROGRAMS).join(', ')}\n`,
  )
  process.exit(2)
}

const note = (message: string) => void process.stderr.write(`drill: ${message}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const cluster = isEmbedded ? null : await startCluster()
if (cluster) note(`on ${cluster.version}`)
else note(isEmbedded ? 'on the embedded engine' : 'no PostgreSQL found: on the embedded engine')
try {
  for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
    const program = await PROGRAMS[name]!()
    const began = performance.now()
    const figures = await program({ databaseUrl: cluster?.url, note })
    note(`${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`)
    if (isJson)
      for (const figure of figures)
        process.stdout.write(`${JSON.stringify({ ...figure, name: `${name}: ${figure.name}` })}\n`)
    else process.stdout.write(`\n${name}\n${tableOf(figures)}\n`)
  }
} finally {
  cluster?.stop()
}
