import type { Browser, BrowserContext, Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { createDefaultKinds } from '../../api/features/case-kinds/default-kinds.ts'
import { signIn, startApp } from '../fixtures/app.ts'
import { barriers, openBrowser, PATIENCE, PHONE, signInByForm } from '../fixtures/browser.ts'
import { cuttable } from '../fixtures/cuttable.ts'

/** What a browser knows and Node does not. */
declare const DOMException: new (message: string, name: string) => Error
declare const IDBObjectStore: {
  prototype: { add(this: object, value: { blob?: unknown }, key?: unknown): unknown }
}
declare const navigator: { serviceWorker: { ready: Promise<unknown>; controller: unknown } }

const { app, engine, url } = await startApp(t)
const community = await engine.db.selectFrom('community').select('id').executeTakeFirstOrThrow()
// Nothing where the sample has kinds of its own.
await engine.db.transaction().execute((trx) => createDefaultKinds(trx, community.id))
const browser = await openBrowser(t)
const line = await cuttable(t, url)

/** On 藏热南路 in the sample's first grid, where the demo inspector walks. */
const HERE = { longitude: 91.1429186, latitude: 29.6526225, accuracy: 6 }
const PHOTO = {
  name: 'photo.jpg',
  mimeType: 'image/jpeg',
  buffer: await sharp({
    create: { width: 2400, height: 1800, channels: 3, background: '#7a8f6c' },
  })
    .jpeg()
    .toBuffer(),
}
/** A kind of the sample that asks for nothing but a place. */
const KIND = '无照经营游商'

interface Phone {
  context: BrowserContext
  page: Page
  complaints: string[]
}

/** A phone in an inspector's hand, with the day's package on it and the patrol page open. */
async function phone(browser: Browser, login = 'inspector'): Promise<Phone> {
  line.mend()
  const context = await browser.newContext({
    viewport: PHONE,
    isMobile: true,
    hasTouch: true,
    reducedMotion: 'reduce',
    permissions: ['geolocation'],
    geolocation: HERE,
  })
  context.setDefaultTimeout(PATIENCE)
  const complaints: string[] = []
  context.on('page', (page) => {
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      // Without network the browser and the map say of every request that it failed; that is what is tested here.
      if (message.type() === 'error' && !line.wasCut() && !/ERR_|status of 4/.test(message.text()))
        complaints.push(message.text())
    })
  })
  const page = await context.newPage()
  await page.goto(`${line.url}/sign-in`)
  await signInByForm(page, login, `${login}-demo`)
  await page.getByText('资料已存到手机').waitFor()
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  return { context, page, complaints }
}

/** Logs one record as a thumb does: the big button, the kind, the camera, save. */
async function logOne(page: Page): Promise<void> {
  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  await page.locator('input[type=file]').setInputFiles(PHOTO)
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('已保存，联网后自动发送。').waitFor()
}

const casesOf = async (login: string) =>
  engine.db
    .selectFrom('case_file as c')
    .innerJoin('account as a', 'a.id', 'c.reported_by')
    .leftJoin('media as m', 'm.case_id', 'c.id')
    .select(({ fn }) => [
      fn.count<string>('c.id').distinct().as('cases'),
      fn.count<string>('m.id').distinct().as('photos'),
    ])
    .where('a.login', '=', login)
    .executeTakeFirstOrThrow()

t.test('ten records with photos of a day without network arrive once each', async (t) => {
  const before = await casesOf('inspector')
  const { context, page: first, complaints } = await phone(browser)
  await first.getByRole('button', { name: '开始今日巡查' }).click()
  await first.getByText('巡查中', { exact: true }).waitFor()
  await first.getByText('正在保存离线地图').waitFor({ state: 'detached' })
  await first.getByRole('button', { name: '待发送 0' }).waitFor()

  line.cut()
  await context.setOffline(true)
  for (let k = 0; k < 10; k++) await logOne(first)
  await first.getByRole('button', { name: '待发送 20' }).waitFor()
  await first.close()

  // The phone was in a pocket; the page comes from the phone itself.
  const page = await context.newPage()
  await page.goto(`${line.url}/inspect`)
  await page.getByText('离线，记录保存在手机上').waitFor()
  await page.getByRole('button', { name: '待发送 20' }).click()
  await page.getByRole('heading', { name: '等待发送' }).waitFor()

  // The first answers of each kind are lost on the way: the phone cannot know, and sends again.
  line.loseAnswers('POST', /^\/api\/cases\b/, 2)
  line.mend()
  await context.setOffline(false)
  await page.getByRole('heading', { name: '等待发送' }).waitFor({ state: 'detached' })
  t.equal(await page.getByText(/^20\d\d-\d{6}$/).count(), 10)
  t.equal(await page.getByRole('heading', { name: '需要您处理' }).count(), 0)
  const after = await casesOf('inspector')
  t.equal(Number(after.cases) - Number(before.cases), 10)
  t.equal(Number(after.photos) - Number(before.photos), 10)
  t.same(complaints, [])
  await context.close()
})

t.test('a draft survives the page, and no one but its writer can send a record', async (t) => {
  const before = await casesOf('inspector')
  const leaders = await casesOf('leader')
  const { context, page, complaints } = await phone(browser)
  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  await page.getByRole('textbox', { name: '说明（可不填）' }).fill('两个摊位，占用盲道')
  await page.locator('input[type=file]').setInputFiles(PHOTO)
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  await page.reload()
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  t.equal(
    await page.getByRole('textbox', { name: '说明（可不填）' }).inputValue(),
    '两个摊位，占用盲道',
  )

  line.cut()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: '待发送 2' }).waitFor()
  line.mend()
  // Somebody else signs in on this phone, past the open page.
  const signInAs = (login: string) =>
    context.request.post(`${line.url}/api/session`, {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { login, password: `${login}-demo` },
    })
  await signInAs('leader')
  await page.getByRole('button', { name: '待发送 2' }).click()
  await page.getByRole('button', { name: '立即发送' }).click()
  await page.getByText('登录已失效，记录仍在手机上').waitFor()
  t.same(await casesOf('leader'), leaders)
  t.same(await casesOf('inspector'), before)
  await page.reload()
  await page.getByText('网格员（演示） 还有 2 条记录').waitFor()

  await signInAs('inspector')
  await page.reload()
  await page.getByText(/^20\d\d-\d{6}$/).waitFor()
  const after = await casesOf('inspector')
  t.equal(Number(after.cases) - Number(before.cases), 1)
  t.same(complaints, [])
  await context.close()
})

t.test('a case that moved on meanwhile: mine beside theirs, and no word is lost', async (t) => {
  const resident = await signIn(app, 'resident', 'resident-demo')
  const leader = await signIn(app, 'leader', 'leader-demo')
  const kind = await engine.db
    .selectFrom('case_kind')
    .select('id')
    .where('name_zh', '=', KIND)
    .executeTakeFirstOrThrow()
  const id = crypto.randomUUID()
  const post = (url: string, cookie: string, payload: object) =>
    app.inject({
      method: 'POST',
      url,
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      payload,
    })
  const report = await post('/api/cases?community=tongjian', resident, {
    id,
    kind_id: kind.id,
    lon: HERE.longitude,
    lat: HERE.latitude,
    found_at: new Date().toISOString(),
    media: [await sentPhoto(resident)],
  })
  t.equal(report.statusCode, 201, report.body)

  const { context, page, complaints } = await phone(browser)
  await page.goto(`${line.url}/inspect?do=case&case=${id}`)
  await page.getByRole('textbox', { name: '现场情况' }).fill('摊主已自行撤离')
  line.cut()
  await page.getByRole('button', { name: '当场劝导' }).click()
  await page.getByRole('button', { name: '待发送 1' }).waitFor()
  const filed = await post(`/api/cases/${id}/steps`, leader, {
    id: crypto.randomUUID(),
    action: 'file',
  })
  t.equal(filed.statusCode, 200, filed.body)
  line.mend()

  // Nobody has to press anything: the event stream notices that the server is back.
  await page.getByRole('button', { name: '需处理 1' }).click()
  await page.getByRole('button', { name: /跟进/ }).click()
  const mine = page.getByRole('region', { name: '我的' })
  await mine.getByText('当场劝导').waitFor()
  await mine.getByText('摊主已自行撤离').waitFor()
  await page.getByRole('region', { name: '服务器上的' }).getByText('案卷建立').waitFor()
  t.same(await barriers(page), [])
  await page.getByRole('button', { name: '改为补充情况发送' }).click()
  await page.getByRole('heading', { name: '需要您处理' }).waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: '最近已发送' }).waitFor()
  const steps = await engine.db
    .selectFrom('case_step')
    .select(['action', 'note'])
    .where('case_id', '=', id)
    .orderBy('at')
    .execute()
  t.same(
    steps.map(({ action }) => action),
    ['report', 'file', 'note'],
  )
  t.equal(steps.at(-1)?.note, '摊主已自行撤离')
  t.same(complaints, [])
  await context.close()
})

t.test('a full phone refuses the photo in words and keeps the record', async (t) => {
  const { context, page, complaints } = await phone(browser)
  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  // What a browser does when its share of the disk is used up: it refuses the larger thing first.
  await page.evaluate(() => {
    const store = IDBObjectStore.prototype
    const add = Object.getOwnPropertyDescriptor(store, 'add')!.value as typeof store.add
    store.add = function (value, key) {
      if (value.blob) throw new DOMException('no room left', 'QuotaExceededError')
      return add.call(this, value, key)
    }
  })
  await page.locator('input[type=file]').setInputFiles(PHOTO)
  await page.getByRole('alert').filter({ hasText: '手机空间不足，照片未保存' }).waitFor()
  t.equal(await page.getByRole('img', { name: '照片 1' }).count(), 0)
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('已保存，联网后自动发送。').waitFor()
  t.same(complaints, [])
  await context.close()
})

/** A photo that a case may name, sent by the person of a cookie. */
async function sentPhoto(cookie: string): Promise<string> {
  const id = crypto.randomUUID()
  const reply = await app.inject({
    method: 'PUT',
    url: `/api/media/${id}?community=tongjian&role=evidence`,
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'image/jpeg' },
    payload: PHOTO.buffer,
  })
  if (reply.statusCode >= 300) throw new Error(reply.body)
  return id
}
