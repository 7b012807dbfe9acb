import { Command } from 'commander'
import { plainError } from './plain-error.ts'

/** Loaded when it is the one that runs: a start need not wait for what only imports use. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: () => import('./start.ts').then((m) => m.startCommand),
  import: () => import('./import.ts').then((m) => m.importCommand),
  migrate: () => import('./migrate.ts').then((m) => m.migrateCommand),
  account: () => import('./account.ts').then((m) => m.accountCommand),
}

const program = new Command('jiexu')
  .description('Jiexu 街序: parking and street order, from one community to a whole city')
  .showHelpAfterError('(jiexu --help says more)')
  .addHelpText(
    'after',
    `
The database is the embedded one in DATA_DIR (.data), or the PostgreSQL server of DATABASE_URL.
docs/guide/operation.md lists all settings; exit code 0 means done, 1 refused or failed.`,
  )

const wanted = process.argv[2] ?? ''
for (const name of Object.hasOwn(COMMANDS, wanted) ? [wanted] : Object.keys(COMMANDS)) {
  const add = await COMMANDS[name]!()
  add(program)
}

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`jiexu: ${plainError(error, process.env)}\n`)
  process.exitCode = 1
}
