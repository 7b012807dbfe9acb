import type { Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  mapDrawn,
  openBrowser,
  type Opened,
  openPage,
  PHONE,
  signInByForm,
  type Visit,
} from '../fixtures/browser.ts'

/** What the browser knows, for the functions below that run inside the page. */
declare const document: {
  documentElement: { scrollWidth: number }
  querySelector(selector: '.map'): {
    map?: { queryRenderedFeatures(options: { layers: string[] }): { properties: object }[] }
  } | null
}

const { url } = await startApp(t)
const browser = await openBrowser(t)

async function open(
  t: { teardown(work: () => unknown): unknown },
  visit: Visit,
  login: string | null = 'planner',
): Promise<Opened> {
  const opened = await openPage(browser, { ...visit, url: `${url}/sign-in` })
  t.teardown(() => opened.page.context().close())
  if (login) {
    const answer = opened.page.waitForResponse(
      (reply) => reply.url().endsWith('/api/session') && reply.request().method() === 'POST',
    )
    await signInByForm(opened.page, login, `${login}-demo`)
    await answer
  }
  await opened.page.goto(visit.url)
  return opened
}
/** Waits until a layer shows as many features as `count` says, or any at all. */
const drawn = (page: Page, layer: string, count: number | 'some') =>
  page.waitForFunction(
    ([layer, count]) => {
      const map = document.querySelector('.map')?.map
      const found = map?.queryRenderedFeatures({ layers: [layer] }).length ?? -1
      return count === 'some' ? found > 0 : found === count
    },
    [layer, count] as const,
  )
const RULES = `${url}/rules`

t.test(
  'everybody reads the packs with their sources; nobody is offered what is not theirs',
  async (t) => {
    const { page, complaints } = await open(t, { url: RULES }, null)
    await page.getByRole('button', { name: /中国城市通用/ }).click()
    await page.getByText('正在生效').waitFor()
    const sources = page.getByText('成都市、厦门市非机动车停放点设置导则')
    t.ok((await sources.count()) > 0)
    t.equal(await page.getByRole('slider').count(), 0)
    t.equal(await page.getByRole('button', { name: '复制一份' }).count(), 0)
    await page.getByRole('button', { name: '全部规则包' }).click()
    await page.getByRole('button', { name: /广州市/ }).click()
    await page.getByRole('radio', { name: /与通用包不同（\d+）/ }).check()
    await page.getByText('通用包：硬性 2.5 m、提醒 3.5 m').waitFor()
    t.same(await barriers(page), [])
    t.same(complaints, [])
  },
)

t.test(
  '25 m from corners instead of 15: four of 36 bays fail, seen before anybody saves',
  async (t) => {
    const { page, complaints } = await open(t, { url: `${RULES}?pack=cn-default` })
    await page.getByText('这套规则正在生效').waitFor()
    const number = page.getByRole('spinbutton', { name: /^B8 / })
    await number.fill('2500')
    await page.getByText('合理范围是 0.0 m 至 200.0 m。').waitFor()
    await number.fill('25')
    await page.getByText('36 处中有 4 处将不合规，0 处将变为合规。').waitFor()
    await page
      .getByRole('button', { name: /^10号非机动车位.*B8.*将不合规.*实测 15.0 m，要求 25.0 m/ })
      .waitFor()
    await mapDrawn(page)
    await drawn(page, 'rules-point', 4)
    // The slider does the same as the field.
    await page.getByRole('slider', { name: /^B8 / }).fill('15')
    await page.getByText('这套规则正在生效').waitFor()
    await drawn(page, 'rules-point', 0)
    await page.getByRole('slider', { name: /^B8 / }).fill('25')
    await page.getByText('36 处中有 4 处将不合规').waitFor()

    await page.getByRole('button', { name: '连同改动另存一份' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('中文名称').fill('本社区规则')
    await dialog.getByRole('button', { name: '复制' }).click()
    await page.getByRole('heading', { name: '本社区规则' }).waitFor()
    await page.getByText(/^第 2 版 · \d+ 条规则 ·\s+未生效/).waitFor()

    await page.getByRole('button', { name: '设为生效' }).click()
    await dialog.getByText('4 处将不合规，0 处将变为合规。').waitFor()
    await dialog.getByText(/B8.*36 处中\s*4 处将不合规/).waitFor()
    await dialog.getByLabel('理由').fill('路口视距')
    await dialog.getByRole('button', { name: '确认生效' }).click()
    await page.getByText(/^第 2 版 · \d+ 条规则 ·\s+正在生效/).waitFor()
    await page.getByRole('button', { name: '改了什么' }).click()
    await page.getByText('B8 与路口转角的距离：硬性 15.0 m → 硬性 25.0 m').waitFor()
    t.same(await barriers(page), [])

    // The page of conflicts judges by it: BAY-01 and the four.
    await page.goto(`${url}/conflicts?of=bays&rule=B8`)
    await page.getByText('规则包：本社区规则，第 2 版').waitFor()
    t.same(complaints, [])
  },
)

t.test(
  'a warning that no longer warns is told at once, and discarded edits leave nothing',
  async (t) => {
    const { page, complaints } = await open(t, { url: `${RULES}?pack=cn-default`, locale: 'en' })
    const levels = page.getByRole('spinbutton', { name: /^B1 / })
    await levels.first().fill('3.5')
    await page.getByText('A level of B1 is never reached: an earlier one is stricter.').waitFor()
    await page.getByText('Default: Hard 2.5 m, Warning 3.5 m').waitFor()
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.getByText('A level of B1').waitFor({ state: 'detached' })
    t.equal(await levels.first().inputValue(), '2.5')
    t.same(complaints, [])
  },
)

t.test('on a phone nothing is wider than the screen', async (t) => {
  const { page, complaints } = await open(t, { url: `${RULES}?pack=guangzhou`, size: PHONE })
  await page.getByRole('heading', { name: '广州市' }).waitFor()
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width)
  t.same(await barriers(page), [])
  t.same(complaints, [])
})

t.test(
  'demand: sides by their score with the figures, on the map, and on to the layout',
  async (t) => {
    const { page, complaints } = await open(t, { url: `${url}/demand` })
    const list = page.getByRole('list', { name: '按需求排序的路侧' })
    const rows = list.getByRole('article')
    await rows.first().waitFor()
    const scores = await list.locator('.score').allInnerTexts()
    const numbers = scores.map(Number)
    t.same(
      numbers,
      numbers.toSorted((a, b) => b - a),
    )
    t.match(await rows.first().innerText(), /的时段占用超过 85%（\d+ 次清点，最高 \d+%）/)
    t.match(await rows.first().innerText(), /95% 区间/)
    await mapDrawn(page)
    await drawn(page, 'demand-sides', 'some')
    await rows.first().getByRole('button').click()
    await page.waitForURL(/side=[0-9a-f-]{36}(:|%3A)(left|right)/)
    t.same(await barriers(page), [])
    const link = await rows
      .first()
      .getByRole('link', { name: '在这里布置车位' })
      .getAttribute('href')
    t.match(link, /^\/plan\?.*layout=[0-9a-f-]{36}(:|%3A)(left|right)/)
    t.same(complaints, [])
    const guest = await open(t, { url: `${url}/demand` }, null)
    await guest.page.getByText('规划人员登录后可以看到哪里缺车位。').waitFor()
  },
)
