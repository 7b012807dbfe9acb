import { connect, type Socket } from 'node:net'
import { percentile } from './figures.ts'
import type { LoadOptions, LoadResult, Request } from './load.ts'

/**
 * The load of `LoadClient`: each connection sends its next request when the answer to the last one is there. Answers
 * are only measured, not read, so that the client costs little beside the service.
 */
process.on('message', (options: LoadOptions) => {
  run(options).then(
    (result) => process.send!(result),
    (error: unknown) => process.send!({ error: String(error) }),
  )
})

async function run({ port, requests, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const wires = requests.map(wireOf)
  const statuses: Record<string, number> = {}
  const latencies: number[] = []
  let bytes = 0
  let sent = 0
  const began = performance.now()
  const until = began + seconds * 1000
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const exchange = await openExchange(port)
      while (performance.now() < until) {
        const at = performance.now()
        const { status, length } = await exchange.send(wires[sent++ % wires.length]!)
        latencies.push(performance.now() - at)
        statuses[status] = (statuses[status] ?? 0) + 1
        bytes += length
      }
      exchange.end()
    }),
  )
  const took = (performance.now() - began) / 1000
  return {
    requests_per_s: latencies.length / took,
    p50_ms: percentile(latencies, 0.5),
    p99_ms: percentile(latencies, 0.99),
    body_bytes: bytes / latencies.length,
    statuses,
  }
}

function wireOf({ method = 'GET', path, headers = {}, body = '' }: Request): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body) lines.push(`content-length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

interface Answer {
  status: number
  length: number
}

function openExchange(port: number): Promise<{ send(wire: Buffer): Promise<Answer>; end(): void }> {
  return new Promise((opened, failed) => {
    const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
    let answered: (answer: Answer) => void = () => {}
    let broken: (error: Error) => void = failed
    let head = ''
    let status = 0
    let length = 0
    let missing = -1
    socket.on('data', (chunk) => {
      let from = 0
      if (missing < 0) {
        // Latin-1: one character a byte, so text positions are byte positions.
        const before = head.length
        head += chunk.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        const fields = head.slice(0, end)
        status = Number(fields.slice(9, 12))
        const given = /\r\ncontent-length: (\d+)/i.exec(fields)
        const isEmpty = status === 304 || status === 204
        if (!given && !isEmpty) return broken(new Error(`no content-length:\n${fields}`))
        length = isEmpty ? 0 : Number(given![1])
        missing = length
        from = end + 4 - before
        head = ''
      }
      missing -= chunk.length - from
      if (missing > 0) return
      missing = -1
      answered({ status, length })
    })
    socket.on('error', (error) => broken(error))
    socket.on('close', () => broken(new Error('the service closed the connection')))
    socket.once('connect', () =>
      opened({
        send: (wire) =>
          new Promise((resolve, reject) => {
            answered = resolve
            broken = reject
            socket.write(wire)
          }),
        end: () => {
          broken = () => {}
          socket.destroy()
        },
      }),
    )
  })
}
