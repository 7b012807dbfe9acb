import { Presets, SingleBar } from 'cli-progress'

/** What is being done with a file, as far as it has come: a bar on a terminal, a line a file and step elsewhere. */
export function fileProgress() {
  let bar: SingleBar | null = null
  let shown = ''
  const stop = () => {
    bar?.stop()
    bar = null
    shown = ''
  }
  return {
    show(file: string, step: 'reading' | 'checking', done: number, of: number): void {
      const what = `${step} ${file}`
      if (!process.stderr.isTTY) {
        if (shown !== what) process.stderr.write(`jiexu: ${what}\n`)
        shown = what
        return
      }
      if (!bar || shown !== what) {
        stop()
        bar = new SingleBar(
          { format: '{bar} {percentage}% {what}', hideCursor: true, clearOnComplete: true },
          Presets.shades_classic,
        )
        bar.start(of, done, { what })
        shown = what
      } else bar.update(done)
    },
    stop,
  }
}
