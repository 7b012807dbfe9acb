import { Presets, SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { readSettings } from '../settings.ts'
import { buildPage, isPageCurrent } from './build-page.ts'

/** What a first start goes through, with where the bar stands then: by the seconds each step took when measured. */
const STEPS: readonly (readonly [pattern: RegExp, percent: number, text: string])[] = [
  [/^page/, 5, '构建页面 building the page'],
  [/^database: start/, 35, '启动数据库 starting the database'],
  [/^database: first-start/, 35, '首次启动数据库，约十秒 first start of the database, about 10 s'],
  [/^database: \d+ migrations/, 70, '建立数据表 tables made'],
  [/^sample/, 75, '载入示例社区 loading the sample community'],
]

/** `jiexu start`: builds the page when it is not current, opens the database and serves until it is stopped. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('start the service: database, sample (where asked for), page and API 启动')
    .action(async () => {
      const settings = readSettings(process.env)
      const began = performance.now()
      const progress = showProgress()
      try {
        if (!isPageCurrent()) {
          progress.step('page')
          await buildPage()
        }
        // Imported late: the page may have to be built before the app looks for it.
        const { start, stopOnSignals } = await import('../main.ts')
        const running = await start(settings, progress.step)
        progress.done()
        stopOnSignals(running)
        const seconds = ((performance.now() - began) / 1000).toFixed(1)
        process.stdout.write(`\n  街序 Jiexu  ${running.url}  (${seconds} s)\n\n`)
        if (settings.keptSecrets.length > 0 && settings.databaseUrl)
          process.stdout.write(
            `  ${settings.keptSecrets.join(', ')} kept in ${settings.dataDir}: give them in the environment before a second instance runs on this database.\n\n`,
          )
      } finally {
        progress.done()
      }
    })
}

/** A bar on a terminal, elsewhere a line a step. */
function showProgress(): { step: (message: string) => void; done: () => void } {
  const found = (message: string) => STEPS.find(([pattern]) => pattern.test(message))
  if (!process.stderr.isTTY) {
    let shown = ''
    return {
      step: (message) => {
        const text = found(message)?.[2] ?? message
        if (text !== shown) process.stderr.write(`jiexu: ${text}\n`)
        shown = text
      },
      done: () => {},
    }
  }
  const bar = new SingleBar(
    { format: '{bar} {percentage}% {step}', hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  )
  bar.start(100, 0, { step: '' })
  return {
    step: (message) => {
      const known = found(message)
      if (known) bar.update(known[1], { step: known[2] })
    },
    done: () => {
      if (!bar.isActive) return
      bar.update(100, { step: '' })
      bar.stop()
    },
  }
}
