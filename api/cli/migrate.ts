import type { Command } from 'commander'
import { connect } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { readSettings } from '../settings.ts'

/** `jiexu migrate`: brings the database to today's schema and ends. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this version')
    .action(async () => {
      const engine = await connect(readSettings(process.env))
      try {
        const names = await migrate(engine.db)
        process.stdout.write(names.length ? `${names.join('\n')}\n` : 'nothing to do\n')
      } finally {
        await engine.close()
      }
    })
}
