import type { Page } from 'playwright-core'
import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'
import { mapDrawn, onScreen, openBrowser, openPage } from '../fixtures/browser.ts'
import { atTheBench } from '../fixtures/planner.ts'

/** What the browser knows and Node does not: for the functions below that run inside the page. */
declare const document: {
  activeElement: { textContent: string | null } | null
  querySelector(selector: string): { map: MapLike; style: { cursor: string } }
  querySelectorAll(selector: string): { value: string }[]
}

/** North kerb of Tongjian Lane's western half in the sample: from here to there, 299 m. */
const KERB = { from: [91.14188746, 29.65471164], to: [91.14495783, 29.65504092], length_m: 299 }
const alongKerb = (metres: number): [lon: number, lat: number] => {
  const share = metres / KERB.length_m
  return [
    KERB.from[0]! + share * (KERB.to[0]! - KERB.from[0]!),
    KERB.from[1]! + share * (KERB.to[1]! - KERB.from[1]!),
  ]
}
/** Fire lane 3 begins at that kerb, from 145.8 to 149.8 m along it; bays 5 and 6 stand at 136.8 and 160.2 m. */
const AT_THE_LANE = '20/29.654873/91.143405'

const { url, app } = await startApp(t)
const browser = await openBrowser(t)
const address = (page: string, place = AT_THE_LANE) => `${url}/${page}?c=tongjian&map=${place}`

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const [a, b] = [await onScreen(page, ...from), await onScreen(page, ...to)]
  await page.mouse.move(a.x, a.y)
  await page.mouse.down()
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 4 })
  await page.mouse.move(b.x, b.y, { steps: 4 })
  await page.mouse.up()
}

const findings = (page: Page) => page.locator('#panel').getByRole('article')

t.test(
  'a bay drawn over a fire lane is told 8.0 m² too much, mended, saved, approved, and seen by a stranger',
  async (t) => {
    const page = await atTheBench(browser, address('plan'))
    const stranger = (await openPage(browser, { url: address('') })).page
    await mapDrawn(stranger)

    await page.getByRole('button', { name: '沿路缘画' }).first().click()
    // 12 m along the kerb: 20 bikes of 0.6 m; the lane is 4.0 m wide, the bay 2.0 m deep.
    await drag(page, alongKerb(141), alongKerb(153))
    await page.getByRole('heading', { name: '占用消防通道' }).waitFor()
    t.match(await findings(page).first().innerText(), /硬性冲突[\s\S]*占用消防通道[\s\S]*8\.0 m²/)
    t.match(await page.getByRole('region', { name: '容量' }).innerText(), /^(19|20)\s*个泊位/)
    await page.getByText('已由服务器核对').waitFor()
    t.equal(await findings(page).count(), 1, 'and nothing else')

    // Between the lane and bay 6: 7 m hold 11 bikes.
    await page.getByRole('spinbutton', { name: /^长度/ }).fill('7')
    await page.getByRole('spinbutton', { name: /^距起点/ }).fill('151')
    await page.getByText('没有发现问题').waitFor()
    t.match(await page.getByRole('region', { name: '容量' }).innerText(), /^11\s*个泊位/)

    await page.getByRole('button', { name: '撤销' }).click()
    await page.getByRole('heading', { name: '占用消防通道' }).waitFor()
    await page.getByRole('button', { name: '重做' }).click()
    await page.getByText('没有发现问题').waitFor()

    await page.getByRole('textbox', { name: '中文名' }).fill('试验车位')
    await page.getByRole('button', { name: '保存草案' }).click()
    await page.waitForURL(/sel=bays\//)
    const savedAt = Date.now()
    const id = /sel=bays\/([0-9a-f-]{36})/.exec(page.url())![1]!
    const seen = (status: string) =>
      stranger.waitForFunction(
        ([id, status]) =>
          document
            .querySelector('.map')
            .map.queryRenderedFeatures({ layers: ['bays-fill'] })
            .some(({ properties }) => properties['id'] === id && properties['status'] === status),
        [id, status] as const,
      )
    await seen('draft')
    const seconds = (Date.now() - savedAt) / 1000
    t.comment(`the stranger sees it after ${seconds.toFixed(2)} s`)
    t.ok(seconds < 2, 'without reloading, within two seconds')

    await page.getByRole('button', { name: '批准' }).click()
    await page.getByText('已批准', { exact: true }).waitFor()
    await seen('approved')
    const stored = await app.inject(`/api/collections/bays/items/${id}`)
    t.match(stored.json(), {
      properties: { name_zh: '试验车位', capacity: 11, status: 'approved', side: 'left' },
    })
    await page.context().close()
    await stranger.context().close()
  },
)

t.test('wholly by keyboard: a street side, a place along it, arrows, a turn, undo', async (t) => {
  const page = await atTheBench(browser, address('plan'))
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())
  await page.getByRole('combobox', { name: '路缘' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  t.equal(await focused(), '在此放置')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '新车位' }).waitFor()
  const field = (name: RegExp) => page.getByRole('spinbutton', { name })
  await field(/^长度/).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('9')
  t.equal(await field(/^长度/).inputValue(), '9')
  t.match(await page.getByRole('region', { name: '容量' }).innerText(), /^15\s*个泊位/)

  const from = async () => Number(await field(/^距起点/).inputValue())
  const start = await from()
  await page.locator('.map canvas').focus()
  await page.keyboard.press('Shift+ArrowRight')
  await page.waitForFunction(
    (start) =>
      Math.abs(Number(document.querySelectorAll('#panel input[type=number]')[0]!.value) - start) >
      0.05,
    start,
  )
  await page.keyboard.press('Control+z')
  t.equal(await from(), start, 'one step back')
  await page.keyboard.press('[')
  await page.getByRole('button', { name: '与路缘对齐' }).waitFor()
  await page.keyboard.press('Control+z')
  await field(/^距起点/).waitFor()
  await page.keyboard.press('Delete')
  await page.getByRole('heading', { name: '草案' }).waitFor()
  await page.context().close()
})

t.test('free shape by clicks; leaving with unsaved changes is asked about', async (t) => {
  const page = await atTheBench(browser, address('plan'))
  await page.getByRole('button', { name: '画多边形' }).first().click()
  await page.getByText('逐点单击').waitFor()
  const { x, y } = await onScreen(page, ...alongKerb(150))
  // terra-draw starts when its own part of the page has come.
  await page.waitForFunction(
    () => document.querySelector('.map canvas').style.cursor === 'crosshair',
  )
  for (const [dx, dy] of [
    [40, 120],
    [160, 100],
    [150, 180],
    [60, 190],
    [40, 120],
  ] as const) {
    await page.mouse.move(x + dx, y + dy, { steps: 3 })
    await page.mouse.click(x + dx, y + dy)
  }
  await page.getByRole('heading', { name: '新车位' }).waitFor()
  const corners = page.getByRole('button', { name: /^调整第 \d 个角$/ })
  await corners.first().waitFor()
  t.equal(await corners.count(), 4)
  await page.getByRole('link', { name: '地图', exact: true }).first().click()
  const dialog = page.getByRole('alertdialog', { name: '保存更改吗？' })
  await dialog.getByRole('button', { name: '取消' }).click()
  t.match(page.url(), /\/plan/)
  await page.getByRole('link', { name: '地图', exact: true }).first().click()
  await dialog.getByRole('button', { name: '放弃更改' }).click()
  await page.waitForURL(/^[^?]*\/\?/)
  await page.context().close()
})

t.test(
  'two people change the same bay: the second one sees what differs and chooses',
  async (t) => {
    const page = await atTheBench(browser, address('plan'))
    const cookie = await signIn(app, 'leader', 'leader-demo')
    const list = await app.inject('/api/collections/bays/items?external_id=BAY-06')
    const { id, properties } = list.json<{
      features: { id: string; properties: { version: number } }[]
    }>().features[0]!
    await page.goto(`${address('plan')}&sel=bays/${id}`)
    const name = page.getByRole('textbox', { name: '中文名' })
    await name.fill('我的名字')
    const changed = await app.inject({
      method: 'PATCH',
      url: `/api/collections/bays/items/${id}`,
      headers: {
        cookie,
        'if-match': `"${properties.version}"`,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
      },
      payload: { properties: { name_zh: '别人的名字' } },
    })
    t.equal(changed.statusCode, 200, changed.body)
    await page.getByRole('button', { name: '保存', exact: true }).click()
    const dialog = page.getByRole('alertdialog', { name: '别人刚刚改过这个车位' })
    await dialog.waitFor()
    t.match(await dialog.innerText(), /中文名：您 我的名字，对方 别人的名字/)
    await dialog.getByRole('button', { name: '用我的覆盖' }).click()
    await page.getByText('已保存。').waitFor()
    const stored = await app.inject(`/api/collections/bays/items/${id}`)
    t.match(stored.json(), { properties: { name_zh: '我的名字', status: 'painted' } })
    await page.context().close()
  },
)

/** Enough of MapLibre for a question. */
interface MapLike {
  queryRenderedFeatures(options: { layers: string[] }): { properties: Record<string, unknown> }[]
}
