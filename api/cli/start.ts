import { Presets, SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { readSettings } from '../settings.ts'
import { buildPage, isPageCurrent } from './build-page.ts'

/** What a first start goes through, with the share of the time each step took when measured. */
const STEPS: readonly (readonly [pattern: RegExp, share: number, text: string])[] = [
  [/^page/, 5, '构建页面 building the page'],
  [/^database: start/, 25, '启动数据库 starting the database'],
  [
    /^database: first-start/,
    25,
    '首次启动数据库（约十秒） first start of the database, about 10 s',
  ],
  [/^database: \d+ migrations/, 75, '建立数据表 making the tables'],
  [/^sample/, 80, '载入示例社区 loading the sample community'],
]

/** `jiexu start`: builds the page when it is not current, opens the database and serves until it is stopped. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('start the service: database, sample (where asked for), web page and API')
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

function showProgress(): { step: (message: string) => void; done: () => void } {
  if (!process.stderr.isTTY)
    return { step: (message) => void process.stderr.write(`jiexu: ${message}\n`), done: () => {} }
  const bar = new SingleBar(
    { format: '{bar} {percentage}% {step}', hideCursor: true },
    Presets.shades_classic,
  )
  bar.start(100, 0, { step: '' })
  return {
    step: (message) => {
      const known = STEPS.find(([pattern]) => pattern.test(message))
      if (known) bar.update(known[1], { step: known[2] })
    },
    done: () => {
      if (!bar.isActive) return
      bar.update(100, { step: '' })
      bar.stop()
    },
  }
}
