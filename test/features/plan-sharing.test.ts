import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { SharedPlan } from '../../api/features/plans/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { planDesk } from '../fixtures/plans.ts'

/** A plan's public link: what whoever has it sees and says before anything is painted. */

const running = await testApp(t)
const { C, call, get, post, drawn, planOf, add, stored } = await planDesk(running)

t.test('whoever has the link reads and comments until it ends; no name is asked', async (t) => {
  const plan = await planOf('征求意见')
  const old = await stored('BAY-08')
  await add(plan, [
    drawn(),
    drawn({
      action: 'retire',
      base_version: old.properties.version,
      feature_id: old.id,
      feature: undefined,
    }),
  ])
  const link = (until: string) => post('planner', `/plans/${plan.id}/comment_link${C}`, { until })
  t.equal((await link('2020-01-01T00:00:00Z')).statusCode, 422)
  const soon = new Date(Date.now() + 86_400_000).toISOString()
  const { token } = (await link(soon)).json<{ token: string }>()
  const shared = await get('nobody', `/shared_plans/${token}${C}`)
  t.equal(shared.statusCode, 200, shared.body)
  const seen = shared.json<SharedPlan>()
  t.match(seen, {
    name: '征求意见',
    edits: [{ action: 'create' }, { action: 'retire', feature_id: old.id }],
  })
  t.same(seen.edits[1]!.geometry, old.geometry, 'what is given up shows where it is')

  const said = {
    id: uuidv7(),
    body: '我家门口常停满，支持。',
    place: { lon: 91.1437, lat: 29.6539 },
  }
  const say = (body: object) => post('nobody', `/shared_plans/${token}/comments${C}`, body)
  t.equal((await say(said)).statusCode, 201)
  t.equal((await say(said)).statusCode, 201, 'sent twice is there once')
  t.equal((await say({ ...said, body: '别的' })).statusCode, 409)
  t.equal((await say({ id: uuidv7(), body: ' ' })).statusCode, 422)
  const { comments } = (await get('planner', `/plans/${plan.id}/comments${C}`)).json()
  t.match(comments, [{ body: said.body, place: said.place, is_from_staff: false }])
  t.equal(comments.length, 1)

  const change = (body: object, version: number) =>
    call('planner', 'PATCH', `/plans/${plan.id}/comments/${said.id}${C}`, body, {
      'if-match': `"${version}"`,
    })
  t.match((await change({ answer: '谢谢，已采纳。' }, 1)).json(), {
    answer: '谢谢，已采纳。',
    version: 2,
  })
  t.equal((await change({ is_hidden: true }, 1)).statusCode, 412)
  await change({ is_hidden: true }, 2)
  t.same((await get('nobody', `/shared_plans/${token}${C}`)).json().comments, [])

  const { token: second } = (await link(soon)).json<{ token: string }>()
  t.equal(
    (await get('nobody', `/shared_plans/${token}${C}`)).statusCode,
    404,
    'a new link ends the old',
  )
  t.equal((await call('planner', 'DELETE', `/plans/${plan.id}/comment_link${C}`)).statusCode, 204)
  t.equal((await get('nobody', `/shared_plans/${second}${C}`)).statusCode, 404)
  t.notMatch(JSON.stringify((await get('planner', `/plans${C}`)).json()), /comment_hash/)
})
