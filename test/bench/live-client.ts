import { connect } from 'node:net'
import type { Listening } from './live.ts'

/** Open maps in a process of their own, as browsers are: they tell when the last of them has read what was awaited. */
process.on('message', (message: Listening | { awaited: string }) => {
  if ('awaited' in message) {
    awaited = message.awaited
    missing = listeners
  } else listen(message)
})
process.on('disconnect', () => process.exit())

let awaited = ''
let missing = 0
let listeners = 0

function listen({ port, path, count }: Listening): void {
  listeners = count
  let greeted = 0
  for (let n = 0; n < count; n++) {
    const socket = connect({ host: '127.0.0.1', port })
    socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      if (text.includes('event: hello') && ++greeted === count) process.send!({ ready: true })
      if (awaited && text.includes(awaited) && --missing === 0)
        process.send!({ told_at: performance.timeOrigin + performance.now() })
    })
  }
}
