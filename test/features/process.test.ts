import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as dial } from 'node:net'
import path from 'node:path'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { testDatabaseSettings } from '../fixtures/database.ts'

const SERVE = path.resolve(import.meta.dirname, '../fixtures/serve.ts')
const LOADER = path.resolve(import.meta.dirname, '../runner/loader.js')
const { databaseUrl, dataDir, drop } = await testDatabaseSettings('sample')
const children: ChildProcess[] = []
t.teardown(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  await drop()
})

function launch() {
  const child = spawn(process.execPath, ['--liftoff-only', `--import=${LOADER}`, SERVE], {
    env: {
      PATH: process.env['PATH'],
      COMPILED_TESTS: process.env['COMPILED_TESTS'],
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
      JIEXU_SAMPLE: 'on',
      RATE_LIMIT: 'off',
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let told = ''
  child.stderr.on('data', (data) => (told += String(data)))
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()))
    void ended.then(() => reject(new Error(told)))
  })
  return { child, url, ended, told: () => told }
}

async function signedIn(url: string): Promise<Record<string, string>> {
  const reply = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'planner', password: 'planner-demo' }),
  })
  return {
    cookie: reply.headers.getSetCookie()[0]!.split(';')[0]!,
    'content-type': 'application/json',
  }
}

const bay = (id: string) =>
  JSON.stringify({
    type: 'Feature',
    id,
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [91.1446, 29.6536],
          [91.1448, 29.6536],
          [91.1448, 29.6537],
          [91.1446, 29.6536],
        ],
      ],
    },
    properties: { vehicle_classes: ['bicycle'] },
  })

t.test(
  'killed in the middle of writing, every acknowledged write of 200 is there again',
  async (t) => {
    const first = launch()
    const url = await first.url
    const headers = await signedIn(url)
    const acknowledged: string[] = []
    const writers = Array.from({ length: 4 }, async () => {
      for (;;) {
        const id = uuidv7()
        const reply = await fetch(`${url}/api/collections/bays/items`, {
          method: 'POST',
          headers,
          body: bay(id),
        }).catch(() => null)
        if (!reply) return
        if (reply.status === 201) acknowledged.push(id)
        // The others are still writing when it is killed.
        if (acknowledged.length === 200) first.child.kill('SIGKILL')
      }
    })
    await Promise.all(writers)
    await first.ended
    t.ok(acknowledged.length >= 200, `${acknowledged.length} acknowledged`)

    const second = launch()
    const again = await second.url
    const page = (await (
      await fetch(`${again}/api/collections/bays/items?limit=10000&status=draft`)
    ).json()) as { features: { id: string }[] }
    const there = new Set(page.features.map((feature) => feature.id))
    t.same(
      acknowledged.filter((id) => !there.has(id)),
      [],
    )
    t.ok((await fetch(`${again}/readyz`)).ok)

    await t.test('a second process on the same data folder is told so', async (t) => {
      if (databaseUrl) return t.comment('a server takes any number of instances')
      const third = launch()
      await t.rejects(third.url, /data folder .* is in use by another Jiexu process/)
      const [code] = await third.ended
      t.not(code, 0)
      t.ok((await fetch(`${again}/readyz`)).ok, 'the first one goes on')
    })

    await t.test(
      'SIGTERM: accepted requests are answered, listeners let go, new ones refused',
      async (t) => {
        const live = await fetch(`${again}/api/events`)
        const reading = live.text()
        const body = JSON.stringify({ type: 'FeatureCollection', features: [{}] })
        const accepted = await Promise.all(
          Array.from({ length: 20 }, () => begun(again, body.length)),
        )
        second.child.kill('SIGTERM')
        await reading
        for (const { finish } of accepted)
          t.match(await finish(body), /^HTTP\/1\.1 422 /, 'answered when its body is whole')
        t.match(await reading, /event: hello/, 'the live feed ended in order')
        const [code, signal] = await second.ended
        t.equal(code, 0, second.told())
        t.equal(signal, null)
        await t.rejects(fetch(`${again}/healthz`))
      },
    )
  },
)

/** A request whose headers the service has taken and whose body is still to come: it says so by 100 Continue. */
async function begun(url: string, length: number) {
  const socket = dial(Number(new URL(url).port), '127.0.0.1')
  socket.write(
    `POST /api/checks HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
  )
  const [taken] = (await once(socket, 'data')) as [Buffer]
  if (!taken.toString().startsWith('HTTP/1.1 100 ')) throw new Error(taken.toString())
  return {
    finish: async (body: string) => {
      socket.write(body)
      let answer = ''
      for await (const data of socket) answer += String(data)
      return answer
    },
  }
}
