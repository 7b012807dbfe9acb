import { Command } from 'commander'
import { importCommand } from './import.ts'
import { migrateCommand } from './migrate.ts'
import { startCommand } from './start.ts'

const program = new Command('jiexu')
  .description('Jiexu 街序: parking and street order, from one community to a whole city')
  .showHelpAfterError()

startCommand(program)
migrateCommand(program)
importCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  const { message, cause } = error as Error
  process.stderr.write(
    `jiexu: ${message}\n${cause instanceof Error ? `  because: ${cause.message}\n` : ''}`,
  )
  process.exitCode = 1
}
