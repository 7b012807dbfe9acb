import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { bumpVersion } from '../../api/db/change-feed.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { COMMUNITY_ID } from './city.ts'
import { type CityDatabase, SLUG } from './city-database.ts'
import { atMost, type Figure, figure, percentile } from './figures.ts'
import type { Bench } from './bench.ts'
import { startService } from './service.ts'

/** What the listening process is told first. */
export interface Listening {
  port: number
  path: string
  count: number
}

const LISTENERS = 1_000
/** The slowest hundredth of them is still five. */
const WRITES = 600

/** From a committed write to the last of a thousand open maps. */
export async function live(bench: Bench): Promise<Figure[]> {
  const database = await bench.database()
  const service = await startService(database)
  const maps = fork(fileURLToPath(new URL('./live-client.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  })
  try {
    const path = `/api/events?community=${SLUG}`
    maps.send({ port: service.port, path, count: LISTENERS } satisfies Listening)
    await once(maps, 'message')
    const write = () =>
      asCommunities(database.engine.db, [COMMUNITY_ID], (trx) =>
        bumpVersion(trx, COMMUNITY_ID, 'grids'),
      )
    await settle(database)
    const times: number[] = []
    let version = await write()
    for (let n = 0; n < WRITES; n++) {
      // Versions count up by one, so the listening process can be told beforehand what to wait for.
      maps.send({ awaited: `"layer":"grids","version":${version + 1}}` })
      await new Promise((resolve) => setTimeout(resolve, 5))
      const told = once(maps, 'message') as Promise<[{ told_at: number }]>
      version = await write()
      const committed_at = performance.timeOrigin + performance.now()
      await service.feed.refresh()
      const [{ told_at }] = await told
      times.push(Math.max(0, told_at - committed_at))
    }
    const warm = times.slice(WRITES / 5)
    return [
      figure(`commit to the last of ${LISTENERS} listeners, p50`, percentile(warm, 0.5), 'ms'),
      figure(
        `commit to the last of ${LISTENERS} listeners, p99`,
        percentile(warm, 0.99),
        'ms',
        atMost(25),
      ),
    ]
  } finally {
    maps.disconnect()
    await service.close()
  }
}

/** Millions of rows to write to disk and whole cities in memory: what other programs left is not part of this. */
async function settle({ engine }: CityDatabase): Promise<void> {
  if (engine.kind === 'server') {
    await engine.pool.query('vacuum analyze')
    await engine.pool.query('checkpoint')
  }
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}
