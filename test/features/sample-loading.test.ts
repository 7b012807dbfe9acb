import t from 'tap'
import { seedSample } from '../../api/cli/seed.ts'
import { testDatabase } from '../fixtures/database.ts'

t.test('two starts at once load one community, with progress to the last step', async (t) => {
  const engine = await testDatabase(t, 'empty')
  const steps: string[] = []
  const [first, second] = await Promise.all([
    seedSample(engine, {
      onProgress: (done, total, what) => steps.push(`${done}/${total} ${what}`),
    }),
    seedSample(engine),
  ])
  t.equal(first.community_id, second.community_id)
  const communities = await engine.db.selectFrom('community').select('slug').execute()
  t.same(communities, [{ slug: 'tongjian' }])
  t.equal(steps.at(-1), '13/13 done')
})
