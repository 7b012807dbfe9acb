import { connect, type Engine } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { readSettings } from '../settings.ts'

/** Opens the database of the environment for `work`, and closes it whatever comes. */
export async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await connect({
    ...readSettings(process.env),
    onProgress: (step) => {
      if (step === 'first-start')
        process.stderr.write('jiexu: first start of the database, about 10 s\n')
    },
  })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

/** The same at today's schema. */
export const withDatabase = <T>(work: (engine: Engine) => Promise<T>): Promise<T> =>
  withEngine(async (engine) => {
    await migrate(engine.db)
    return work(engine)
  })
