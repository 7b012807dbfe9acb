import type { Page } from 'playwright-core'
import { startApp } from '../fixtures/app.ts'
import {
  DESKTOP,
  mapDrawn,
  onScreen,
  openBrowser,
  openPage,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'
import { planDesk } from '../fixtures/plans.ts'

/**
 * Makes the pictures of the documents from the running sample: `npm run pictures`, or `npm run pictures -- plans-desktop`
 * for some of them. Nothing in them is drawn by hand, so they show what a reader will see.
 */

const FOLDER = new URL('../../docs/pictures/', import.meta.url).pathname
const AT_THE_FIRE_LANE = '19.6/29.654873/91.143405'
const EVENING = encodeURIComponent('2026-09-16T19:00:00+08:00')
/** On the north kerb of Tongjian Lane: 141 m and 153 m along it, with the fire lane between. */
const KERB: [lon: number, lat: number][] = [
  [91.14333527, 29.65486692],
  [91.1434585, 29.65488013],
]

const closing: (() => unknown)[] = []
const teardown = { teardown: (work: () => unknown) => closing.push(work) }
const wanted = process.argv.slice(2)
const running = await startApp(teardown)
const { url } = running
const browser = await openBrowser(teardown)

for (const [size, viewport] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const) {
  await picture(`map-${size}`, '/', viewport)
  await picture(`details-${size}`, '/?sel=bays/df9e688d-7c44-5f84-8b73-4981f494b3f4', viewport)
  await picture(`occupancy-${size}`, `/occupancy?at=${EVENING}`, viewport)
  await picture(`conflicts-${size}`, '/conflicts', viewport)
  await picture(`sign-in-${size}`, '/sign-in', viewport)
  await picture(`plan-${size}`, `/plan?map=${AT_THE_FIRE_LANE}`, viewport, drawOverTheLane)
}
await picture('walking-desktop', '/conflicts?of=walking&week=sa-12', DESKTOP, async (page) => {
  const side = page.getByLabel('街道一侧')
  const option = side.locator('option', { hasText: '北侧路(示例) 北侧' }).first()
  await side.selectOption(await option.getAttribute('value'))
  await page.getByText('轮椅通行').waitFor()
})
await picture('cases-desktop', '/cases', DESKTOP, as('leader'))
await picture('case-desktop', '/cases', DESKTOP, async (page) => {
  await as('leader')(page)
  await page.locator('[data-column=feedback] [data-case]').first().click()
  await page.getByRole('article').waitFor()
})
await picture('inspect-phone', '/inspect', PHONE, as('inspector'))
await picture('inbox-phone', '/inbox', PHONE, as('unit'))
await picture('report-phone', '/report', PHONE)
await picture('patrols-desktop', '/patrols?view=coverage&period=week', DESKTOP, as('leader'))
await picture('patrols-phone', '/patrols', PHONE, as('leader'))
await picture('bulletin-desktop', '/bulletin', DESKTOP, as('leader'))
await picture('rules-desktop', '/rules?pack=cn-default', DESKTOP, async (page) => {
  await as('planner')(page)
  await page.getByRole('spinbutton', { name: /^B8 / }).fill('25')
  await page.locator('section.effect li').first().waitFor()
  await page.locator('#effect-title').scrollIntoViewIfNeeded()
})
await picture('layout-desktop', '/plan?map=18.3/29.65488/91.14342', DESKTOP, layOutTheLane)
await picture('demand-desktop', '/demand', DESKTOP, as('planner'))
await picture('zones-desktop', '/zones', DESKTOP, async (page) => {
  await as('planner')(page)
  await page.getByRole('button', { name: /红旗北路早市/ }).click()
  await page.getByRole('button', { name: '划分摊位' }).click()
  const form = page.getByRole('form', { name: '划分摊位' })
  await form.getByRole('button', { name: '划分摊位' }).click()
  await form.waitFor({ state: 'detached' })
})
await picturesOfAPlan()
await picture('map-en', '/', DESKTOP, undefined, 'en')
for (const close of closing.reverse()) await close()

async function picture(
  name: string,
  address: string,
  size: typeof DESKTOP,
  act?: (page: Page) => Promise<void>,
  locale: 'zh-CN' | 'en' = 'zh-CN',
): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  const { page } = await openPage(browser, { url: url + address, size, locale })
  await mapDrawn(page)
  await act?.(page)
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await mapDrawn(page)
  await page.waitForTimeout(1_000)
  await page.screenshot({ path: `${FOLDER}${name}.png` })
  await page.context().close()
  process.stdout.write(`docs/pictures/${name}.png\n`)
}

/** Signs in on the page's own form; it comes back to where it was asked for. */
function as(login: string): (page: Page) => Promise<void> {
  return async (page) => {
    const address = page.url()
    await page.goto(`${url}/sign-in`)
    // Who has no page of their own stays on this one: the answer tells, not the address.
    const answer = page.waitForResponse(
      (reply) => reply.url().endsWith('/api/session') && reply.request().method() === 'POST',
    )
    await signInByForm(page, login, `${login}-demo`)
    await answer
    await page.goto(address)
  }
}

/** A plan on the lane: two bays drawn, one moved along the kerb, one given up, and what a neighbour says. */
async function picturesOfAPlan(): Promise<void> {
  if (wanted.length > 0 && !wanted.some((name) => /^(plans|order|shared-plan)-/.test(name))) return
  const { C, add, call, drawn, planOf, post, stored } = await planDesk(running)
  const plan = await planOf('统建巷北侧增设车位')
  const [given, moved, pattern] = [
    await stored('BAY-03'),
    await stored('BAY-05'),
    await stored('BAY-04'),
  ]
  const shifted = (bay: typeof moved, degrees: number) => ({
    type: 'Feature',
    geometry: {
      type: 'Polygon',
      coordinates: bay.geometry.coordinates.map((ring: [number, number][]) =>
        // The lane climbs a ninth of what it runs east.
        ring.map(([lon, lat]) => [
          Number((lon + degrees).toFixed(7)),
          Number((lat + degrees * 0.107).toFixed(7)),
        ]),
      ),
    },
    properties: bay.properties,
  })
  const replaced = (bay: typeof moved) => ({
    base_version: bay.properties.version,
    feature_id: bay.id,
  })
  const named = (feature: ReturnType<typeof shifted>, name_zh: string) => {
    const { vehicle_classes, layout, rows, unit_length_m, unit_width_m, capacity } =
      feature.properties
    const properties = {
      name_zh,
      vehicle_classes,
      layout,
      rows,
      unit_length_m,
      unit_width_m,
      capacity,
    }
    return { ...feature, properties }
  }
  const added = await add(plan, [
    drawn({ feature: named(shifted(pattern, 0.00008), '新增车位 A') }),
    drawn({ feature: named(shifted(moved, 0.00019), '新增车位 B') }),
    drawn({ action: 'replace', ...replaced(moved), feature: shifted(moved, 0.00008) }),
    drawn({ action: 'retire', ...replaced(given), feature: undefined }),
  ])
  if (added.statusCode !== 201) throw new Error(added.body)
  const said = { unit_prices: { line_m: 12, place: 5, sign: 180, removal_m: 8 } }
  await call('planner', 'PATCH', `/plans/${plan.id}${C}`, said, { 'if-match': '"1"' })
  const until = new Date(Date.now() + 10 * 86_400_000).toISOString()
  const link = await post('planner', `/plans/${plan.id}/comment_link${C}`, { until })
  const { token } = link.json<{ token: string }>()
  const body = {
    id: plan.id,
    body: '晚上八点以后车最多，支持。',
    place: { lon: 91.1437, lat: 29.65493 },
  }
  await post('nobody', `/shared_plans/${token}/comments${C}`, body)
  const at = `?c=tongjian&plan=${plan.id}&map=18.6/29.65495/91.1437`
  await picture('plans-desktop', `/plans${at}&tab=compare`, DESKTOP, as('planner'))
  await picture('order-desktop', `/plans${at}&tab=order`, DESKTOP, as('planner'))
  await picture('shared-plan-phone', `/shared-plan?c=tongjian&token=${token}`, PHONE)
}

/** A planner has the lane's north side laid out. */
async function layOutTheLane(page: Page): Promise<void> {
  await as('planner')(page)
  const lane = page.getByRole('option', { name: /统建巷.*左侧/ }).first()
  await lane.waitFor({ state: 'attached' })
  await page.getByRole('toolbar').getByRole('button', { name: '自动布置' }).click()
  await page
    .getByRole('combobox', { name: '街道一侧' })
    .selectOption(await lane.getAttribute('value'))
  await page.getByRole('heading', { name: '方案' }).scrollIntoViewIfNeeded()
  await page.getByRole('heading', { name: '路缘尺', exact: true }).scrollIntoViewIfNeeded()
}

/** A planner draws a bay that takes some of a fire lane, so that the findings show. */
async function drawOverTheLane(page: Page): Promise<void> {
  await page
    .locator('#panel')
    .getByRole('button', { name: /^(登录|Sign in)$/ })
    .click()
  await signInByForm(page, 'planner', 'planner-demo')
  await page
    .getByRole('option', { name: /统建巷/ })
    .first()
    .waitFor({ state: 'attached' })
  await mapDrawn(page)
  await page.getByRole('button', { name: '沿路缘画' }).first().click()
  if (page.viewportSize()!.width >= 900) {
    const [from, to] = [await onScreen(page, ...KERB[0]!), await onScreen(page, ...KERB[1]!)]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
    await page.mouse.move(to.x, to.y, { steps: 4 })
    await page.mouse.up()
    await page.getByText('已由服务器核对').waitFor()
  }
}
