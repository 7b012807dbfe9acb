/**
 * Does work at once, and again after `ms` where it was asked for in between: what comes in bursts is answered without
 * delay and without a flood. `stop` forgets what is still owed.
 */
export function atMostEvery(ms: number, work: () => void): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOwed = false
  const run = () => {
    isOwed = false
    work()
    timer = setTimeout(() => {
      timer = undefined
      if (isOwed) run()
    }, ms)
  }
  return {
    ask: () => {
      if (timer === undefined) run()
      else isOwed = true
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      isOwed = false
    },
  }
}
