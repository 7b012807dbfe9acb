import type { Page } from 'playwright-core'
import t from 'tap'
import type { PatrolPlan } from '../../api/features/patrols/contract.ts'
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
  signInByForm,
} from '../fixtures/browser.ts'
import { minutesAgo, newPass, patrolDesk, walk } from '../fixtures/patrols.ts'

/** The leader's page: from a plan to what is due, and from the map of what was walked to what was left out. */

const running = await startApp(t)
const { url, engine } = running
const desk = await patrolDesk(running)
const browser = await openBrowser(t)
const { own: OWN, foreign: FOREIGN } = desk
/** No one ever walked this side: its passes of the sample are taken away. */
await engine.db
  .deleteFrom('pass')
  .where('segment_id', '=', FOREIGN.id)
  .where('side', '=', FOREIGN.side)
  .execute()
const [nowhere, other] = [
  `${FOREIGN.id}/${FOREIGN.side}`,
  `${FOREIGN.id}/${FOREIGN.side === 'left' ? 'right' : 'left'}`,
]

async function open(address: string, role = 'leader', more: object = {}) {
  const opened = await openPage(browser, { url: `${url}/sign-in`, ...more })
  const reply = opened.page.waitForResponse(
    (response) => response.url().endsWith('/api/session') && response.request().method() === 'POST',
  )
  await signInByForm(opened.page, role, `${role}-demo`)
  await reply
  await opened.page.goto(url + address)
  return opened
}
const plansOf = async (grid_id: string) =>
  (await desk.get('leader', '/patrol_plans'))
    .json<{ patrol_plans: PatrolPlan[] }>()
    .patrol_plans.filter((plan) => plan.grid_id === grid_id)
const grid = (page: Page, id: string) => page.locator(`[data-grid="${id}"]`)
const row = (page: Page, key: string) => page.locator(`[data-side="${key}"]`)

t.test(
  'a plan is made by keyboard, and what is done of it is seen while others walk',
  async (t) => {
    const { page, complaints } = await open('/patrols')
    const section = grid(page, OWN.grid_id)
    const add = section.getByRole('button', { name: /新增计划$/ })
    await add.focus()
    await page.keyboard.press('Enter')
    const form = section.getByRole('form', { name: '新增巡查计划' })
    await form.waitFor()
    const gridField = form.getByLabel(/^\s*网格/)
    t.equal(await gridField.inputValue(), OWN.grid_id)
    t.ok(
      await gridField.evaluate((field) => field.matches(':focus')),
      'the first field has the focus',
    )
    await page.keyboard.press('Tab')
    await page.keyboard.press('End')
    t.equal(await form.getByLabel('巡查类型').inputValue(), 'monthly')
    await page.keyboard.press('Tab')
    await page.keyboard.type('0')
    await page.keyboard.press('Enter')
    await form.getByText('请填 1 至 50。').waitFor()
    await form.getByLabel('每个路侧走几次').fill('9')
    await form.getByLabel('巡查人员').selectOption({ label: '网格员（演示）' })
    await form.getByLabel('每个路侧走几次').press('Enter')
    await form.waitFor({ state: 'detached' })
    await add.and(page.locator(':focus')).waitFor()
    const duty = section.locator('[data-frequency=monthly]')
    await duty.getByText('每侧 9 次 · 网格员（演示）').waitFor()
    // The sample goes round once a month: none of the sides has nine.
    const sides = Number(/0 \/ (\d+) 个路侧/.exec((await duty.textContent())!)![1])
    t.ok(sides > 0)

    const { said } = await desk.start('leader', { frequency: 'monthly' })
    const nine = Array.from({ length: 9 }, () => newPass(OWN, { patrol_id: said.id }))
    t.match(await desk.sendPasses('leader', nine), { stored: 9 })
    await duty.getByText(`1 / ${sides} 个路侧`).waitFor()
    t.same(complaints, [])
    await page.context().close()
  },
)

t.test('whoever was faster is shown, and only what was meant is changed', async (t) => {
  const { page } = await open('/patrols')
  const [plan] = (await plansOf(FOREIGN.grid_id)).filter((one) => one.frequency === 'daily')
  const line = page.locator(`[data-plan="${plan!.id}"]`)
  await line.getByRole('button', { name: /^修改/ }).click()
  const form = line.getByRole('form', { name: '修改巡查计划' })
  await form.getByLabel('每个路侧走几次').fill('3')
  const { id: inspector } = await engine.db
    .selectFrom('account')
    .select('id')
    .where('login', '=', 'inspector')
    .executeTakeFirstOrThrow()
  const faster = await desk.call(
    'leader',
    'PATCH',
    `/patrol_plans/${plan!.id}`,
    { account_id: inspector },
    { 'if-match': `"${plan!.version}"` },
  )
  t.equal(faster.statusCode, 200)
  await form.getByRole('button', { name: '保存' }).click()
  const alert = form.getByRole('alert')
  await alert.getByText('别人刚改过这条计划').waitFor()
  await alert.getByText(/现在是：.*每侧 1 次 · 网格员（演示）/).waitFor()
  const stored = async () =>
    (await plansOf(FOREIGN.grid_id)).find((one) => one.id === plan!.id) as PatrolPlan
  t.equal((await stored()).passes, 1, 'nothing is overwritten unasked')
  await alert.getByRole('button', { name: '仍用我的' }).click()
  await form.waitFor({ state: 'detached' })
  t.match(await stored(), { passes: 3, account_id: inspector })

  await line.getByRole('button', { name: /^结束/ }).click()
  await line.getByRole('button', { name: '确认结束' }).click()
  await line.getByText(/ 至 /).waitFor()
  const { last_date } = await stored()
  t.match(last_date, /^\d{4}-\d\d-\d\d$/, 'it stays, with its last day')
  await page.context().close()
})

t.test('a plan that has not begun is taken away whole', async (t) => {
  const said = { grid_id: OWN.grid_id, frequency: 'weekly', first_date: '2190-01-01' }
  const { id } = (await desk.post('leader', '/patrol_plans', said)).json<PatrolPlan>()
  const { page } = await open('/patrols')
  const line = page.locator(`[data-plan="${id}"]`)
  await line.getByText('未开始').waitFor()
  await line.getByRole('button', { name: /^取消/ }).click()
  await line.getByRole('button', { name: '确认取消' }).click()
  await line.waitFor({ state: 'detached' })
  t.notOk((await plansOf(OWN.grid_id)).some((plan) => plan.id === id))
  await page.context().close()
})

t.test(
  'a side that never was walked heads the list and is dashed; map and list choose together',
  async (t) => {
    const { page, complaints } = await open('/patrols')
    // From one radio button to the next, as the arrow keys do.
    await page.getByRole('radio', { name: '计划' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.waitForURL(/view=coverage/)
    await row(page, nowhere).getByText('从未走过').waitFor()
    t.equal(
      await page.locator('[data-side]').first().getAttribute('data-side'),
      nowhere,
      'the most neglected first',
    )
    await mapDrawn(page)
    t.equal((await drawnFeatures(page))['patrols-sides-dashed'], 1)

    await row(page, nowhere).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((now) => now.searchParams.get('side') === nowhere)
    t.equal(await row(page, nowhere).getAttribute('aria-current'), 'true')
    await mapDrawn(page)
    t.ok((await drawnFeatures(page))['patrols-chosen'])

    // Somebody walks it: it is no more among those that were not walked, on the map neither.
    await desk.sendPasses('leader', [
      newPass(FOREIGN, { side: FOREIGN.side, at: new Date().toISOString() }),
    ])
    await page.getByRole('radio', { name: /^全部/, checked: true }).waitFor()
    await row(page, nowhere).getByText('1 次').waitFor()
    await mapDrawn(page)
    t.notOk((await drawnFeatures(page))['patrols-sides-dashed'])

    // From one kerb of the street to the other by the map.
    const [[x1, y1], [x2, y2]] = [FOREIGN.kerb[0]!, FOREIGN.kerb.at(-1)!]
    await row(page, other).click()
    await page.waitForURL((now) => now.searchParams.get('side') === other)
    await mapDrawn(page)
    const at = await onScreen(page, x1 + (x2 - x1) * 0.45, y1 + (y2 - y1) * 0.45)
    await page.mouse.click(at.x, at.y)
    await page.waitForURL((now) => now.searchParams.get('side') === nowhere)
    t.equal(await row(page, nowhere).getAttribute('aria-current'), 'true')
    t.same(complaints, [])
    await page.context().close()
  },
)

t.test('shares and rates are told as the service tells them', async (t) => {
  const { page } = await open('/patrols?view=coverage&period=last_month')
  const bars = page.getByRole('region', { name: '各网格走过的路侧' }).getByRole('button')
  await bars.first().waitFor()
  const texts = await bars.allTextContents()
  t.equal(texts.length, 6)
  for (const text of texts) {
    t.match(text, /\d+ \/ \d+ 个路侧/)
    const passes = Number(/([\d,]+) 次/.exec(text)![1]!.replace(',', ''))
    t.match(text, passes < 10 ? /数据不足/ : /每次发现 [\d.]+ 件（95% 区间 [\d.]+–[\d.]+）/, text)
  }
  await page.context().close()
})

t.test('a round shows its sides to all, its way only to whom it may be shown', async (t) => {
  const { said } = await desk.start('inspector', { grid_id: OWN.grid_id })
  await desk.change('inspector', said.id, { ended_at: minutesAgo(10), track: walk(OWN, 0.95) })
  const day = new Date(Date.parse(said.started_at) + 8 * 3_600_000).toISOString().slice(0, 10)
  for (const [role, note, lines, who] of [
    ['leader', '查看他人的路线会记入审计', 1, '网格员（演示）'],
    ['planner', '路线只有本人和社区负责人能看', undefined, '人员不显示'],
  ] as const) {
    const { page, complaints } = await open(`/patrols?view=rounds&day=${day}`, role)
    const round = page.locator(`[data-patrol="${said.id}"]`)
    await round.getByText(who).waitFor()
    await round.click()
    await page.getByText(note).waitFor()
    t.equal(await page.getByRole('list', { name: '走过的路侧' }).getByRole('button').count(), 1)
    await mapDrawn(page)
    const drawn = await drawnFeatures(page)
    t.equal(drawn['patrols-track'], lines, role)
    t.equal(drawn['patrols-sides'], 1)
    t.same(complaints, [])
    await page.context().close()
  }
})

t.test(
  'who only reads has nothing to press that would be refused; others are told whose it is',
  async (t) => {
    const { page } = await open('/patrols', 'planner')
    await page.locator('[data-plan]').first().waitFor()
    t.equal(await page.getByRole('button', { name: /新增计划|修改|结束/ }).count(), 0)
    await page.context().close()
    const { page: guest } = await openPage(browser, { url: `${url}/patrols` })
    await guest.getByText('只对本社区的工作人员开放').waitFor()
    t.equal(await guest.locator('#panel').getByRole('link', { name: '登录' }).count(), 1)
    await guest.context().close()
  },
)

for (const [size, locale] of [
  [DESKTOP, 'zh-CN'],
  [DESKTOP, 'en'],
  [PHONE, 'zh-CN'],
  [PHONE, 'en'],
] as const)
  t.test(`no barriers at ${size.width} px in ${locale}`, async (t) => {
    const { page } = await open('/patrols', 'leader', { size, locale })
    const add = page.locator('[data-opens=new]').first()
    await add.click()
    await page.getByRole('form').waitFor()
    t.same(await barriers(page), [], 'plan, with its form')
    await page.goto(`${url}/patrols?view=coverage&by=passes`)
    await page.locator('[aria-labelledby=patrols-sides]').waitFor()
    t.same(await barriers(page), [], 'coverage')
    await page.goto(`${url}/patrols?view=rounds`)
    await page.getByRole('button', { name: /^(前一天|The day before)$/ }).click()
    await page.locator('[data-patrol]').first().click()
    await page.getByRole('list', { name: /^(走过的路侧|Sides walked)$/ }).waitFor()
    t.same(await barriers(page), [], 'rounds, one open')
    await page.context().close()
  })
