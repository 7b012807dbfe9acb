import type { Bench } from './bench.ts'
import { makeCity } from './city.ts'
import { openCityDatabase } from './city-database.ts'
import { type Figure, tableOf } from './figures.ts'
import { startCluster } from './postgres.ts'

const PROGRAMS: Readonly<Record<string, () => Promise<(bench: Bench) => Promise<Figure[]>>>> = {
  occupancy: () => import('./occupancy.ts').then((m) => m.occupancy),
  conflicts: () => import('./conflicts.ts').then((m) => m.conflicts),
  tiles: () => import('./tiles.ts').then((m) => m.tiles),
  features: () => import('./features.ts').then((m) => m.features),
  ingest: () => import('./ingest.ts').then((m) => m.ingest),
  live: () => import('./live.ts').then((m) => m.live),
  map: () => import('./map.ts').then((m) => m.map),
  cases: () => import('./cases.ts').then((m) => m.cases),
  'what-if': () => import('./what-if.ts').then((m) => m.whatIfs),
  planning: () => import('./planning.ts').then((m) => m.planning),
  start: () => import('./start.ts').then((m) => m.start),
}

const words = process.argv.slice(2)
const isJson = words.includes('--json')
const names = words.filter((word) => !word.startsWith('--'))
const unknown = names.filter((name) => !(name in PROGRAMS))
if (unknown.length > 0) {
  process.stderr.write(
    `no such program: ${unknown.join(', ')}\nthere are ${Object.keys(PROGRAMS).join(', ')}\n`,
  )
  process.exit(2)
}

const note = (message: string) => void process.stderr.write(`bench: ${message}\n`)
const closing: (() => unknown)[] = []
const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
const city = once(makeCity)
const cluster = once(async () => {
  const started = await startCluster()
  if (started) {
    closing.push(() => started.stop())
    note(`peers on ${started.version}`)
  } else note('no PostgreSQL with PostGIS under /usr/lib/postgresql: figures without peers')
  return started
})
const database = once(async () => {
  note('loading the city: 100,000 bays, 20,000 streets, 3,000 zones')
  const opened = await openCityDatabase(city(), await cluster())
  closing.push(() => opened.close())
  return opened
})

// An interrupted run takes its server along: that is stopped when the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
    const program = await PROGRAMS[name]!()
    const began = performance.now()
    const figures = await program({ city, cluster, database, note })
    note(`${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`)
    if (isJson)
      for (const figure of figures)
        process.stdout.write(`${JSON.stringify({ ...figure, name: `${name}: ${figure.name}` })}\n`)
    else process.stdout.write(`\n${name}\n${tableOf(figures)}\n`)
  }
} finally {
  for (const close of closing.reverse()) await close()
}
