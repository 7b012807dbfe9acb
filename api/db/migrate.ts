import { promises as fs } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Kysely, type Migration, Migrator } from 'kysely'
import type { Database } from './tables.ts'

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url))

/**
 * Brings the schema to the newest migration; a database that has them all is left as it is.
 * @returns the names of the migrations run now.
 * @throws the first migration's error; that migration is rolled back, those before it stay.
 */
export async function migrate(db: Kysely<Database>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error)
    throw new Error(
      `migration ${results?.find((r) => r.status === 'Error')?.migrationName ?? ''} failed`,
      { cause: error },
    )
  return (results ?? []).map((result) => result.migrationName)
}

/** A migration's file is loaded only when it is run. */
async function readMigrations(): Promise<Record<string, Migration>> {
  const names = (await fs.readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()
  return Object.fromEntries(
    names
      .map((file) => file.replace(/\.ts$/, ''))
      .map((name) => [name, { up: async (db) => (await load(name)).up(db) }]),
  )
}

/** Written so that the bundled server finds every file of the folder: they are part of the bundle. */
const load = (name: string) => import(`../../migrations/${name}.ts`) as Promise<Migration>
