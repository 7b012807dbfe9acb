import type { Page } from 'playwright-core'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Plan } from '../../api/features/plans/contract.ts'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  openBrowser,
  type Opened,
  openPage,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'
import { planDesk } from '../fixtures/plans.ts'

/** What the browser knows, for the functions below that run inside the page. */
declare const document: {
  documentElement: { scrollWidth: number }
  querySelector(selector: string): { getBoundingClientRect(): { width: number } } | null
}

/** A plan's whole way in the browser: drawn, compared, discussed, approved, published, printed. */

const running = await startApp(t)
const { url } = running
const { C, add, bay, drawn, get, planOf, stored } = await planDesk(running)
const browser = await openBrowser(t)

async function open(
  t: { teardown(work: () => unknown): unknown },
  address: string,
  login: string | null,
  more: { size?: typeof PHONE; locale?: 'zh-CN' | 'en' } = {},
): Promise<Opened> {
  const opened = await openPage(browser, { ...more, url: `${url}/sign-in` })
  t.teardown(() => opened.page.context().close())
  if (login) {
    const answer = opened.page.waitForResponse(
      (reply) => reply.url().endsWith('/api/session') && reply.request().method() === 'POST',
    )
    await signInByForm(opened.page, login, `${login}-demo`)
    await answer
  }
  await opened.page.goto(`${url}${address}`)
  return opened
}
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const tab = (page: Page, name: string) => page.getByRole('radio', { name }).check({ force: true })
const answered = (page: Page, method: string, path: RegExp) =>
  page.waitForResponse(
    (reply) => reply.request().method() === method && path.test(new URL(reply.url()).pathname),
  )

t.test('from the drawing board to painted lines', async (t) => {
  const planner = await open(t, '/plans?c=tongjian', 'planner')
  const { page } = planner
  await page.getByRole('textbox', { name: '新方案名称' }).fill('藏热南路增设车位')
  await button(page, '新建').click()
  await page.getByRole('heading', { name: '藏热南路增设车位' }).waitFor()
  await page.getByText('方案里还没有改动').waitFor()
  const id = new URL(page.url()).searchParams.get('plan')!

  // A bay of the usual first size, placed by keyboard at the middle of a street side.
  await button(page, '在图上画').click()
  await page.getByText('正在画入方案：藏热南路增设车位').waitFor()
  const side = page.getByRole('combobox', { name: '路缘' })
  await side.waitFor()
  await page.waitForFunction(
    () => document.querySelector('.figures option:nth-of-type(3)') !== null,
  )
  await side.selectOption({ index: 2 })
  await button(page, '在此放置').click()
  await page.getByRole('textbox', { name: '中文名' }).fill('方案里的车位')
  const posted = answered(page, 'POST', /\/edits$/)
  await button(page, '画入方案').click()
  t.equal((await posted).status(), 201)
  await page.getByText('已画入方案。').waitFor()
  await page.getByRole('link', { name: '回到方案' }).click()
  await page.getByText('方案里的车位').waitFor()
  const bays = await get(
    'nobody',
    `/collections/bays/items${C}&q=${encodeURIComponent('方案里的车位')}`,
  )
  t.same(bays.json().features, [], 'the inventory knows nothing of it yet')

  const undone = answered(page, 'POST', /\/undo$/)
  await button(page, '撤销上一步').click()
  await undone
  await page.getByText('方案里还没有改动').waitFor()
  await button(page, '恢复').click()
  await page.getByText('方案里的车位').waitFor()

  await tab(page, '前后比较')
  await page.getByRole('heading', { name: '车位数' }).waitFor()
  const priced = answered(page, 'PATCH', /\/plans\//)
  await page.getByRole('spinbutton', { name: '单价：标志牌（块）' }).fill('180')
  await page.keyboard.press('Tab')
  t.match((await (await priced).json()) as object, { unit_prices: { sign: 180 } })
  t.same(await barriers(page), [])

  await tab(page, '意见')
  await button(page, /生成链接/).click()
  const link = await page.getByRole('textbox', { name: '公开链接' }).inputValue()
  const resident = await open(t, link.replace(url, ''), null, { size: PHONE })
  await resident.page.getByRole('heading', { name: '藏热南路增设车位' }).waitFor()
  await resident.page.getByRole('textbox', { name: '您的意见' }).fill('支持，请留出盲道。')
  await button(resident.page, '提交意见').click()
  await resident.page.getByText('谢谢，意见已收到。').waitFor()
  t.same(await barriers(resident.page), [])
  await page.getByText('支持，请留出盲道。').waitFor()
  await button(page, '答复').click()
  await page.getByRole('textbox', { name: '答复' }).fill('会留出 0.5 米。')
  await button(page, '发布答复').click()
  await resident.page.getByText('答复：会留出 0.5 米。').waitFor()

  await button(page, '提交审阅').click()
  await page.getByText('等待社区负责人批准。').waitFor()
  const leader = await open(t, `/plans?c=tongjian&plan=${id}`, 'leader')
  await button(leader.page, '批准').click()
  await button(leader.page, '发布').click()
  await leader.page.getByText(/1 处新增、0 处调整、0 处撤除/).waitFor()
  const published = answered(leader.page, 'POST', /\/publish$/)
  await button(leader.page, '确定发布').click()
  t.equal((await published).status(), 200)
  const found = await get(
    'nobody',
    `/collections/bays/items${C}&q=${encodeURIComponent('方案里的车位')}`,
  )
  t.match(found.json().features, [{ properties: { status: 'approved' } }])

  await tab(page, '施划工单')
  await page.getByRole('img', { name: /比例 1 : 200/ }).waitFor()
  await page.emulateMedia({ media: 'print' })
  const bar = await page.evaluate(
    () => document.querySelector('.bar path[data-metres="10"]')!.getBoundingClientRect().width,
  )
  // 10 m at 1 : 200 are 50 mm; a CSS millimetre is 96 / 25.4 pixels.
  t.ok(Math.abs(bar - (50 * 96) / 25.4) < 1.5, `${bar} px`)
  await page.emulateMedia({ media: 'screen' })
  t.same(await barriers(page), [])
  await button(page, '标记 1 处为已施划').click()
  await page.getByText('已标记 1 处为已施划。').waitFor()
  t.same([...planner.complaints, ...resident.complaints, ...leader.complaints], [])
})

t.test(
  'what a colleague draws shows without a reload; who only reads is offered nothing',
  async (t) => {
    const plan: Plan = await planOf('两人')
    const { page, complaints } = await open(t, `/plans?c=tongjian&plan=${plan.id}`, 'inspector')
    await page.getByText('方案里还没有改动').waitFor()
    t.equal(await button(page, '在图上画').count(), 0)
    t.equal(await button(page, '提交审阅').count(), 0)
    const old = await stored('BAY-12')
    await add(plan, [
      drawn({ feature: bay('同事画的', 6) }),
      drawn({
        id: uuidv7(),
        action: 'retire',
        base_version: old.properties.version,
        feature_id: old.id,
        feature: undefined,
      }),
    ])
    await page.getByText('同事画的').waitFor()
    await page.getByText(old.properties.name_zh as string).waitFor()
    t.same(complaints, [])
  },
)

for (const [locale, size] of [
  ['en', undefined],
  ['zh-CN', PHONE],
] as const)
  t.test(`no barriers: ${locale}, ${size ? 'phone' : 'desktop'}`, async (t) => {
    const plan = await planOf(`无障碍 ${locale}`)
    await add(plan, [drawn({ feature: bay('x', 7) })])
    const { page, complaints } = await open(t, '/plans?c=tongjian', 'planner', {
      locale,
      ...(size && { size }),
    })
    await page.getByRole('link', { name: new RegExp(plan.name) }).click()
    for (const view of ['edits', 'compare', 'comments', 'order']) {
      await page.goto(`${url}/plans?c=tongjian&plan=${plan.id}&tab=${view}`)
      await page.getByRole('heading', { name: plan.name, exact: true }).first().waitFor()
      t.same(await barriers(page), [], view)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      t.equal(width, (size ?? { width: 1440 }).width, view)
    }
    t.same(complaints, [])
  })
