import type { Engine } from './db/connect.ts'
import { runClock } from './features/clock/jobs.ts'
import { sweep } from './features/clock/sweep.ts'
import { sweepMedia, sweepStrayFiles } from './features/media/sweep.ts'
import { deliver } from './features/notifications/deliver.ts'
import { tellFollowers } from './features/notifications/tell-followers.ts'
import type { Job } from './jobs/queue.ts'
import type { Settings } from './settings.ts'

/** What the service does by itself, by the clock; each of it may be called twice. */
export function clockWork(engine: Engine, settings: Settings): Job[] {
  return [
    {
      name: 'clock',
      cron: '* * * * *',
      seconds: 120,
      run: async () => void (await runClock(engine, new Date())),
    },
    {
      name: 'deliver',
      cron: '* * * * *',
      seconds: 300,
      run: async () => {
        await deliver(engine, settings, new Date())
        await tellFollowers(engine, settings)
      },
    },
    {
      name: 'sweep',
      // At night in China.
      cron: '20 19 * * *',
      seconds: 1800,
      run: async () => {
        await sweep(engine, new Date())
        await sweepMedia(engine, settings, new Date())
        await sweepStrayFiles(engine, settings, new Date())
      },
    },
  ]
}
