import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { CaseKind } from '../../api/features/case-kinds/contract.ts'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  DESKTOP,
  openBrowser,
  openPage,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'
import { caseDesk } from '../fixtures/cases.ts'

/** The settings of kinds: changed against what was read, taken in from a list, on a desktop and on a phone. */

const running = await startApp(t)
const { url } = running
const browser = await openBrowser(t)
const desk = await caseDesk(running)

const kindOf = async (code: string): Promise<CaseKind> =>
  (await desk.get('leader', '/case_kinds?community=tongjian'))
    .json()
    .case_kinds.find((kind: CaseKind) => kind.code === code)

async function open(login = 'leader') {
  const opened = await openPage(browser, { url: `${url}/sign-in?back=case-kinds` })
  await signInByForm(opened.page, login, `${login}-demo`)
  await opened.page.waitForURL(/\/case-kinds/)
  await opened.page.getByRole('heading', { name: '案件类别' }).waitFor()
  return opened
}

const choose = (page: Page, name: string) =>
  page.getByRole('navigation', { name: '类别目录' }).getByRole('button', { name }).click()

async function save(page: Page): Promise<number> {
  const reply = page.waitForResponse(
    (response) =>
      response.url().includes('/api/case_kinds') && response.request().method() !== 'GET',
  )
  await page.getByRole('button', { name: '保存', exact: true }).click()
  return (await reply).status()
}

t.test('a limit in working hours, the radius and who sees it are changed and kept', async (t) => {
  const { page, complaints } = await open()
  await choose(page, '店外经营')
  const form = page.getByRole('form', { name: '店外经营' })
  t.equal(await form.getByLabel('处置', { exact: true }).inputValue(), '4')
  t.ok(await page.getByRole('button', { name: '保存', exact: true }).isDisabled())
  await form.getByLabel('处置', { exact: true }).fill('1.5')
  await form.getByLabel('立案', { exact: true }).fill('')
  await form.getByLabel('重复上报判定半径（米）').fill('15')
  await form.getByLabel('居民可见进展').uncheck()
  await form.getByLabel('处置后照片（张）').fill('2')
  await form.getByLabel('处置后照片（张）').blur()
  await page.getByText('未保存').waitFor()
  t.equal(await save(page), 200)
  await page.getByText('未保存').waitFor({ state: 'detached' })
  t.match(await kindOf('street.outside_trading'), {
    limits: { dispatch: 60, handle: 90, verify: 480 },
    duplicate_radius_m: 15,
    is_public: false,
    required: { photos_after: 2 },
    version: 2,
  })
  t.notOk('file' in (await kindOf('street.outside_trading')).limits, 'no clock runs')
  t.same(complaints, [])
  await page.context().close()
})

t.test(
  'who was overtaken keeps what was written, sees the other’s, and saves upon it',
  async (t) => {
    const { page } = await open()
    // Nothing is heard of the other, as on a network that has just broken off.
    await page.route('**/api/events**', (route) => route.abort())
    await page.reload()
    await choose(page, '占道废品收购')
    const form = page.getByRole('form')
    await form.getByLabel('英文名称').fill('Mine')
    const before = await kindOf('street.scrap_on_road')
    const other = await desk.call(
      'leader',
      'PATCH',
      `/case_kinds/${before.id}?community=tongjian`,
      { name_en: 'Theirs', duplicate_days: 3 },
      { 'if-match': `"${before.version}"` },
    )
    t.equal(other.statusCode, 200)
    t.equal(await save(page), 412)
    await page.getByText('两边都改了：英文名称').waitFor()
    t.equal(await form.getByLabel('重复上报判定天数').inputValue(), '3', 'theirs is seen')
    t.equal(await form.getByLabel('英文名称').inputValue(), 'Mine')
    t.equal(await save(page), 200)
    t.match(await kindOf('street.scrap_on_road'), { name_en: 'Mine', duplicate_days: 3 })
    await page.context().close()
  },
)

t.test('a kind is added under a heading; a code that is taken is said at once', async (t) => {
  const { page } = await open('planner')
  await choose(page, '市容环卫')
  await page.getByRole('button', { name: '在其下新增' }).click()
  const form = page.getByRole('form', { name: '新增类别' })
  await form.getByLabel('中文名称').fill('乱贴广告')
  await form.getByLabel('英文名称').fill('Stickers')
  await form.getByLabel('代码').fill('sanitation.green_care')
  t.equal(await save(page), 409)
  await form.getByRole('alert').waitFor()
  await form.getByLabel('代码').fill('sanitation.stickers')
  t.equal(await save(page), 201)
  await page.getByRole('form', { name: '乱贴广告' }).waitFor()
  const { parent_id } = await kindOf('sanitation.stickers')
  t.equal(parent_id, (await kindOf('sanitation')).id)
  await page.context().close()
})

t.test(
  'a list is taken in with a report, and the list that is exported changes nothing',
  async (t) => {
    const { page } = await open()
    const pick = (name: string, mimeType: string, text: string) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType, buffer: Buffer.from(text, 'utf8') })
    await pick(
      'codes.csv',
      'text/csv',
      'code,class,name_zh,name_en,limits.handle\ngb.1,event,甲,A,120\ngb.2,thing,乙,B,\n',
    )
    await page.getByText('共 2 行：新增 1，修改 0，未变 0，未收 1。').waitFor()
    await page.getByText('第 2 行，class：').waitFor()
    t.match(await kindOf('gb.1'), { limits: { handle: 120 } })
    await page
      .getByRole('navigation', { name: '类别目录' })
      .getByRole('button', { name: '甲' })
      .waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: '导出 CSV' }).click()
    const sheet = readFileSync(await (await download).path(), 'utf8')
    const rows = sheet.trim().split('\r\n').length - 1
    await pick('again.csv', 'text/csv', sheet)
    await page.getByText(`共 ${rows} 行：新增 0，修改 0，未变 ${rows}，未收 0。`).waitFor()
    await pick('broken.json', 'application/json', '{"not":"a list"}')
    await page.getByRole('alert').waitFor()
    await page.context().close()
  },
)

t.test(
  'no barriers in both languages, on a desktop and on a phone; guests are sent away',
  async (t) => {
    const { page } = await open()
    const look = async (name: string) => {
      t.same(await barriers(page), [], name)
      if (process.env['SHOTS'])
        await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` })
    }
    for (const [locale, other] of [
      ['zh', 'English'],
      ['en', '中文'],
    ] as const) {
      await page.setViewportSize(DESKTOP)
      await page.getByRole('button', { name: /^(堵塞消防通道|Fire lane blocked)/ }).click()
      await page.getByRole('form').waitFor()
      await look(`kinds-desktop-${locale}`)
      await page.setViewportSize(PHONE)
      await page.getByRole('button', { name: /^(全部类别|All kinds)$/ }).waitFor()
      await look(`kinds-form-phone-${locale}`)
      await page.getByRole('button', { name: /^(全部类别|All kinds)$/ }).click()
      await page.getByRole('button', { name: /^(新增类别|Add a kind)$/ }).waitFor()
      await look(`kinds-list-phone-${locale}`)
      await page.getByRole('button', { name: other }).click()
    }
    await page.context().close()
    const guest = await openPage(browser, { url: `${url}/case-kinds` })
    await guest.page.getByText('请登录后再设置案件类别').waitFor()
    await guest.page.context().close()
  },
)
