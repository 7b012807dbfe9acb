import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'
import { mapDrawn, onScreen, openBrowser } from '../fixtures/browser.ts'
import { atTheBench } from '../fixtures/planner.ts'

/** What the browser knows and Node does not: for the function below that runs inside the page. */
declare const document: { querySelector(selector: string): { style: { cursor: string } } }

/** North kerb of Tongjian Lane's western half in the sample: from here to there, 299 m. */
const KERB = { from: [91.14188746, 29.65471164], to: [91.14495783, 29.65504092], length_m: 299 }
const alongKerb = (metres: number): [lon: number, lat: number] => {
  const share = metres / KERB.length_m
  return [
    KERB.from[0]! + share * (KERB.to[0]! - KERB.from[0]!),
    KERB.from[1]! + share * (KERB.to[1]! - KERB.from[1]!),
  ]
}
/** There is room from 149.8 m, where fire lane 3 ends, to 160.2 m, where bay 6 begins. */
const IN_BETWEEN = '20.5/29.654885/91.143485'

const { url, app } = await startApp(t)
const browser = await openBrowser(t)
const leader = await signIn(app, 'leader', 'leader-demo')

// One planner at one bench from the first test to the last: each goes on where the one before it ended.
const page = await atTheBench(browser, `${url}/plan?c=tongjian&map=${IN_BETWEEN}`)
const field = (name: RegExp) => page.getByRole('spinbutton', { name })
const figure = async (name: RegExp) => Number(await field(name).inputValue())
const dialog = (name: string) => page.getByRole('alertdialog', { name })
const bayOnBench = () => /sel=bays\/([0-9a-f-]{36})/.exec(page.url())?.[1]
const stored = async (id: string) => app.inject(`/api/collections/bays/items/${id}`)

interface Pixels {
  x: number
  y: number
}
async function pull(page: Page, from: Pixels, to: Pixels): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
}

async function middleOf(handle: Locator): Promise<Pixels> {
  const { x, y, width, height } = (await handle.boundingBox())!
  return { x: x + width / 2, y: y + height / 2 }
}

/** So many metres along the kerb, in pixels. */
async function steps(metres: number): Promise<Pixels> {
  const [a, b] = [
    await onScreen(page, ...alongKerb(150)),
    await onScreen(page, ...alongKerb(150 + metres)),
  ]
  return { x: b.x - a.x, y: b.y - a.y }
}

t.test('a hand moves, stretches and turns a bay, and each pull is one step back', async (t) => {
  await page.getByRole('button', { name: '沿路缘画' }).first().click()
  await pull(page, await onScreen(page, ...alongKerb(151)), await onScreen(page, ...alongKerb(154)))
  await page.getByRole('heading', { name: '新车位' }).waitFor()
  const drawn = { from: await figure(/^距起点/), length: await figure(/^长度/) }
  t.ok(Math.abs(drawn.from - 151) < 0.3, `from ${drawn.from}`)
  t.ok(Math.abs(drawn.length - 3) < 0.4, `length ${drawn.length}`)

  const grip = await middleOf(page.getByRole('button', { name: '移动车位' }))
  const two = await steps(2)
  await pull(page, grip, { x: grip.x + two.x, y: grip.y + two.y })
  const moved = await figure(/^距起点/)
  t.ok(Math.abs(moved - drawn.from - 2) < 0.3, `moved by ${moved - drawn.from}`)
  t.equal(await figure(/^长度/), drawn.length, 'as long as before')

  const corners = await page.getByRole('button', { name: /^调整第 \d 个角$/ }).all()
  const places = await Promise.all(corners.map(middleOf))
  const depth = await figure(/^深度/)
  const eastern = places.reduce((a, b) => (b.x > a.x ? b : a))
  const more = await steps(1.5)
  await pull(page, eastern, { x: eastern.x + more.x, y: eastern.y + more.y })
  t.ok(Math.abs((await figure(/^长度/)) - drawn.length - 1.5) < 0.3, 'longer by a metre and a half')
  t.ok(Math.abs((await figure(/^深度/)) - depth) < 0.1, 'as deep as before')

  const knob = await middleOf(page.getByRole('button', { name: '旋转车位' }))
  await pull(page, knob, { x: knob.x + 90, y: knob.y + 60 })
  await page.getByRole('button', { name: '与路缘对齐' }).waitFor()
  const undo = page.getByRole('button', { name: '撤销' })
  await undo.click()
  await field(/^距起点/).waitFor()
  await undo.click()
  t.equal(await figure(/^长度/), drawn.length)
  await undo.click()
  t.equal(await figure(/^距起点/), drawn.from)
})

t.test('whoever leaves an unsaved draft can save it first', async (t) => {
  await page.getByRole('textbox', { name: '中文名' }).fill('先存车位')
  await page.getByRole('link', { name: '冲突', exact: true }).first().click()
  await dialog('保存更改吗？').getByRole('button', { name: '保存草案' }).click()
  await page.waitForURL(/\/conflicts/)
  const id = bayOnBench()!
  t.match((await stored(id)).json(), { properties: { name_zh: '先存车位', status: 'draft' } })
  await page.goBack()
  await page.waitForURL(/\/plan/)
  await page.getByRole('heading', { name: '先存车位' }).waitFor()
})

t.test('a write without the version that was read (428) is told as a collision', async (t) => {
  await page.getByRole('textbox', { name: '中文名' }).fill('无版本')
  await page.route(
    '**/api/collections/bays/items/*',
    (route) => {
      const { 'if-match': _, ...headers } = route.request().headers()
      return route.continue({ headers })
    },
    { times: 1 },
  )
  const refused = page.waitForResponse((reply) => reply.request().method() === 'PUT')
  await page.getByRole('button', { name: '保存草案' }).click()
  t.equal((await refused).status(), 428)
  const mine = page.waitForResponse((reply) => reply.request().method() === 'PUT')
  await dialog('别人刚刚改过这个车位').getByRole('button', { name: '用我的覆盖' }).click()
  t.equal((await mine).status(), 200)
  t.match((await stored(bayOnBench()!)).json(), { properties: { name_zh: '无版本' } })
})

t.test('a bay that somebody removed meanwhile (410) can be stored as a new one', async (t) => {
  const id = bayOnBench()!
  await page.getByRole('textbox', { name: '中文名' }).fill('还要它')
  const { version } = (await stored(id)).json<{ properties: { version: number } }>().properties
  const removed = await app.inject({
    method: 'DELETE',
    url: `/api/collections/bays/items/${id}`,
    headers: { cookie: leader, 'sec-fetch-site': 'same-origin', 'if-match': `"${version}"` },
  })
  t.equal(removed.statusCode, 204, removed.body)
  await page.getByRole('button', { name: '保存草案' }).click()
  const question = dialog('这个车位已被别人删除')
  await question.getByRole('button', { name: '存为新车位' }).click()
  await question.waitFor({ state: 'detached' })
  await page.waitForURL((address) => !address.search.includes(id))
  t.match((await stored(bayOnBench()!)).json(), { properties: { name_zh: '还要它' } })
  t.equal((await stored(id)).statusCode, 410)
})

t.test('an id that is taken meanwhile (409) is told as a collision, not lost', async (t) => {
  await page.getByRole('button', { name: '复制' }).click()
  await page.getByRole('heading', { name: '新车位' }).waitFor()
  await page.route(
    '**/api/collections/bays/items?*',
    async (route) => {
      // As from a second window: another content takes the id first.
      const body = route.request().postDataJSON() as { properties: object }
      const first = await route.fetch({
        headers: { ...route.request().headers(), 'idempotency-key': 'another-window' },
        postData: { ...body, properties: { ...body.properties, name_zh: '另一个窗口' } },
      })
      t.equal(first.status(), 201)
      await route.continue()
    },
    { times: 1 },
  )
  const refused = page.waitForResponse((reply) => reply.status() === 409)
  await page.getByRole('button', { name: '保存草案' }).click()
  await refused
  await dialog('别人刚刚改过这个车位').getByRole('button', { name: '采用对方的版本' }).click()
  await page.getByRole('heading', { name: '另一个窗口' }).waitFor()
})

t.test('a draft is deleted after asking, a painted bay retired, for good', async (t) => {
  await page.getByRole('button', { name: '批准' }).click()
  await page.getByText('已批准', { exact: true }).waitFor()
  await page.getByRole('button', { name: '标为已施划' }).click()
  await page.getByRole('button', { name: '停用' }).click()
  await dialog('停用这个车位吗？').getByRole('button', { name: '停用' }).click()
  await page.getByText('已停用。').waitFor()
  t.equal(await page.getByRole('textbox', { name: '中文名' }).count(), 0, 'nothing to change')

  await page.getByRole('button', { name: '返回' }).click()
  await page
    .getByRole('button', { name: /^还要它/ })
    .first()
    .click()
  await page.getByRole('heading', { name: '还要它' }).waitFor()
  const id = bayOnBench()!
  await page.getByRole('button', { name: '删除车位' }).click()
  await dialog('删除这个车位吗？').getByRole('button', { name: '取消' }).click()
  t.equal((await stored(id)).statusCode, 200)
  await page.getByRole('button', { name: '删除车位' }).click()
  await dialog('删除这个车位吗？').getByRole('button', { name: '删除' }).click()
  await page.getByText('已删除。').waitFor()
  t.equal((await stored(id)).statusCode, 410)
})

t.test(
  'what reaches over the boundary is told while it is drawn, without the server',
  async (t) => {
    const zone = await app.inject('/api/collections/vendor_zones/items?external_id=VZ-3')
    const [lon, lat] = zone.json<{ features: { geometry: { coordinates: number[][][] } }[] }>()
      .features[0]!.geometry.coordinates[0]![0] as [number, number]
    await page.route('**/api/checks?*', (route) => route.abort())
    // VZ-3 lies outside the community, and nothing at all some 25 m north of it.
    const place = [lon, lat + 0.00025] as const
    await page.goto(`${url}/plan?c=tongjian&map=20/${place[1]}/${place[0]}`)
    await page.getByRole('toolbar', { name: '绘图工具' }).waitFor()
    await mapDrawn(page)
    await page.getByRole('button', { name: '画多边形' }).first().click()
    await page.waitForFunction(
      () => document.querySelector('.map canvas').style.cursor === 'crosshair',
    )
    const { x, y } = await onScreen(page, ...place)
    for (const [dx, dy] of [
      [0, 0],
      [90, 0],
      [90, 60],
      [0, 60],
      [0, 0],
    ] as const) {
      await page.mouse.move(x + dx, y + dy, { steps: 3 })
      await page.mouse.click(x + dx, y + dy)
    }
    await page.getByRole('heading', { name: '超出社区范围' }).waitFor()
    t.equal(await page.getByText('已由服务器核对').count(), 0)
  },
)
