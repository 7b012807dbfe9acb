import t from 'tap'
import webPush from 'web-push'
import { noticeOf, pathOf } from '../../web/src/lib/offline/push-notice.ts'
import { startApp } from '../fixtures/app.ts'
import { barriers, openBrowser, openPage, signInByForm } from '../fixtures/browser.ts'

/** Being told on this device: the switch, and what the service worker makes of a push. */

const ENDPOINT = 'https://push.example.org/device-1'
/** A subscription as the browser makes one. As text: what the tests' compiler adds is not known to a page. */
const PLAYED = `{
  let made = null
  PushManager.prototype.getSubscription = async () => made
  PushManager.prototype.subscribe = async () =>
    (made = {
      endpoint: '${ENDPOINT}',
      toJSON: () => ({
        endpoint: '${ENDPOINT}',
        keys: { p256dh: 'B' + 'A'.repeat(86), auth: 'A'.repeat(22) },
      }),
      unsubscribe: async () => ((made = null), true),
    })
}`
const keys = webPush.generateVAPIDKeys()
const { url, engine } = await startApp(t, {
  settings: { push: { subject: 'mailto:a@example.org', ...keys } },
})
const { url: silent } = await startApp(t, { contents: 'sample' })
const browser = await openBrowser(t)

t.test('a push shows its words once, and leads only to pages of ours', (t) => {
  t.match(noticeOf('{"title":"新上报","path":"/cases?case=1","tag":"7"}'), {
    title: '新上报',
    options: { tag: '7', data: { path: '/cases?case=1' } },
  })
  t.match(noticeOf('plain words'), { title: 'plain words', options: { data: { path: '/' } } })
  for (const text of ['', 'null', '[]', '{"title":3}']) t.ok(noticeOf(text).title, text)
  for (const path of ['https://elsewhere', '//elsewhere', '/\\elsewhere', 'cases', 7, undefined])
    t.equal(pathOf({ path }), '/')
  t.equal(pathOf({ path: '/inbox?c=a' }), '/inbox?c=a')
  t.end()
})

t.test('the switch subscribes this device, and ends it; signing out ends it too', async (t) => {
  const { page } = await openPage(browser, { url: `${url}/map` })
  await page.context().grantPermissions(['notifications'], { origin: url })
  // The browser's push service is somebody else's, and not reached from here: it is played.
  await page.addInitScript({ content: PLAYED })
  await page.goto(`${url}/sign-in`)
  await signInByForm(page, 'inspector', 'inspector-demo')
  await page.waitForURL(/\/inspect/)
  const openSettings = async () => {
    await page.goto(`${url}/sign-in`)
    await page.getByText('通知设置').click()
    return page.getByRole('switch', { name: '在这台设备上通知我' })
  }
  const known = () => engine.db.selectFrom('push_subscription').select('endpoint').execute()
  const box = await openSettings()
  await box.check()
  await page.getByText('这台设备会收到通知').waitFor()
  t.same(await known(), [{ endpoint: ENDPOINT }])
  t.match(await engine.db.selectFrom('notification_setting').select('by_push').execute(), [
    { by_push: true },
  ])
  t.same(await barriers(page), [])
  await box.uncheck()
  await page.getByText('打开后，网页关着也能收到通知').waitFor()
  t.same(await known(), [])
  await box.check()
  await page.getByText('这台设备会收到通知').waitFor()
  await page.locator('#panel').getByRole('button', { name: '退出登录' }).click()
  await page.getByRole('button', { name: '登录', exact: true }).waitFor()
  t.same(await known(), [])
  await page.context().close()
})

t.test('a server that sends none says so', async (t) => {
  const { page } = await openPage(browser, { url: `${silent}/sign-in` })
  await signInByForm(page, 'inspector', 'inspector-demo')
  await page.waitForURL(/\/inspect/)
  await page.goto(`${silent}/sign-in`)
  await page.getByText('通知设置').click()
  await page.getByText('这台服务器没有设置推送').waitFor()
  t.ok(await page.getByRole('switch').isDisabled())
  await page.context().close()
})
