import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'
import {
  barriers,
  mapDrawn,
  openBrowser,
  type Opened,
  openPage,
  PHONE,
  type Visit,
} from '../fixtures/browser.ts'

interface Sample {
  features: { id: string; properties: { external_id: string; name_zh: string } }[]
}
const sampleOf = (collection: string) => {
  const file = new URL(`../../geodata/tongjian/${collection}.geojson`, import.meta.url)
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as Sample
  return new Map(features.map((f) => [f.properties.external_id, { id: f.id, ...f.properties }]))
}
const bay = sampleOf('bays').get('BAY-01')!
const zone = sampleOf('vendor_zones').get('VZ-4')!

const { url, app } = await startApp(t)
const browser = await openBrowser(t)
async function open(t: { teardown(work: () => unknown): unknown }, visit: Visit): Promise<Opened> {
  const opened = await openPage(browser, visit)
  t.teardown(() => opened.page.context().close())
  return opened
}
const group = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const stored = async (): Promise<{ geometry: { coordinates: number[][][] } }> =>
  (await app.inject(`/api/collections/bays/items/${bay.id}`)).json()

t.test('a planner moves BAY-01 by 2 m with one click and takes it back with another', async (t) => {
  const { page, complaints } = await open(t, { url: `${url}/conflicts?of=bays` })
  const card = group(page, bay.name_zh)
  await card.getByText('向东移 2.0 m（沿路缘）').waitFor()
  await card.getByText('缩短到 4.0 m，剩 5 个').waitFor()
  t.equal(await card.getByRole('button', { name: /^采用/ }).count(), 0, 'visitors only read')

  const cookie = await signIn(app, 'planner', 'planner-demo')
  const [name, value] = cookie.split(/[=;]/) as [string, string]
  await page.context().addCookies([{ name, value, url }])
  await page.reload()
  const before = await stored()
  await card.getByRole('button', { name: '采用：向东移 2.0 m（沿路缘）' }).click()
  const undo = page.getByRole('button', { name: '撤销' })
  await undo.waitFor()
  await card.getByRole('heading', { name: '距路口转角过近' }).waitFor({ state: 'detached' })
  const after = await stored()
  const east =
    (after.geometry.coordinates[0]![0]![0]! - before.geometry.coordinates[0]![0]![0]!) * 96_818
  t.ok(Math.abs(east - 2 * Math.cos((7 * Math.PI) / 180)) < 0.03, `${east} m east`)
  await undo.click()
  await page.getByText('已恢复原样。').waitFor()
  t.same((await stored()).geometry, before.geometry)
  await card.getByRole('heading', { name: '距路口转角过近' }).waitFor()
  t.same(complaints, [])
})

t.test(
  'the heat of the week chooses an hour; the week is stepped through on the map',
  async (t) => {
    const { page } = await open(t, { url: `${url}/conflicts` })
    const heat = page.getByRole('grid', { name: '一周冲突热图' })
    await heat.getByRole('gridcell', { name: '周六 18:00，3 项' }).click()
    await page.waitForURL(/week=sa-18/)
    await heat.getByRole('gridcell', { name: '周六 18:00，3 项' }).press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.waitForURL(/week=fr-18/)
    await page.getByText('显示 2 / 3 项').waitFor()

    await page.getByRole('button', { name: '播放一周' }).click()
    await page.getByText('周五 18:00').waitFor()
    await mapDrawn(page)
    await page.getByRole('button', { name: '后一小时' }).click()
    await page.getByText(/周五 19:00，\d+ 处开放，2 项冲突/).waitFor()
    await page.getByRole('slider', { name: '时刻' }).fill('12')
    await page.getByText(/周一 12:00，\d+ 处开放，0 项冲突/).waitFor()
    await mapDrawn(page)
    await page.getByRole('button', { name: '结束' }).click()
    await page.getByText('显示 ').waitFor({ state: 'detached' })
    t.ok(await group(page, zone.name_zh).isVisible())
  },
)

t.test(
  'the clear path: 4.7 m by day, 1.7 m beside the weekend zone, and the table says so',
  async (t) => {
    for (const size of [undefined, PHONE]) {
      const { page, complaints } = await open(t, {
        url: `${url}/conflicts?of=walking`,
        ...(size && { size }),
      })
      const side = page.getByLabel('街道一侧')
      await side.waitFor()
      const option = side.locator('option', { hasText: '北侧路(示例) 北侧' }).first()
      await side.selectOption(await option.getAttribute('value'))
      await page.getByRole('grid', { name: '每小时最窄处' }).waitFor()
      await page.getByRole('gridcell', { name: '周六 12:00，1.70 m' }).click()
      await page.getByRole('heading', { name: '周六 12:00 的情况' }).waitFor()
      t.match(await page.locator('#panel').innerText(), /1\.70 m，距起点/)
      t.match(await page.locator('#panel').innerText(), '北侧路周末摊区(示例)')
      t.match(await page.locator('#panel').innerText(), '可以通过（规则 B2：至少 1.5 m）')
      t.same(await barriers(page), [])
      t.same(complaints, [])
    }
  },
)
