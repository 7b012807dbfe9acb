import t from 'tap'
import { SignInGuard } from '../../api/http/sign-in-guard.ts'

t.test('guessing: slower from the fourth attempt, the guesser refused after ten', async (t) => {
  let now = 0
  const slept: number[] = []
  const guard = new SignInGuard({
    now: () => now,
    sleep: async (ms) => void slept.push(ms),
  })
  const guess = (login: string, address: string, answer: string | null = null) =>
    guard.attempt(login, address, async () => answer)
  for (let i = 0; i < 10; i++) t.equal(await guess('planner', '10.0.0.1'), null)
  t.same(slept, [250, 500, 1000, 2000, 4000, 4000, 4000])
  const refusal = await guess('Planner', '10.0.0.1', 'right').catch((error: unknown) => error)
  t.match(refusal, { statusCode: 429, headers: { 'retry-after': '900' } })
  slept.length = 0
  t.equal(await guess('planner', '10.0.0.2', 'right'), 'right', 'its owner gets in from elsewhere')
  t.same(slept, [4000], 'four seconds later')
  t.equal(await guess('planner', '10.0.0.2', 'right'), 'right')
  t.same(slept, [4000], 'and without delay from then on')

  slept.length = 0
  await Promise.all(Array.from({ length: 8 }, () => guess('leader', '10.0.0.3')))
  t.same(slept, [250, 500, 1000, 2000, 4000], 'side by side is no way around')

  for (let i = 0; i < 50; i++) await guess(`login-${i}`, '10.0.0.4')
  await t.rejects(guess('login-99', '10.0.0.4', 'right'), /too many wrong passwords/)
  now += 15 * 60_000
  t.equal(await guess('login-99', '10.0.0.4', 'right'), 'right', 'forgotten after a quarter hour')
})
