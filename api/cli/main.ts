import { Command } from 'commander'
import { accountCommand } from './account.ts'
import { importCommand } from './import.ts'
import { migrateCommand } from './migrate.ts'
import { plainError } from './plain-error.ts'
import { startCommand } from './start.ts'

const program = new Command('jiexu')
  .description('Jiexu 街序: parking and street order, from one community to a whole city')
  .showHelpAfterError('(jiexu --help says more)')
  .addHelpText(
    'after',
    `
The database is the embedded one in DATA_DIR (.data), or the PostgreSQL server of DATABASE_URL.
docs/guide/operation.md lists all settings; exit code 0 means done, 1 refused or failed.`,
  )

startCommand(program)
importCommand(program)
migrateCommand(program)
accountCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`jiexu: ${plainError(error, process.env)}\n`)
  process.exitCode = 1
}
