import type { Page } from 'playwright-core'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { kindId } from '../../api/features/case-kinds/default-kinds.ts'
import { startApp } from '../fixtures/app.ts'
import { barriers, openBrowser, openPage, PHONE, signInByForm } from '../fixtures/browser.ts'

/** The leader's board: a fresh report on its way to being closed, in one browser and seen in another. */

const { url, engine } = await startApp(t)
const browser = await openBrowser(t)
const { id: community } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()

/** A guest reports trading outside a shop; answers the case's number. */
async function report(): Promise<string> {
  const reply = await fetch(`${url}/api/cases?community=tongjian`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: uuidv7(),
      kind_id: kindId(community, 'street.outside_trading'),
      lon: 91.1437,
      lat: 29.6537,
      found_at: new Date().toISOString(),
    }),
  })
  return ((await reply.json()) as { number: string }).number
}

async function openBoard(): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openPage(browser, { url: `${url}/sign-in` })
  await signInByForm(opened.page, 'leader', 'leader-demo')
  await opened.page.waitForURL(/\/cases/)
  await opened.page.locator('[data-column=collection] [data-case]').first().waitFor()
  return opened
}

const column = (page: Page, step: string) => page.locator(`[data-column=${step}]`)
const act = (page: Page, name: string) =>
  page.getByRole('region', { name: '可办事项' }).getByRole('button', { name, exact: true }).click()
const confirm = (page: Page) => page.getByRole('button', { name: '确定', exact: true }).click()

t.test(
  'a report is filed, dispatched, answered by its link, verified and rated; a second board follows',
  async (t) => {
    const { page, complaints } = await openBoard()
    const { page: other } = await openBoard()
    const number = await report()
    const card = column(page, 'collection').getByRole('button', { name: number })
    await card.click()
    await page.getByRole('heading', { name: '店外经营' }).waitFor()
    await act(page, '立案')
    await confirm(page)
    await column(other, 'filing').getByRole('button', { name: number }).waitFor()

    await act(page, '吹哨派遣')
    t.equal(
      await page.getByLabel('主办单位').locator('option:checked').textContent(),
      '城市管理(示例)',
      'the kind’s usual unit stands there',
    )
    await page.getByRole('checkbox', { name: '环卫(示例)' }).check()
    await page.getByLabel('到场时限').selectOption('20')
    const reply = page.waitForResponse((response) => response.url().includes('/steps'))
    await confirm(page)
    const { links } = (await (await reply).json()) as { links: { path: string }[] }
    const shown = page.getByRole('region', { name: '单位链接' })
    t.equal(await shown.getByRole('img').count(), 2, 'a code for each unit')
    await column(other, 'dispatch').getByRole('button', { name: number }).waitFor()

    for (const { path } of links) await signOff(path.split('link=')[1]!)
    await column(page, 'feedback').getByRole('button', { name: number }).waitFor()
    await act(page, '核查结案')
    await confirm(page)
    await column(other, 'verification').getByRole('button', { name: number }).waitFor()
    await act(page, '评价')
    await page.getByLabel('5 星').check()
    await confirm(page)
    await column(other, 'evaluation').getByRole('button', { name: number }).waitFor()
    t.same(complaints, [])
    await other.context().close()
    await page.context().close()
  },
)

/** A unit's officer, without an account, says that the work is done. */
async function signOff(link: string): Promise<void> {
  const reply = await fetch(`${url}/api/inbox/${link}/steps?community=tongjian`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: uuidv7(), action: 'report_result', result: '已恢复' }),
  })
  if (!reply.ok) throw new Error(await reply.text())
}

t.test('what is asked for lies in the address and is found again after a reload', async (t) => {
  const { page } = await openBoard()
  await page.getByRole('button', { name: '隐患台账' }).click()
  await page.waitForURL(/hazard=1/)
  await page.reload()
  await page.getByRole('button', { name: '隐患台账', pressed: true }).waitFor()
  await page.locator('[data-case]').first().waitFor()
  const kinds = await page.locator('[data-case] .kind').allTextContents()
  t.same([...new Set(kinds)], ['堵塞消防通道'])
  await page.context().close()
})

t.test(
  'whoever moves a case that was moved meanwhile is shown it and overwrites nothing',
  async () => {
    const { page } = await openBoard()
    const { page: other } = await openBoard()
    const number = await report()
    await column(page, 'collection').getByRole('button', { name: number }).click()
    await act(page, '不予立案')
    await page.getByLabel('原因（必填）').fill('看错了')
    // This page hears nothing of the other's move, as on a network that has just broken off.
    await page.route('**/api/cases**', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    )
    await column(other, 'collection').getByRole('button', { name: number }).click()
    await act(other, '立案')
    await confirm(other)
    await column(other, 'filing').getByRole('button', { name: number }).waitFor()
    await page.unroute('**/api/cases**')
    await confirm(page)
    await page.getByText('案卷刚被别人改动').waitFor()
    await column(other, 'filing').getByRole('button', { name: number }).waitFor()
    await page.context().close()
    await other.context().close()
  },
)

t.test('board and case have no barriers, on a desktop and on a phone', async (t) => {
  const { page } = await openBoard()
  t.same(await barriers(page), [])
  await column(page, 'feedback').locator('[data-case]').first().click()
  await page.getByRole('article').waitFor()
  t.same(await barriers(page), [])
  await page.context().close()
  const phone = await openPage(browser, { url: `${url}/sign-in`, size: PHONE })
  await signInByForm(phone.page, 'leader', 'leader-demo')
  await phone.page.locator('[data-case]').first().waitFor()
  t.same(await barriers(phone.page), [])
  await phone.page.context().close()
})
