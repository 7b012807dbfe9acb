import { connect, type Socket } from 'node:net'
import { bumpVersion } from '../../api/db/change-feed.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { COMMUNITY_ID } from './city.ts'
import { SLUG } from './city-database.ts'
import { atMost, type Figure, figure, percentile } from './figures.ts'
import type { Bench } from './main.ts'
import { startService } from './service.ts'

const LISTENERS = 1_000
const WRITES = 100

/** From a committed write to the last of a thousand open maps. */
export async function live(bench: Bench): Promise<Figure[]> {
  const database = await bench.database()
  const service = await startService(database)
  const sockets: Socket[] = []
  let missing = 0
  let allTold: () => void = () => {}
  let awaited = ''
  try {
    await Promise.all(
      Array.from(
        { length: LISTENERS },
        () =>
          new Promise<void>((ready, failed) => {
            const socket = connect({ host: '127.0.0.1', port: service.port })
            sockets.push(socket)
            socket.write(`GET /api/events?community=${SLUG} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
            socket.on('error', failed)
            socket.on('data', (chunk) => {
              const text = chunk.toString('latin1')
              if (text.includes('event: hello')) ready()
              if (awaited && text.includes(awaited) && --missing === 0) allTold()
            })
          }),
      ),
    )
    const times: number[] = []
    for (let write = 0; write < WRITES; write++) {
      const version = await asCommunities(database.engine.db, [COMMUNITY_ID], (trx) =>
        bumpVersion(trx, COMMUNITY_ID, 'grids'),
      )
      const began = performance.now()
      missing = LISTENERS
      awaited = `"layer":"grids","version":${version}}`
      const told = new Promise<void>((resolve) => (allTold = resolve))
      await service.feed.refresh()
      await told
      times.push(performance.now() - began)
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
    for (const socket of sockets) {
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      socket.destroy()
    }
    await service.close()
  }
}
