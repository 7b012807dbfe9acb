import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import { barriers, DESKTOP, mapDrawn, onScreen, openBrowser, PHONE } from '../fixtures/browser.ts'
import { atTheBench } from '../fixtures/planner.ts'

/** What the browser knows and Node does not: for the function below that runs inside the page. */
declare const document: { querySelector(selector: string): { style: { cursor: string } } }

const { url, app } = await startApp(t)
const browser = await openBrowser(t)

/** North kerb of Tongjian Lane's western half in the sample, 299 m; a place on it without a bay. */
const KERB = { from: [91.14188746, 29.65471164], to: [91.14495783, 29.65504092] }
const alongKerb = (share: number): [lon: number, lat: number] => [
  KERB.from[0]! + share * (KERB.to[0]! - KERB.from[0]!),
  KERB.from[1]! + share * (KERB.to[1]! - KERB.from[1]!),
]
const bench = `${url}/plan?c=tongjian&map=18/29.65488/91.14342`
const draftsStored = async () =>
  (await app.inject('/api/collections/bays/items?status=draft&limit=100')).json<{
    features: { properties: { name_zh: string | null; capacity: number; segment_id: string } }[]
  }>().features

t.test('lay out a side, accept, undo and redo, adjust one by hand, save all', async (t) => {
  const page = await atTheBench(browser, bench)
  page.setDefaultTimeout(15_000)
  const panel = page.locator('#panel')
  await page.getByRole('toolbar').getByRole('button', { name: '自动布置' }).click()
  await panel.getByText('在地图上点选街道一侧').waitFor()
  const { x, y } = await onScreen(page, ...alongKerb(0.5))
  await page.mouse.click(x, y)
  await panel.getByRole('heading', { name: '路缘尺', exact: true }).waitFor()

  const chart = panel.getByRole('img', { name: /统建巷.*左侧.*可用.*不可用/ })
  await chart.waitFor()
  await panel.getByText(/^逐段说明/).click()
  const hydrant = panel.getByRole('button', { name: /不可用.*距消火栓过近/ }).first()
  t.match(await hydrant.textContent(), /要求 至少 5\.0/)
  await hydrant.click()
  t.equal(await hydrant.getAttribute('aria-pressed'), 'true')

  // Live: other wishes, other answers, without the server.
  await page.route('**/api/layouts*', (route) => route.abort())
  const most = panel.getByRole('radio', { name: /泊位最多/ })
  const placesOf = async (radio: typeof most) =>
    Number(/(\d+) 个泊位/.exec((await radio.locator('..').textContent())!)![1])
  const all = await placesOf(most)
  t.ok(all > 100, `${all} places`)
  await panel.getByLabel('想要的泊位数').fill('30')
  await panel.getByText('30 个泊位').first().waitFor()
  await panel.getByRole('radio', { name: /离需求最近/ }).check()
  t.equal(await placesOf(panel.getByRole('radio', { name: /离需求最近/ })), 30)

  await panel.getByRole('button', { name: '采用这个方案' }).click()
  const waiting = panel.getByRole('region', { name: '待保存的布置' })
  await waiting.waitFor()
  const count = await waiting.getByRole('listitem').count()
  t.ok(count >= 1 && count <= 3)
  await page.getByRole('button', { name: '撤销' }).click()
  await waiting.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '重做' }).click()
  await waiting.waitFor()
  t.equal((await draftsStored()).length, 0, 'nothing is stored yet')

  // The first one is shortened by a bike on the bench and stored from there; the others all at once.
  await waiting.getByRole('listitem').first().getByRole('button').first().click()
  await panel.getByRole('heading', { name: '新车位' }).waitFor()
  const length = panel.getByRole('spinbutton', { name: /^长度/ })
  const before = Number(await length.inputValue())
  await length.fill(String(Math.round((before - 0.6) * 100) / 100))
  const stored = page.waitForResponse(
    (reply) => reply.request().method() === 'POST' && reply.url().includes('/bays/items'),
  )
  await panel.getByRole('button', { name: '保存草案' }).click()
  t.equal((await stored).status(), 201)
  await panel.getByRole('button', { name: '返回列表' }).click()
  if (count > 1) {
    t.equal(await waiting.getByRole('listitem').count(), count - 1)
    await waiting.getByRole('button', { name: '全部存为草案' }).click()
  }
  await waiting.waitFor({ state: 'detached' })
  const drafts = await draftsStored()
  t.equal(drafts.length, count)
  t.equal(
    drafts.reduce((sum, { properties }) => sum + properties.capacity, 0),
    29,
  )
  t.ok(drafts.every(({ properties }) => properties.name_zh!.includes('统建巷')))
  await page.context().close()
})

t.test('what was accepted is asked about before the page is left', async (t) => {
  const page = await atTheBench(browser, bench)
  page.setDefaultTimeout(15_000)
  const panel = page.locator('#panel')
  await panel.getByRole('button', { name: '自动布置' }).click()
  const lane = panel.getByRole('option', { name: /统建巷.*左侧/ }).first()
  await panel
    .getByRole('combobox', { name: '街道一侧' })
    .selectOption(await lane.getAttribute('value'))
  await panel.getByRole('button', { name: '采用这个方案' }).click()
  const waiting = panel.getByRole('region', { name: '待保存的布置' })
  await waiting.waitFor()
  const before = (await draftsStored()).length
  await page.getByRole('link', { name: '冲突', exact: true }).first().click()
  const question = page.getByRole('alertdialog', { name: '保存新布置的停放区吗？' })
  await question.getByRole('button', { name: '全部放弃' }).click()
  await page.waitForURL(/\/conflicts/)
  t.equal((await draftsStored()).length, before)
  await page.context().close()
})

t.test('a yard is drawn and filled', async (t) => {
  const page = await atTheBench(browser, `${url}/plan?c=tongjian&map=19.5/29.65365/91.1447`)
  page.setDefaultTimeout(15_000)
  const panel = page.locator('#panel')
  await page.getByRole('toolbar').getByRole('button', { name: '自动布置' }).click()
  await panel.getByRole('button', { name: '画院落' }).click()
  await page.getByText(/逐点单击画出院落/).waitFor()
  await page.waitForFunction(
    () => document.querySelector('.map canvas').style.cursor === 'crosshair',
  )
  const { x, y } = await onScreen(page, 91.14462, 29.65372)
  for (const [dx, dy] of [
    [0, 0],
    [140, 0],
    [140, 90],
    [0, 90],
    [0, 0],
  ] as const) {
    await page.mouse.move(x + dx, y + dy, { steps: 3 })
    await page.mouse.click(x + dx, y + dy)
  }
  await panel.getByText('院落', { exact: true }).waitFor()
  const most = panel.getByRole('radio', { name: /泊位最多/ })
  await most.waitFor()
  t.match(await most.locator('..').textContent(), /\d+ 个泊位/)
  await panel.getByText('未检查通道能否从街道驶入。').waitFor()
  await page.context().close()
})

for (const [size, locale] of [
  [DESKTOP, 'zh-CN'],
  [PHONE, 'en'],
] as const)
  t.test(`no barriers at ${size.width} px in ${locale}`, async (t) => {
    const page = await atTheBench(browser, bench, size, locale)
    page.setDefaultTimeout(15_000)
    const panel = page.locator('#panel')
    await page
      .getByRole('toolbar')
      .getByRole('button', { name: /^(自动布置|Lay out)$/ })
      .click()
    const lane = panel.getByRole('option', { name: /(统建巷.*左侧|Tongjian Lane.*left)/ }).first()
    await panel
      .getByRole('combobox', { name: /^(街道一侧|Street side)$/ })
      .selectOption(await lane.getAttribute('value'))
    await panel.getByRole('heading', { name: /^(路缘尺|Kerb ruler)$/ }).waitFor()
    await panel
      .getByText(/^(逐段说明|Stretch by stretch)/)
      .first()
      .click()
    await mapDrawn(page)
    t.same(await barriers(page), [])
    await page.context().close()
  })
