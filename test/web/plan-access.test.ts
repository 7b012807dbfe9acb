import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import { barriers, DESKTOP, mapDrawn, openBrowser, openPage, PHONE } from '../fixtures/browser.ts'
import { atTheBench } from '../fixtures/planner.ts'

const app = await startApp(t)
const browser = await openBrowser(t)
const url = `${app.url}/plan?c=tongjian&map=20/29.654873/91.143405`

for (const [size, locale] of [
  [DESKTOP, 'zh-CN'],
  [PHONE, 'en'],
] as const)
  t.test(
    `no barriers at ${size.width} px in ${locale}: invited, empty bench, a bay on it`,
    async (t) => {
      const { page: guest } = await openPage(browser, { url, size, locale })
      await guest.getByRole('heading', { level: 2 }).first().waitFor()
      await mapDrawn(guest)
      t.same(await barriers(guest), [])
      await guest.context().close()
      const page = await atTheBench(browser, url, size, locale)
      t.same(await barriers(page), [])
      await page.getByRole('combobox', { name: /^(路缘|Kerb)$/ }).selectOption({ index: 1 })
      await page.getByRole('button', { name: /^(在此放置|Set down here)$/ }).click()
      await page.getByRole('heading', { name: /^(新车位|New bay)$/ }).waitFor()
      await page.getByText(/^(已由服务器核对|confirmed by the server)$/).waitFor()
      t.same(await barriers(page), [])
      await page.context().close()
    },
  )
