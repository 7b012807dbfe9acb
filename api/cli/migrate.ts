import type { Command } from 'commander'
import { migrate } from '../db/migrate.ts'
import { withEngine } from './database.ts'

/** `jiexu migrate`: brings the database to today's schema and ends. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this version 升级数据库')
    .action(() =>
      withEngine(async ({ db }) => {
        const names = await migrate(db)
        process.stdout.write(names.length ? `${names.join('\n')}\n` : 'nothing to do\n')
      }),
    )
}
