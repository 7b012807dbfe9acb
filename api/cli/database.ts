import { connect, type Engine } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { readSettings } from '../settings.ts'

/** Opens the database of the environment at today's schema for `work`, and closes it whatever comes. */
export async function withDatabase<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await connect({
    ...readSettings(process.env),
    onProgress: (step) => void process.stderr.write(`jiexu: database: ${step}\n`),
  })
  try {
    await migrate(engine.db)
    return await work(engine)
  } finally {
    await engine.close()
  }
}
