import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  DESKTOP,
  mapDrawn,
  openBrowser,
  openPage,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'
import { caseDesk } from '../fixtures/cases.ts'
import { kindId } from '../../api/features/case-kinds/default-kinds.ts'

/** A merchant's page: the ground before the shop, and saying with a photo that something there is put right. */

const running = await startApp(t)
const { url, engine } = running
const browser = await openBrowser(t)
const desk = await caseDesk(running)
const { id: frontage_id } = await engine.db
  .selectFrom('frontage as f')
  .innerJoin('membership as m', 'm.merchant_id', 'f.merchant_id')
  .select('f.id')
  .where('m.role', '=', 'merchant')
  .where('m.community_id', '=', desk.community_id)
  .executeTakeFirstOrThrow()

/** Something before the shop, taken up by the community; answers its number. */
async function asked(description: string): Promise<{ id: string; number: string }> {
  const id = await desk.report('inspector', kindId(desk.community_id, 'street.frontage_duties'), {
    place: { kind: 'frontage', id: frontage_id },
    description,
  })
  const { case: view } = await desk.move('leader', id, ['file'])
  return { id, number: view.number }
}

const tidy = await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#9ba' } })
  .jpeg()
  .toBuffer()

async function open(size = DESKTOP) {
  const opened = await openPage(browser, { url: `${url}/sign-in`, size })
  await signInByForm(opened.page, 'merchant', 'merchant-demo')
  await opened.page.waitForURL(/\/merchant/)
  await opened.page.getByRole('heading', { name: /^(门前三包|My frontage)$/ }).waitFor()
  return opened
}

const takePhoto = (page: Page) =>
  page
    .locator('input[type=file]')
    .setInputFiles({ name: 'tidy.jpg', mimeType: 'image/jpeg', buffer: tidy })

t.test('on the phone: the case, a photo, one button; whoever checks has the photo', async (t) => {
  const { id, number } = await asked('店主王某某把货堆在门口')
  const { page, complaints } = await open(PHONE)
  await page.getByRole('link', { name: number }).click()
  await page.getByText('请整改，拍照上报').waitFor()
  t.notMatch(await page.content(), /王某某/, 'what somebody wrote is not shown')
  t.ok(await page.getByRole('button', { name: '已整改' }).isDisabled(), 'a photo comes first')
  await takePhoto(page)
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  await page.getByRole('button', { name: '已整改' }).click()
  await page.getByText('已报整改，等待社区核查').waitFor()
  const view = await desk.view('leader', id)
  t.match(view, { step: 'feedback', media: [{ role: 'after', width: 1600 }] })
  t.match(view.steps.at(-1), { action: 'put_right', actor_role: 'merchant' })

  await desk.move('leader', id, ['send_back', { reason: '还有纸箱' }])
  await page.getByText('核查未通过，请再整改').waitFor()
  await takePhoto(page)
  await page.getByRole('button', { name: '已整改' }).click()
  await page.getByText('已报整改，等待社区核查').waitFor()
  await desk.move('leader', id, ['verify'])
  await page.getByText(/整改通过，.*结案/).waitFor()
  await page.getByRole('button', { name: '返回' }).click()
  await page.getByRole('heading', { name: /^已了结/ }).waitFor()
  t.same(complaints, [])
  await page.context().close()
})

t.test('without network it waits and is sent once when there is one again', async (t) => {
  const { id, number } = await asked('门前积雪')
  const { page } = await open(PHONE)
  await page.getByRole('link', { name: number }).click()
  await takePhoto(page)
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '已整改' }).click()
  await page.getByText('网络不通，正在自动重试').waitFor()
  await page.context().setOffline(false)
  await page.getByText('已报整改，等待社区核查').waitFor()
  const { steps } = await desk.view('leader', id)
  t.equal(steps.filter(({ action }) => action === 'put_right').length, 1)
  await page.context().close()
})

t.test('the page has no barriers, in both languages, on a desktop and on a phone', async (t) => {
  const { number } = await asked('门前三包')
  const { page } = await open()
  const look = async (name: string) => {
    t.same(await barriers(page), [], name)
    await shoot(page, name)
  }
  for (const [locale, other] of [
    ['zh', 'English'],
    ['en', '中文'],
  ] as const) {
    await page.setViewportSize(DESKTOP)
    const link = page.getByRole('link', { name: number })
    await link.waitFor()
    await mapDrawn(page)
    await look(`merchant-list-desktop-${locale}`)
    await link.click()
    await page.getByRole('article').waitFor()
    await look(`merchant-case-desktop-${locale}`)
    await page.setViewportSize(PHONE)
    await page.getByRole('navigation').filter({ visible: true }).waitFor()
    await look(`merchant-case-phone-${locale}`)
    await page.getByRole('button', { name: /^(返回|Back)$/ }).click()
    await link.waitFor()
    await look(`merchant-list-phone-${locale}`)
    await page.getByRole('button', { name: other }).click()
  }
  await page.context().close()
})

t.test('who has no shop is told so', async () => {
  const { page } = await openPage(browser, { url: `${url}/merchant` })
  await page.getByText('请登录商户账号').waitFor()
  await page.context().close()
})

async function shoot(page: Page, name: string) {
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` })
}
