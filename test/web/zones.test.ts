import ICAL from 'ical.js'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  mapDrawn,
  openBrowser,
  openPage,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'
import { caseDesk } from '../fixtures/cases.ts'

/** A trading zone is run in the page: stalls, giving them away, a double booking, suspending, the permit. */

const running = await startApp(t)
const { url } = running
const { get, post } = await caseDesk(running)
const browser = await openBrowser(t)
const C = '?community=tongjian'
const id = uuidv7()
const RING = [
  [91.1436, 29.6538],
  [91.14381, 29.6538],
  [91.14381, 29.65382],
  [91.1436, 29.65382],
  [91.1436, 29.6538],
]
const zone = {
  type: 'Feature',
  id,
  geometry: { type: 'Polygon', coordinates: [RING] },
  properties: {
    name_zh: '试点夜市',
    status: 'approved',
    category: '小吃',
    duties: '收摊清扫',
    windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'], from: '18:00', to: '23:00' }],
    first_date: '2026-01-01',
  },
}

t.test(
  'stalls are laid out, given once, suspended with a reason, and the permit says so',
  async (t) => {
    t.equal((await post('planner', `/collections/vendor_zones/items${C}`, zone)).statusCode, 201)
    const { page, complaints } = await openPage(browser, { url: `${url}/sign-in` })
    const signedIn = page.waitForResponse(
      (reply) => reply.url().endsWith('/api/session') && reply.request().method() === 'POST',
    )
    await signInByForm(page, 'planner', 'planner-demo')
    await signedIn
    await page.goto(`${url}/zones?c=tongjian`)
    await page.getByRole('button', { name: /试点夜市/ }).click()

    await page.getByRole('button', { name: '划分摊位' }).click()
    const grid = page.getByRole('form', { name: '划分摊位' })
    await grid.getByLabel('摊位长（米）').fill('4.5')
    await grid.getByRole('button', { name: '划分摊位' }).click()
    await page.getByText('0 / 4 个摊位在用').waitFor()
    await mapDrawn(page)

    const give = async () => {
      await page.getByRole('button', { name: '分配摊位' }).click()
      const form = page.getByRole('form', { name: '分配摊位' })
      await form.getByRole('combobox', { name: '商户' }).selectOption({ index: 1 })
      const reply = page.waitForResponse(
        (one) => one.url().includes('/stall_allocations') && one.request().method() === 'POST',
      )
      await form.getByRole('button', { name: '分配并发证' }).click()
      return (await reply).status()
    }
    t.equal(await give(), 201)
    const given = page.locator('[data-allocation]')
    await given.getByText('有效').waitFor()
    t.equal(await give(), 409)
    await page.getByText(/这个摊位在所选时段已有人使用/).waitFor()
    t.match(await page.locator('.holder').textContent(), /permit \d{4}-\d{6}/)
    await page.getByRole('button', { name: '取消' }).click()
    t.equal((await page.locator('td .held').count()) > 0, true, 'the week shows whose stall it is')
    t.same(await barriers(page), [])

    await given.getByRole('button', { name: '暂停' }).click()
    const why = page.getByRole('form', { name: '暂停' })
    await why.getByLabel('原因（商户可见）').fill('消防检查未通过')
    await why.getByRole('button', { name: '暂停' }).click()
    await given.getByText('原因：消防检查未通过').waitFor()

    await given.getByRole('link', { name: /许可证 \d{4}-\d{6}/ }).click()
    await page.getByRole('status').getByText('已暂停').waitFor()
    await page.getByRole('img', { name: '核验许可证的二维码' }).waitFor()
    await page.emulateMedia({ media: 'print' })
    t.ok(await page.getByRole('heading', { name: '临时经营摊位许可证' }).isVisible())
    t.notOk(
      await page.getByRole('button', { name: '打印' }).isVisible(),
      'the button stays off paper',
    )
    t.match((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString(), '%PDF-')
    // The second booking is refused with 409, which the browser notes by itself.
    t.same(
      complaints.filter((text) => !text.includes('409')),
      [],
    )
    const address = page.url()

    const { page: anybody, complaints: others } = await openPage(browser, {
      url: address,
      size: PHONE,
    })
    await anybody.getByRole('status').getByText('已暂停').waitFor()
    t.same(await barriers(anybody), [])
    t.same(others, [])

    const file = await get('nobody', `/vendor_zones/${id}/calendar.ics${C}`)
    const events = new ICAL.Component(ICAL.parse(file.body) as never).getAllSubcomponents('vevent')
    t.equal(events.length, 1)
    t.equal(events[0]?.getFirstPropertyValue('status'), 'TENTATIVE', 'suspended')
    if (process.env['SHOTS']) {
      await anybody.screenshot({ path: `${process.env['SHOTS']}/permit-phone.png` })
      await page.emulateMedia({ media: 'print' })
      await page.screenshot({ path: `${process.env['SHOTS']}/permit-print.png` })
      await page.emulateMedia({ media: 'screen' })
      await page.goto(`${url}/zones?c=tongjian&zone=${id}`)
      await given.first().waitFor()
      await mapDrawn(page)
      await page.screenshot({ path: `${process.env['SHOTS']}/zones.png` })
    }
  },
)
