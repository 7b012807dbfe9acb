export const KINDS = ['photo', 'patrol', 'case', 'pass', 'observation', 'step'] as const

/** One thing that a phone wants the server to have; sent until it is answered. */
export interface Entry {
  kind: (typeof KINDS)[number]
  id: string
  method: 'PUT' | 'POST'
  path: string
  type: string
  body: string | Uint8Array<ArrayBuffer>
}

/** Phones that send their queues in order, each one request at a time, all phones at once. */
export class Sending {
  /** How long the answers took, each by itself. */
  readonly millis: Record<Entry['kind'], number[]> = {
    photo: [],
    patrol: [],
    case: [],
    pass: [],
    observation: [],
    step: [],
  }
  answers = 0
  readonly refused: string[] = []
  unanswered = 0
  seconds = 0
  onAnswer: (count: number) => void = () => {}
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Everything that is not a photo. */
  get records(): number[] {
    return KINDS.flatMap((kind) => (kind === 'photo' ? [] : this.millis[kind]))
  }

  async all(queues: readonly Entry[][], cookies: readonly string[]): Promise<void> {
    const began = performance.now()
    await Promise.all(
      queues.map(async (queue, i) => {
        for (const entry of queue) await this.#send(entry, cookies[i]!)
      }),
    )
    this.seconds = (performance.now() - began) / 1000
  }

  async #send(entry: Entry, cookie: string): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      const began = performance.now()
      try {
        const reply = await fetch(this.#url + entry.path, {
          method: entry.method,
          headers: { 'content-type': entry.type, cookie },
          body: entry.body,
        })
        const text = await reply.text()
        if (reply.status < 500) {
          this.millis[entry.kind].push(performance.now() - began)
          if (!reply.ok) this.refused.push(`${entry.kind} ${reply.status} ${text.slice(0, 300)}`)
          this.onAnswer(++this.answers)
          return
        }
      } catch {
        // Nobody is there: the phone waits and tries again.
      }
      this.unanswered++
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 200))
    }
    this.refused.push(`${entry.kind} was never answered`)
  }
}
