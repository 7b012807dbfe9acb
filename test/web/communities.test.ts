import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import { drawnFeatures, mapDrawn, openBrowser, openPage, PHONE } from '../fixtures/browser.ts'
import { collection, feature, load, only, square, writeFiles } from '../files/load.ts'

/** What a browser knows and Node does not. */
declare const location: { search: string }

// Request limits as in production: whoever looks about must not meet them.
const { url, app, engine } = await startApp(t, { settings: { isRateLimited: true } })
const browser = await openBrowser(t)

/** Two bays 20 m apart, some five kilometres from the sample. */
const at = writeFiles(t, {
  'bays.geojson': collection([
    feature(square(91.19, 29.65), {
      vehicle_classes: ['car'],
      external_id: 'N-1',
      name_zh: '北站一号车位',
    }),
    feature(square(91.1902, 29.65), {
      vehicle_classes: ['car'],
      external_id: 'N-2',
      name_zh: '北站二号车位',
    }),
  ]),
})
const outcomes = await load(engine, 'beizhan', [at('bays.geojson')], {
  as: 'bays',
  crs: 'EPSG:4326',
  timeZone: 'Asia/Shanghai',
})
t.equal(only(outcomes).inserted, 2)

t.test('another community is picked: its map, its lists, its address', async (t) => {
  const { page, complaints } = await openPage(browser, { url: `${url}/?c=tongjian` })
  await mapDrawn(page)
  t.equal((await drawnFeatures(page))['bays-fill'], 40)
  await page.getByRole('combobox', { name: /^社区/ }).selectOption('beizhan')
  await page.waitForURL(/c=beizhan/)
  await page.getByRole('heading', { name: 'beizhan' }).waitFor()
  await page.waitForFunction(() => location.search.includes('91.19'))
  await mapDrawn(page)
  t.equal((await drawnFeatures(page))['bays-fill'], 2)
  await page.locator('#panel summary', { hasText: '车位' }).first().click()
  await page.getByRole('button', { name: '北站一号车位' }).waitFor()

  await page.getByRole('link', { name: '冲突' }).click()
  t.ok(
    await page.getByRole('radio', { name: '车位' }).isChecked(),
    'a community without zones opens with its bays',
  )
  t.same(complaints, [])
  await page.context().close()
})

t.test('on a phone another community is picked from whatever page is open', async (t) => {
  const { page, complaints } = await openPage(browser, {
    url: `${url}/conflicts?c=tongjian`,
    size: PHONE,
  })
  await mapDrawn(page)
  const picker = page.getByRole('combobox', { name: /^社区/ })
  t.ok((await picker.boundingBox())!.height >= 44)
  await picker.selectOption('beizhan')
  await page.waitForURL(/\/conflicts\?c=beizhan/)
  await page.waitForFunction(() => location.search.includes('91.19'))
  t.same(complaints, [])
  await page.context().close()
})

t.test('looking about on all pages and zooms meets no request limit', async (t) => {
  const { page, complaints } = await openPage(browser, { url: `${url}/?c=tongjian` })
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 429) refused.push(response.url())
  })
  await mapDrawn(page)
  for (const name of ['占用率', '冲突', '规划车位', '地图']) {
    await page.getByRole('link', { name, exact: true }).click()
    for (const zoom of ['放大', '放大', '缩小', '缩小']) {
      await page.getByRole('button', { name: zoom }).click()
      await mapDrawn(page)
    }
  }
  t.same(refused, [])
  t.same(complaints, [])
  t.equal((await app.inject('/api/communities')).statusCode, 200)
  await page.context().close()
})
