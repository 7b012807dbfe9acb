import PgBoss from 'pg-boss'
import type { Engine } from '../db/connect.ts'

/** Work that a feature wants done by the clock. It may be called twice for one time, also side by side. */
export interface Job {
  name: string
  /** Five fields, UTC. */
  cron: string
  /** Longer than this and it counts as lost: it is done again. */
  seconds: number
  run: () => Promise<void>
}

export interface Queue {
  /** Puts one job in line now, beside its clock. */
  send(name: string): Promise<void>
  /** Takes no new work, lets what runs end (at most `graceMs`), and leaves the database alone afterwards. */
  stop(graceMs?: number): Promise<void>
}

interface Pace {
  pollSeconds: number
  maintenanceSeconds: number
  cronSeconds: number
}

/** A job every minute need not be looked for every second; each look is a statement on the database. */
const PACE: Pace = { pollSeconds: 5, maintenanceSeconds: 30, cronSeconds: 20 }

/**
 * Starts the job queue (pg-boss, schema `pgboss`) on the service's own connections. Any number of instances may: each
 * job of a minute is taken by one of them, and one that its process took along when it died is done by another.
 */
export async function startQueue(
  engine: Engine,
  jobs: readonly Job[],
  onError: (error: unknown, job?: string) => void,
  pace: Pace = PACE,
): Promise<Queue> {
  const database = ownStatements(engine, onError)
  const boss = new PgBoss({
    db: database,
    maintenanceIntervalSeconds: pace.maintenanceSeconds,
    cronMonitorIntervalSeconds: pace.cronSeconds,
    cronWorkerIntervalSeconds: Math.max(1, Math.min(45, pace.pollSeconds)),
    deleteAfterDays: 2,
    archiveCompletedAfterSeconds: 3600,
  })
  boss.on('error', (error) => onError(error))
  await boss.start()
  for (const { name, cron, seconds, run } of jobs) {
    // `short`: at most one waits, so that a long standstill leaves no heap of the same work.
    const options = {
      name,
      policy: 'short' as const,
      retryLimit: 5,
      retryDelay: 2,
      retryBackoff: true,
      expireInSeconds: seconds,
    }
    await boss.createQueue(name, options)
    await boss.updateQueue(name, options)
    await boss.work(name, { pollingIntervalSeconds: pace.pollSeconds }, async () => {
      try {
        await database.during(run)
      } catch (error) {
        onError(error, name)
        throw error
      }
    })
    await boss.schedule(name, cron)
  }
  return {
    send: async (name) => void (await boss.send(name, {})),
    stop: async (graceMs = 5_000) => {
      // Jobs of a queue no longer polled are stopped by pg-boss; that it has written so is waited for here.
      await boss.stop({ graceful: true, timeout: graceMs })
      await database.settled()
    },
  }
}

/** Completing or failing a job, which pg-boss does without waiting for it. */
const UNWAITED = /select\s+count\(\*\)\s+from\s+results\s*$/i
const NOTHING_DONE = [{ count: 0 }]

/** The statements of pg-boss on our pool: few, short, and none left open. */
function ownStatements(engine: Engine, onError: (error: unknown) => void) {
  const open = new Set<Promise<unknown>>()
  let isOver = false
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const running = work()
    open.add(running)
    try {
      return await running
    } finally {
      open.delete(running)
    }
  }
  const execute = async (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> => {
    const client = await engine.pool.connect()
    let fault: Error | undefined
    try {
      const result: unknown = await client.query(text, values)
      // A script of several statements answers with several results.
      return Array.isArray(result) ? { rows: [] } : (result as { rows: unknown[] })
    } catch (error) {
      fault = error as Error
      // Its scripts begin transactions themselves: a failed one must not stay open on a connection that others take.
      await client.query('rollback').catch(() => {})
      throw error
    } finally {
      client.release(fault && /^(57|08|ECONN)/.test((fault as { code?: string }).code ?? ''))
    }
  }
  return {
    executeSql: async (text: string, values?: unknown[]) => {
      if (isOver) return { rows: UNWAITED.test(text) ? NOTHING_DONE : [] }
      try {
        return await during(() => execute(text, values))
      } catch (error) {
        if (!UNWAITED.test(text)) throw error
        // Nobody would catch it and the process would end. The job counts as lost and is done again.
        onError(error)
        return { rows: NOTHING_DONE }
      }
    },
    /** Work that stopping waits for. */
    during,
    /** Once all that was begun has ended; later statements do nothing. */
    settled: async () => {
      while (open.size > 0) await Promise.allSettled(open)
      isOver = true
    },
  }
}
