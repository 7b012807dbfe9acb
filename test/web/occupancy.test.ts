import { randomUUID } from 'node:crypto'
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

const COUNTS = new Map(
  readFileSync(new URL('../../geodata/tongjian/survey_counts.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, , place = '', id = '', at = '', counted = '', illegal = ''] = line.split(',')
      return [`${place} ${at}`, { id, counted: Number(counted), illegal: Number(illegal) }]
    }),
)
/** What the survey's file says of a place at a local hour of 16 September 2026. */
const counted = (place: string, hour: string) =>
  COUNTS.get(`${place} 2026-09-16T${hour}:00:00+08:00`)!
const percentOf = (place: string, hour: string, capacity: number) =>
  `${Math.round((counted(place, hour).counted / capacity) * 100)}%`

const { url, app } = await startApp(t)
const browser = await openBrowser(t)
/** A page that is closed with its test: open maps go on drawing. */
async function open(t: { teardown(work: () => unknown): unknown }, visit: Visit): Promise<Opened> {
  const opened = await openPage(browser, visit)
  t.teardown(() => opened.page.context().close())
  return opened
}
const AT = (hour: string, more = '') =>
  `${url}/occupancy?at=2026-09-16T${hour}:00:00%2B08:00${more}`

/** The row of the list whose spoken text begins with a name. */
const row = (page: Page, name: string) =>
  page
    .getByRole('region', { name: '占用率排名' })
    .getByRole('button', { name: new RegExp(`^${name}，`) })

/** The class that the map paints a feature in. */
const painted = (page: Page, feature: { source: string; sourceLayer?: string; id: string }) =>
  page.evaluate((feature) => {
    const { map } = document.querySelector('.map')!
    return map!.getFeatureState(feature).occupancy ?? null
  }, feature)
const paintedBay = (page: Page, id: string) =>
  painted(page, { source: 'jiexu', sourceLayer: 'bays', id })

t.test(
  'nothing fresh: the page opens at the peak of the last survey and shows all 40 bays',
  async (t) => {
    const { page, complaints } = await open(t, { url: `${url}/occupancy` })
    // The survey's own metrics put the peak there; test/features/occupancy.test.ts holds them true.
    await page.waitForURL(/at=2026-09-15T19:00:00/)
    await page.getByText('40 处', { exact: true }).waitFor()
    const none = row(page, '36号非机动车位')
    await none.waitFor()
    t.equal(await none.getAttribute('aria-pressed'), 'false')
    t.match(await none.innerText(), '没有数据')
    await mapDrawn(page)
    const { features } = JSON.parse(
      readFileSync(new URL('../../geodata/tongjian/bays.geojson', import.meta.url), 'utf8'),
    ) as { features: { id: string; properties: { external_id: string } }[] }
    const idOf = (code: string) =>
      features.find((feature) => feature.properties.external_id === code)!.id
    t.equal(await paintedBay(page, idOf('BAY-36')), 'no_data')
    t.match(await paintedBay(page, idOf('BAY-12')), /^(low|middling|high|over)$/)
    const last = page.getByRole('region', { name: '占用率排名' }).getByRole('listitem').last()
    t.match(await last.innerText(), '36号非机动车位', 'no data stands last')
    t.match(await page.getByRole('region', { name: '这次调查' }).innerText(), /高峰[^]*80\.7%/)
    t.same(await barriers(page), [])
    t.same(complaints, [])
  },
)

t.test(
  'arrow keys on the slider change moment, list and colours, from what is there already',
  async (t) => {
    const { page } = await open(t, { url: 'about:blank' })
    // The chosen moment comes first, then the day's other steps: the last of them is 23:00.
    const day = page.waitForResponse(/api\/occupancy\?.*at=2026-09-16T15%3A00/)
    await page.goto(AT('07'))
    const bay = row(page, '12号非机动车位')
    await bay.waitFor()
    t.match(await bay.innerText(), percentOf('BAY-12', '07', 7))
    await mapDrawn(page)
    const { id } = counted('BAY-12', '07')
    t.equal(await paintedBay(page, id), 'low', '2 of 7')
    const slider = page.getByRole('slider', { name: '时刻' })
    t.match(await slider.getAttribute('aria-valuetext'), /9月16日.*07:00，全部占用率 \d+%/)
    await day
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/api/occupancy')) asked.push(request.url())
    })
    await slider.focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
    await page.waitForURL(/at=2026-09-16T13:00:00/)
    await page.getByText('9月16日周三 13:00').waitFor()
    t.match(await bay.innerText(), percentOf('BAY-12', '13', 7))
    t.match(await bay.innerText(), `${counted('BAY-12', '13').counted} / 7`)
    t.equal(await paintedBay(page, id), 'high', '7 of 7')
    await page.keyboard.press('End')
    await page.waitForURL(/at=2026-09-16T23:00:00/)
    await page.keyboard.press('Home')
    await page.waitForURL(/at=2026-09-16T07:00:00/)
    t.same(asked, [], 'no request while scrubbing through the day')
  },
)

t.test(
  'another day is chosen by its chip, at the same hour; play runs to the evening',
  async () => {
    const { page } = await open(t, { url: AT('19') })
    await page.getByRole('radio', { name: /周五.*9\/18/ }).check()
    await page.waitForURL(/at=2026-09-18T19:00:00/)
    await page.getByText('9月18日周五 19:00').waitFor()
    await page.getByRole('button', { name: '播放这一天' }).click()
    await page.waitForURL(/at=2026-09-18T23:00:00/)
    await page.getByRole('button', { name: '播放这一天' }).waitFor()
  },
)

t.test('now is told with its age: the last readings are from 20 September', async (t) => {
  const { page } = await open(t, { url: AT('13') })
  await page.getByRole('radio', { name: '此刻' }).check()
  await page.waitForURL(/at=now/)
  const days = Math.round((Date.now() - Date.parse('2026-09-20T23:00:00+08:00')) / 86_400_000)
  await page.getByText(`最近一次读数在${days}天前（9月20日周日 23:00）`).waitFor()
  t.match(await row(page, '12号非机动车位').innerText(), `${days}天前的读数`)
  await mapDrawn(page)
  t.match(await paintedBay(page, counted('BAY-12', '13').id), /-stale$/)
  t.equal(await page.getByRole('slider').count(), 0)
})

t.test('street sides, grids and lots: a side with bays is told by the compass', async (t) => {
  const { page } = await open(t, { url: AT('13') })
  await row(page, '12号非机动车位').waitFor()
  const shown = page.getByRole('group', { name: '查看对象' })
  await shown.getByRole('radio', { name: '街道两侧' }).check()
  const side = page.getByRole('button', { name: /^北侧路\(示例\)南侧，/ }).first()
  await side.waitFor()
  // KERB-1 is the only bay on that side of SEG-N1, with 20 places.
  const all = await page.getByRole('button', { name: /^北侧路\(示例\)南侧，/ }).allInnerTexts()
  const kerb = `${counted('KERB-1', '13').counted} / 20`
  t.ok(
    all.some((text) => text.includes(kerb)),
    `${kerb} in ${all.join(' | ')}`,
  )
  await page.waitForFunction(() => {
    const { map } = document.querySelector('.map')!
    return map!.queryRenderedFeatures({ layers: ['occupancy-sides'] }).length > 0
  })

  await shown.getByRole('radio', { name: '网格' }).check()
  await row(page, '第一网格').waitFor()
  await shown.getByRole('radio', { name: '停车场' }).check()
  await row(page, '1号院内停车场\\(示例\\)').waitFor()
  t.match(page.url(), /of=lots/)
})

t.test('name and class narrow the list; a chosen place is selected on the map', async (t) => {
  const { page } = await open(t, { url: AT('07') })
  await row(page, '12号非机动车位').waitFor()
  await page.getByRole('searchbox', { name: '按名称筛选' }).fill('KERB')
  await page.getByText('4 / 40 处').waitFor()
  await page.getByRole('searchbox', { name: '按名称筛选' }).fill('')
  await page.getByRole('button', { name: /^没有数据/ }).click()
  await page.getByText('1 / 40 处').waitFor()
  await row(page, '36号非机动车位').click()
  await page.waitForURL(/sel=bays\/[0-9a-f-]{36}/)
  t.equal(await row(page, '36号非机动车位').getAttribute('aria-pressed'), 'true')
  await page.waitForURL(/map=18/)
})

t.test('a count sent in by an inspector shows on the open page by itself', async (t) => {
  const { page } = await open(t, { url: 'about:blank' })
  const listening = page.waitForResponse(/\/api\/events/)
  await page.goto(`${url}/occupancy?at=now`)
  await listening
  const bay = row(page, '36号非机动车位')
  await bay.waitFor()
  t.match(await bay.innerText(), '没有数据')
  const reply = await app.inject({
    method: 'POST',
    url: '/api/observations?community=tongjian',
    headers: {
      cookie: await signIn(app, 'inspector', 'inspector-demo'),
      'sec-fetch-site': 'same-origin',
    },
    payload: [
      {
        id: randomUUID(),
        kind: 'count',
        observed_at: new Date(Date.now() - 60_000).toISOString(),
        method: 'visual',
        place: { collection: 'bays', external_id: 'BAY-36' },
        counted: 7,
        illegal_count: 2,
      },
    ],
  })
  t.match(reply.statusCode, /^20/, reply.body)
  await bay.getByText('7 / 7').waitFor({ timeout: 25_000 })
  t.match(await bay.innerText(), '位外 2')
})

t.test(
  'on a phone everything stands in the sheet, the slider high enough for a finger',
  async (t) => {
    const { page, complaints } = await open(t, { url: AT('13'), size: PHONE })
    const slider = page.getByRole('slider', { name: '时刻' })
    await slider.waitFor()
    t.ok((await slider.boundingBox())!.height >= 44)
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width)
    const overflowing = await page
      .locator('#panel *')
      .evaluateAll((all) => all.filter((e) => e.getBoundingClientRect().right > 391).length)
    t.equal(overflowing, 0, 'nothing sticks out')
    t.same(await barriers(page), [])
    t.same(complaints, [])
  },
)

t.test('no barriers in English either, at both sizes', async (t) => {
  for (const [address, size] of [
    [`${url}/occupancy?at=now`, undefined],
    [AT('13', '&of=grids'), PHONE],
  ] as const) {
    const { page, complaints } = await open(t, {
      url: address,
      locale: 'en',
      ...(size && { size }),
    })
    await page.getByRole('searchbox').last().waitFor()
    t.same(await barriers(page), [], address)
    t.same(complaints, [])
  }
})
