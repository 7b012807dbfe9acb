import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  DESKTOP,
  drawnFeatures,
  mapDrawn,
  onScreen,
  openBrowser,
  openPage,
  PHONE,
} from '../fixtures/browser.ts'

const { url, app } = await startApp(t)
const browser = await openBrowser(t)

interface Named {
  id: string
  geometry: { coordinates: [number, number][][] }
}
const bay12 = (await app.inject('/api/collections/bays/items?external_id=BAY-12')).json<{
  features: Named[]
}>().features[0]!

t.test(
  'the map draws the community: 6 grids, 16 streets, 40 bays, 5 zones, 9 lots, 4 fire lanes',
  async (t) => {
    const { page, complaints } = await openPage(browser, { url })
    await mapDrawn(page)
    const drawn = await drawnFeatures(page)
    t.equal(drawn['grids-line'], 6)
    t.equal(drawn['streets-fill'], 16)
    t.equal(drawn['buildings-fill'], 32)
    t.equal(drawn['bays-fill'], 40)
    t.equal(drawn['vendor-zones-fill'], 5)
    t.equal(drawn['lots-fill'], 9)
    t.equal(drawn['fire-lanes-fill'], 4)
    t.equal(drawn['tactile-fill'], 14)
    t.equal(drawn['boundary-line'], 1)
    await page.locator('.legend').getByText('社区边界').waitFor()
    t.equal(await page.title(), '地图 · 统建社区(示例) · 街序 Jiexu')
    await page.getByText('合成示例数据', { exact: true }).waitFor()
    t.same(complaints, [])
    await page.context().close()
  },
)

t.test('below zoom 14 bays come as counts that sum up to 40', async (t) => {
  const { page } = await openPage(browser, { url: `${url}/?map=12.5/29.655/91.145` })
  await mapDrawn(page)
  const drawn = await drawnFeatures(page)
  t.ok(drawn['counts-circle']! >= 1)
  t.notOk(drawn['bays-fill'])
  const total = await page.locator('.map').evaluate((element) => {
    const { map } = element as unknown as {
      map: {
        querySourceFeatures(
          source: string,
          options: { sourceLayer: string },
        ): { properties: { count: number } }[]
      }
    }
    return map
      .querySourceFeatures('jiexu', { sourceLayer: 'bays' })
      .reduce((sum, feature) => sum + feature.properties.count, 0)
  })
  t.equal(total, 40)
  await page.context().close()
})

t.test('a layer that is switched off leaves the map and the link says so', async (t) => {
  const { page } = await openPage(browser, { url })
  await mapDrawn(page)
  await page.getByRole('button', { name: '图层' }).click()
  await page.getByRole('checkbox', { name: '车位' }).uncheck()
  await page.waitForURL(/layers=-bays/)
  await mapDrawn(page)
  t.notOk((await drawnFeatures(page))['bays-fill'])

  const linked = await openPage(browser, { url: page.url() })
  await mapDrawn(linked.page)
  const drawn = await drawnFeatures(linked.page)
  t.notOk(drawn['bays-fill'], 'whoever follows the link sees the same')
  t.equal(drawn['lots-fill'], 9)
  await page.context().close()
  await linked.page.context().close()
})

t.test('search finds by part of a name, by keyboard, and selects', async (t) => {
  const { page } = await openPage(browser, { url })
  await mapDrawn(page)
  const box = page.getByRole('combobox', { name: '按名称搜索' })
  await box.fill('12号非机动')
  await page.getByRole('option', { name: '12号非机动车位' }).waitFor()
  await box.press('ArrowDown')
  await box.press('Enter')
  const card = page.getByRole('article', { name: '详情' })
  await card.getByRole('heading', { name: '12号非机动车位' }).waitFor()
  t.match(page.url(), new RegExp(`sel=bays/${bay12.id}`))
  await card.getByText('自行车、电动自行车').waitFor()
  await card.getByText('1.8 m', { exact: true }).waitFor()
  await box.fill('没有这个名字')
  await page.getByText('没有名称含“没有这个名字”的记录').waitFor()
  await page.context().close()
})

t.test(
  'a click on a bay opens its details, a click beside it on the street the street’s',
  async (t) => {
    const { page } = await openPage(browser, { url })
    await mapDrawn(page)
    const ring = bay12.geometry.coordinates[0]!
    const lon = (ring[0]![0] + ring[2]![0]) / 2
    const lat = (ring[0]![1] + ring[2]![1]) / 2
    const at = await onScreen(page, lon, lat)
    await page.mouse.click(at.x, at.y)
    const card = page.getByRole('article', { name: '详情' })
    await card.getByRole('heading', { name: '12号非机动车位' }).waitFor()
    // 1.8 m by 0.8 m a place: seven places.
    await card.getByText('7', { exact: true }).waitFor()
    await card.getByRole('button', { name: '关闭' }).click()
    await card.waitFor({ state: 'detached' })
    t.notMatch(page.url(), /sel=/)
    await page.context().close()
  },
)

t.test(
  'a deep link brings back place, selection and layers, also after the language changed',
  async (t) => {
    const link = `${url}/?sel=bays/${bay12.id}&map=18/29.655090/91.145370&layers=-frontages`
    const { page } = await openPage(browser, { url: link })
    await mapDrawn(page)
    await page.getByRole('heading', { name: '12号非机动车位' }).waitFor()
    t.notOk((await drawnFeatures(page))['frontages-fill'])
    t.match(page.url(), /map=18\/29\.655090\/91\.145370/)

    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Bike bay 12' }).waitFor()
    t.equal(await page.locator('html').getAttribute('lang'), 'en')
    t.equal(await page.title(), 'Map · Tongjian community (sample) · 街序 Jiexu')
    await page.reload()
    await page.getByRole('heading', { name: 'Bike bay 12' }).waitFor()
    await page.context().close()
  },
)

t.test('every item of the map is in the lists beside it, page after page', async (t) => {
  const { page } = await openPage(browser, { url, locale: 'en' })
  const panel = page.locator('#panel')
  await panel.locator('summary', { hasText: 'Curb objects' }).click()
  const list = panel.locator('details[open] li')
  await panel.getByRole('button', { name: 'Show 50 more' }).click()
  await panel.getByRole('button', { name: 'Show 30 more' }).click()
  await list.nth(129).waitFor()
  t.equal(await list.count(), 130)
  await panel.getByRole('searchbox', { name: 'Filter Curb objects by name' }).fill('hydrant')
  await list.nth(129).waitFor({ state: 'detached' })
  t.equal(await list.count(), 9)
  await list.first().getByRole('button').click()
  await page.getByRole('article', { name: 'Details' }).getByText('Fire hydrant').first().waitFor()
  await page.context().close()
})

t.test('the focused map says in words what is in view', async (t) => {
  const { page } = await openPage(browser, { url, locale: 'en' })
  await mapDrawn(page)
  await page.locator('.map canvas').focus()
  const said = page.locator('#map-in-view')
  await said.filter({ hasText: 'Bays 40' }).waitFor()
  t.match(
    await said.textContent(),
    /In view: Bays 40, Lots 9, Trading zones 5, Closures 2, Streets 16/,
  )
  await page.context().close()
})

for (const [locale, size, name] of [
  ['zh-CN', DESKTOP, 'desktop'],
  ['en', DESKTOP, 'desktop'],
  ['zh-CN', PHONE, 'phone'],
  ['en', PHONE, 'phone'],
] as const)
  t.test(`no barriers on the map page with details open: ${locale}, ${name}`, async (t) => {
    const { page, complaints } = await openPage(browser, { url, size, locale })
    await mapDrawn(page)
    t.same(await barriers(page), [])
    await page.goto(`${url}/?sel=bays/${bay12.id}`)
    await mapDrawn(page)
    await page.getByRole('article').getByText('%').waitFor()
    t.same(await barriers(page), [])
    t.same(complaints, [])
    await page.context().close()
  })
