import sharp from 'sharp'
import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'
import { barriers, openBrowser, openPage, PHONE, signInByForm } from '../fixtures/browser.ts'

const { app, engine, url } = await startApp(t)
const browser = await openBrowser(t)

/** On 藏热南路 of the sample. */
const HERE = { longitude: 91.1429186, latitude: 29.6526225, accuracy: 6 }
/** A kind of the sample that residents may report. */
const KIND = '路面结冰'
const PHOTO = await sharp({
  create: { width: 1600, height: 1200, channels: 3, background: '#77aa88' },
})
  .jpeg()
  .toBuffer()

async function resident() {
  const { page, complaints } = await openPage(browser, { url: `${url}/report`, size: PHONE })
  await page.context().grantPermissions(['geolocation'])
  await page.context().setGeolocation(HERE)
  await page.getByRole('heading', { name: '是什么问题' }).waitFor()
  return { page, complaints }
}

let number = ''

t.test('a resident without an account reports with a photo, in under a minute', async (t) => {
  const { page, complaints } = await resident()
  const began = Date.now()
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: PHOTO })
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  await page.getByRole('button', { name: '用我的位置' }).click()
  await page.getByText('藏热南路(示意)').waitFor()
  await page.getByRole('button', { name: KIND, exact: true }).click()
  t.same(await barriers(page), [])
  // The network fails at the moment of sending: nothing is lost, and it is sent once.
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('内容已存在这部手机上').waitFor()
  await page.context().setOffline(false)
  await page.getByText('已收到，谢谢您！').waitFor()
  t.ok(Date.now() - began < 60_000)
  number = new URL(page.url()).searchParams.get('number')!
  await page.getByText('由社区办理').waitFor()
  t.same(await barriers(page), [])
  const { rows } = await app.inject({ url: `/api/reports/${number}` }).then((reply) => ({
    rows: reply.json<{ step: string; is_mine: boolean }>(),
  }))
  t.equal(rows.step, 'collection')
  t.equal(rows.is_mine, false)
  const stored = await engine.db
    .selectFrom('case_file as c')
    .innerJoin('media as m', 'm.case_id', 'c.id')
    .select(['c.source', 'm.taken_lon'])
    .where('c.serial', '=', Number(number.split('-')[1]))
    .execute()
  t.same(stored, [{ source: 'resident', taken_lon: null }])
  t.same(
    complaints.filter((one) => !one.includes('INTERNET_DISCONNECTED')),
    [],
  )
  await page.context().close()
})

t.test('another resident is offered to follow it, and sees the same case', async (t) => {
  const { page, complaints } = await resident()
  await page.getByRole('button', { name: '用我的位置' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).click()
  await page.getByText(`（${number}）。是同一件事吗？`).waitFor()
  await page.getByRole('button', { name: '是，跟进它' }).click()
  await page.getByText('已跟进这件事').waitFor()
  await page.getByRole('heading', { name: KIND }).waitFor()
  t.same(complaints, [])
  await page.context().close()
})

t.test(
  'a unit answers by its link alone, also when the network fails; the bell of the leader tells',
  async (t) => {
    const cookie = await signIn(app, 'leader', 'leader-demo')
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const { id } = await engine.db
      .selectFrom('case_file')
      .select('id')
      .where('serial', '=', Number(number.split('-')[1]))
      .executeTakeFirstOrThrow()
    const step = async (payload: Record<string, unknown>) => {
      const reply = await app.inject({
        method: 'POST',
        url: `/api/cases/${id}/steps`,
        headers,
        payload: { id: crypto.randomUUID(), ...payload },
      })
      t.equal(reply.statusCode, 200, reply.body)
      return reply.json<{ links: { path: string }[] }>()
    }
    await step({ action: 'file' })
    const unit = await engine.db
      .selectFrom('partner_unit')
      .select('id')
      .where('external_id', '=', 'U-05')
      .executeTakeFirstOrThrow()
    const { links } = await step({
      action: 'dispatch',
      units: [{ unit_id: unit.id, is_lead: true }],
    })
    const { page } = await openPage(browser, { url: url + links[0]!.path, size: PHONE })
    await page.getByRole('button', { name: '接单' }).click()
    await page.getByRole('button', { name: '我已到场' }).waitFor()
    await page.context().setOffline(true)
    await page.getByRole('button', { name: '我已到场' }).click()
    await page.getByText('正在自动重试').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('textbox', { name: '怎么处置的' }).fill('已撒融雪剂')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'b.jpg', mimeType: 'image/jpeg', buffer: PHOTO })
    await page.getByRole('img', { name: '照片 1' }).waitFor()
    t.same(await barriers(page), [])
    await page.getByRole('button', { name: '反馈结果' }).click()
    await page.getByText('已反馈，等待社区核查。').waitFor()
    await page.context().close()

    const leader = await openPage(browser, { url: `${url}/sign-in` })
    await signInByForm(leader.page, 'leader', 'leader-demo')
    const bell = leader.page.getByRole('button', { name: /^通知，\d+ 条未读$/ })
    await bell.waitFor()
    await leader.page.goto(`${url}/bulletin`)
    await leader.page.getByRole('row', { name: /^合计/ }).waitFor()
    t.same(await barriers(leader.page), [])
    await bell.click()
    await leader.page.getByText(`已处理，待核查：${KIND} ${number}`).waitFor()
    t.same(await barriers(leader.page), [])
    await leader.page.context().close()
  },
)
