import t from 'tap'
import { seedSample } from '../../api/cli/seed.ts'
import { testDatabase } from '../fixtures/database.ts'

t.test(
  'of two starts at once one loads the community in 15 steps, the other finds it',
  async (t) => {
    const engine = await testDatabase(t, 'empty')
    const steps: string[] = []
    const onProgress = (done: number, total: number, what: string) =>
      void steps.push(`${done}/${total} ${what}`)
    const [first, second] = await Promise.all([
      seedSample(engine, { onProgress }),
      seedSample(engine, { onProgress }),
    ])
    t.equal(first.community_id, second.community_id)
    const communities = await engine.db.selectFrom('community').select('slug').execute()
    t.same(communities, [{ slug: 'tongjian' }])
    t.equal(steps.length, 16)
    t.equal(steps[0], '0/15 partner_units')
    t.equal(steps.at(-1), '15/15 done')
  },
)
