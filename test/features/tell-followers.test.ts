import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { kindId } from '../../api/features/case-kinds/default-kinds.ts'
import { tellFollowers } from '../../api/features/notifications/tell-followers.ts'
import { readSettings } from '../../api/settings.ts'
import { signIn, testApp } from '../fixtures/app.ts'
import { smtpReceiver } from '../fixtures/smtp.ts'

/** Reporters and followers without an account: told by e-mail how it ended. */

const smtp = await smtpReceiver(t)
const { app, engine } = await testApp(t)
const { mail } = readSettings({
  DATA_DIR: t.testdir(),
  SMTP_URL: `smtp://127.0.0.1:${smtp.state.port}`,
  MAIL_FROM: 'Jiexu <jiexu@example.org>',
})
const configured = { mail, publicUrl: 'https://jiexu.example.org' }
const { id: community } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const leader = await signIn(app, 'leader', 'leader-demo')

t.test(
  'who reported and left an address is told once how it ended, also after a failure',
  async (t) => {
    const post = (url: string, payload: object, cookie = '') =>
      app.inject({
        method: 'POST',
        url: `/api${url}?community=tongjian`,
        headers: { 'sec-fetch-site': 'same-origin', cookie },
        payload,
      })
    const id = uuidv7()
    const reported = await post('/cases', {
      id,
      kind_id: kindId(community, 'street.outside_trading'),
      lon: 91.1437,
      lat: 29.6537,
      found_at: new Date().toISOString(),
      contact: { email: 'reporter@example.org' },
    })
    t.equal(reported.statusCode, 201, reported.body)
    const { number } = reported.json()
    t.match(
      await tellFollowers(engine, configured),
      { sent: 0, failed: 0 },
      'nothing has ended yet',
    )
    const refused = await post(
      `/cases/${id}/steps`,
      { id: uuidv7(), action: 'refuse', reason: '现场已恢复' },
      leader,
    )
    t.equal(refused.statusCode, 200, refused.body)
    smtp.letters.length = 0
    smtp.state.isRefusing = true
    t.match(await tellFollowers(engine, configured), { sent: 0, failed: 1 })
    smtp.state.isRefusing = false
    t.match(await tellFollowers(engine, configured), { sent: 1, failed: 0 })
    t.match(await tellFollowers(engine, configured), { sent: 0, failed: 0 }, 'and not again')
    const letters = smtp.letters.filter(({ to }) => to === 'reporter@example.org')
    t.equal(letters.length, 1)
    t.match(
      letters[0]!.data,
      new RegExp(`report\\?c=3Dtongjian|report\\?c=tongjian`),
      'where it is followed',
    )
    t.match(letters[0]!.data, number)
  },
)
