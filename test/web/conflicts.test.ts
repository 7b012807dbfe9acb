import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'
import {
  barriers,
  drawnFeatures,
  mapDrawn,
  onScreen,
  openBrowser,
  type Opened,
  openPage,
  PHONE,
  type Visit,
} from '../fixtures/browser.ts'

/** What the browser knows, for the functions below that run inside the page. */
declare const document: {
  documentElement: { scrollWidth: number }
  querySelector(selector: '.map'): {
    map?: {
      queryRenderedFeatures(options: { layers: string[] }): unknown[]
      getFeatureState(feature: object): { occupancy?: string }
    }
  } | null
}

interface Sample {
  features: { id: string; properties: { external_id: string; name_zh: string; name_en: string } }[]
}
const sampleOf = (collection: string) => {
  const file = new URL(`../../geodata/tongjian/${collection}.geojson`, import.meta.url)
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as Sample
  return new Map(features.map((f) => [f.properties.external_id, { id: f.id, ...f.properties }]))
}
const zones = sampleOf('vendor_zones')
const bays = sampleOf('bays')
const curb = sampleOf('curb_objects')
const zone = (code: string) => zones.get(code)!
const bay = (code: string) => bays.get(code)!

const { url, app } = await startApp(t)
const browser = await openBrowser(t)
/** A page that is closed with its test: open maps go on drawing. */
async function open(t: { teardown(work: () => unknown): unknown }, visit: Visit): Promise<Opened> {
  const opened = await openPage(browser, visit)
  t.teardown(() => opened.page.context().close())
  return opened
}
const ZONES = `${url}/conflicts`
const BAYS = `${url}/conflicts?of=bays`

/** The part of the list about one place, by its name. */
const group = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const groupNames = (page: Page) =>
  page
    .getByRole('region', { name: '按地点列出的冲突' })
    .locator('h3')
    .evaluateAll((headings) => headings.map((h) => h.textContent?.trim() ?? ''))

t.test(
  'the planted zones: 10.8 m² of BAY-03, 16.0 m² of FIRE-1, one outside, two clean',
  async (t) => {
    const { page, complaints } = await open(t, { url: ZONES })
    await page.getByText('已检查 5 处经营区：3 项硬性冲突，0 项提醒').waitFor()

    const onBay = group(page, zone('VZ-4').name_zh)
    await onBay.getByRole('heading', { name: '占用停放区' }).waitFor()
    t.match(await onBay.innerText(), bay('BAY-03').name_zh)
    t.match(await onBay.innerText(), '10.8 m²')
    t.match(await onBay.innerText(), '每周 35 小时')
    t.ok(await onBay.getByRole('img', { name: '一周中的时段：每天 18:00–23:00' }).isVisible())

    const onLane = group(page, zone('VZ-5').name_zh)
    t.match(await onLane.innerText(), '占用消防通道')
    t.match(await onLane.innerText(), curb.get('FIRE-1')!.name_zh)
    t.match(await onLane.innerText(), '16.0 m²')
    t.match(await onLane.innerText(), '不允许')
    await onLane.getByText('规则 V3b').click()
    t.ok(await onLane.getByText(/City rules for temporary trading areas/).isVisible())

    t.match(await group(page, zone('VZ-3').name_zh).innerText(), '超出社区范围')

    const clean = page.getByRole('region', { name: '2 处没有任何冲突' })
    t.match(await clean.innerText(), zone('VZ-1').name_zh)
    t.match(await clean.innerText(), zone('VZ-2').name_zh)
    t.match(await page.locator('#panel').innerText(), '规则包：中国城市通用（缺省），第 1 版')
    t.same(await barriers(page), [])
    t.same(complaints, [])
  },
)

t.test('a finding is shown on the map, linked to, and found again by a click there', async (t) => {
  const { page } = await open(t, { url: ZONES })
  await group(page, zone('VZ-4').name_zh).getByRole('button', { name: '在地图上查看' }).click()
  await page.waitForURL(/finding=V6/)
  await page.waitForURL(/map=19/)
  await mapDrawn(page)
  const drawn = await drawnFeatures(page)
  t.ok(drawn['conflicts-where-hatch'], 'the shared ground is hatched')
  t.ok(drawn['conflicts-where-line'])

  const { page: other } = await open(t, { url: page.url() })
  const card = group(other, zone('VZ-4').name_zh)
  await card.locator('[data-selected="true"]').waitFor()
  t.equal(
    await card.getByRole('button', { name: '在地图上查看' }).getAttribute('aria-pressed'),
    'true',
    'a link opens with the same finding chosen',
  )

  const { page: third } = await open(t, {
    url: page.url().replace(/finding=[^&]*&?/, ''),
  })
  await group(third, zone('VZ-4').name_zh).waitFor()
  await mapDrawn(third)
  await third.waitForFunction(() => {
    const { map } = document.querySelector('.map')!
    return map!.queryRenderedFeatures({ layers: ['conflicts-where-fill'] }).length > 0
  })
  // The middle of BAY-03, which the zone covers whole.
  const at = await onScreen(third, 91.1426547, 29.6548049)
  await third.mouse.click(at.x, at.y)
  await group(third, zone('VZ-4').name_zh).locator('[data-selected="true"]').waitFor()
})

t.test(
  'at Saturday noon only the weekend zone collides; rules and severities narrow too',
  async (t) => {
    const { page } = await open(t, { url: ZONES })
    await page.getByRole('combobox', { name: '星期' }).selectOption({ label: '周六' })
    await page.getByRole('combobox', { name: '时刻' }).selectOption({ label: '12:00' })
    await page.getByText('显示 1 / 3 项').waitFor()
    t.same((await groupNames(page)).filter((name) => name.includes(zone('VZ-3').name_zh)).length, 1)
    t.match(page.url(), /week=sa-12/)

    await page.getByRole('combobox', { name: '星期' }).selectOption({ label: '周一' })
    await page.getByText('没有符合筛选条件的冲突。').waitFor()
    await page.getByRole('button', { name: '清除筛选' }).click()
    await page
      .getByRole('combobox', { name: '规则' })
      .selectOption({ label: 'V6 不得占用停放区（1）' })
    await page.getByText('显示 1 / 3 项').waitFor()
    await page.getByRole('radio', { name: '提醒' }).check()
    await page.getByText('没有符合筛选条件的冲突。').waitFor()
  },
)

t.test('bays: 13.0 m from a corner where 15.0 are required is 2.0 m short', async (t) => {
  const { page } = await open(t, { url: ZONES })
  await page.getByRole('radio', { name: '车位' }).check()
  const corner = group(page, bay('BAY-01').name_zh)
  await corner.getByRole('heading', { name: '距路口转角过近' }).waitFor()
  const text = await corner.innerText()
  t.match(text, '13.0 m')
  t.match(text, '至少 15.0 m')
  t.match(text, '差 2.0 m')
  t.match(await group(page, bay('BAY-30').name_zh).innerText(), /距消火栓过近[^]*3\.0[01]? m/)

  // No hard conflict: folded until it is asked for.
  const manhole = group(page, bay('BAY-29').name_zh)
  t.equal(await manhole.getByRole('heading', { level: 4 }).count(), 0)
  await manhole.getByRole('button').first().click()
  await manhole.getByRole('heading', { name: '距检查井过近' }).waitFor()
  t.match(await manhole.innerText(), /距检查井过近[^]*1\.0 m/)
  const sizes = await manhole.innerText()
  t.match(sizes, '停放规模偏小')
  t.match(sizes, '1.8 m')
})

t.test('a zone that is suspended by somebody else leaves the open page by itself', async (t) => {
  const { page } = await open(t, { url: 'about:blank' })
  const listening = page.waitForResponse(/\/api\/events/)
  await page.goto(ZONES)
  await group(page, zone('VZ-5').name_zh).waitFor()
  await listening
  const path = `/api/collections/vendor_zones/items/${zone('VZ-5').id}`
  const cookie = await signIn(app, 'planner', 'planner-demo')
  const change = async (status: string) => {
    const { headers } = await app.inject({ url: path })
    return app.inject({
      method: 'PATCH',
      url: path,
      headers: {
        cookie,
        'sec-fetch-site': 'same-origin',
        'if-match': headers.etag!,
        'idempotency-key': randomUUID(),
      },
      payload: { properties: { status } },
    })
  }
  t.equal((await change('suspended')).statusCode, 200)
  await page.getByText('已检查 4 处经营区：2 项硬性冲突，0 项提醒').waitFor({ timeout: 25_000 })
  t.equal(await group(page, zone('VZ-5').name_zh).count(), 0)
  t.equal((await change('approved')).statusCode, 200)
  await group(page, zone('VZ-5').name_zh).waitFor({ timeout: 25_000 })
})

t.test(
  'on a phone the findings stand in the sheet and nothing is wider than the screen',
  async (t) => {
    const { page, complaints } = await open(t, { url: ZONES, size: PHONE })
    await group(page, zone('VZ-4').name_zh).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    t.equal(width, PHONE.width)
    const show = group(page, zone('VZ-4').name_zh).getByRole('button', { name: '在地图上查看' })
    const { height } = (await show.boundingBox())!
    t.ok(height >= 44, `a finger needs 44 px and has ${height}`)
    await show.click()
    await page.waitForURL(/finding=V6/)
    t.same(complaints, [])
  },
)

t.test('no barriers in English either, at both sizes', async (t) => {
  for (const [address, size] of [
    [BAYS, undefined],
    [ZONES, PHONE],
  ] as const) {
    const { page, complaints } = await open(t, {
      url: address,
      locale: 'en',
      ...(size && { size }),
    })
    await page.getByRole('heading', { level: 4 }).first().waitFor()
    t.same(await barriers(page), [], address)
    t.same(complaints, [])
  }
})
