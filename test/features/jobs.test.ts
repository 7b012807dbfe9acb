import t from 'tap'
import { type Job, startQueue } from '../../api/jobs/queue.ts'
import { testDatabase } from '../fixtures/database.ts'

/** The job queue on both engines: cron, failing and trying again, a lost process, several instances. */

const engine = await testDatabase(t)
const FAST = { pollSeconds: 0.5, maintenanceSeconds: 1, cronSeconds: 1 }
const errors: unknown[] = []
const onError = (error: unknown) => void errors.push(error)
const never = '0 0 1 1 *'

const until = async (isSo: () => boolean | Promise<boolean>, seconds = 20) => {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await isSo()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}
const job = (name: string, run: () => Promise<void>, cron = never): Job => ({
  name,
  cron,
  seconds: 2,
  run,
})
const states = async (name: string) =>
  (
    await engine.pool.query<{ state: string; n: number }>(
      'select state::text, count(*)::int as n from pgboss.job where name = $1 group by state',
      [name],
    )
  ).rows

t.test('a job of each minute runs, and one that fails is tried again', async (t) => {
  let ticks = 0
  let tries = 0
  const queue = await startQueue(
    engine,
    [
      job('ticking', async () => void ticks++, '* * * * *'),
      job('failing', async () => {
        if (++tries < 2) throw new Error('the first time it fails')
      }),
    ],
    onError,
    FAST,
  )
  t.teardown(() => queue.stop(1000))
  await queue.send('failing')
  t.ok(await until(() => ticks > 0), 'by its clock')
  t.ok(await until(() => tries === 2), 'again after the failure')
  t.match(String(errors[0]), 'the first time it fails')
  t.ok(await until(async () => (await states('failing'))[0]?.state === 'completed'))
  await queue.send('failing')
  await queue.send('failing')
  const waiting = (await states('failing')).find(({ state }) => state === 'created')
  t.ok((waiting?.n ?? 0) <= 1, 'of the same work at most one waits')
})

t.test('the service’s own requests are answered rightly beside the queue', async (t) => {
  const queue = await startQueue(engine, [job('beside', async () => {})], onError, FAST)
  t.teardown(() => queue.stop(1000))
  const answers = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      if (i % 10 === 0) await queue.send('beside')
      return (await engine.pool.query<{ n: number }>('select $1::int as n', [i])).rows[0]?.n === i
    }),
  )
  t.ok(answers.every(Boolean))
})

t.test('what a killed process had taken is done by the next, once', async (t) => {
  let done = 0
  const first = await startQueue(engine, [], onError, FAST)
  await first.stop(1000)
  const maker = await startQueue(engine, [job('lost', async () => {})], onError, {
    ...FAST,
    pollSeconds: 40,
  })
  await maker.stop(1000)
  // As a process leaves it that was killed in the middle of it, three seconds ago.
  await engine.pool.query(
    `insert into pgboss.job (name, state, started_on, expire_in, retry_limit, policy)
     values ('lost', 'active', now() - interval '3 seconds', interval '2 seconds', 5, 'short')`,
  )
  const queue = await startQueue(engine, [job('lost', async () => void done++)], onError, FAST)
  t.teardown(() => queue.stop(1000))
  t.ok(await until(() => done > 0))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  t.equal(done, 1)
})

t.test('of two instances one does the work of a time', async (t) => {
  let done = 0
  const work = job('shared', async () => void done++)
  const queues = await Promise.all([1, 2].map(() => startQueue(engine, [work], onError, FAST)))
  t.teardown(() => Promise.all(queues.map((queue) => queue.stop(1000))))
  await queues[0]!.send('shared')
  t.ok(await until(() => done > 0))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  t.equal(done, 1)
})

t.test('stopping waits for what runs, and leaves the database alone', async (t) => {
  let hasEnded = false
  let hasBegun = false
  const queue = await startQueue(
    engine,
    [
      job('slow', async () => {
        hasBegun = true
        await new Promise((resolve) => setTimeout(resolve, 800))
        hasEnded = true
      }),
    ],
    onError,
    FAST,
  )
  await queue.send('slow')
  t.ok(await until(() => hasBegun))
  await queue.stop(5000)
  t.ok(hasEnded)
  t.same(await states('slow'), [{ state: 'completed', n: 1 }])
})
