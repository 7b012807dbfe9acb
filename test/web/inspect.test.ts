import type { Page } from 'playwright-core'
import t from 'tap'
import { createDefaultKinds } from '../../api/features/case-kinds/default-kinds.ts'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  DESKTOP,
  openBrowser,
  PATIENCE,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'

/** What a browser knows and Node does not. */
declare const localStorage: { setItem(key: string, value: string): void }
interface Asked<T> {
  result: T
  onsuccess: () => void
}
declare const indexedDB: {
  databases(): Promise<{ name: string }[]>
  open(name: string): Asked<{
    close(): void
    transaction(store: string): { objectStore(store: string): { count(): Asked<number> } }
  }>
}
declare const document: { documentElement: { scrollWidth: number } }

const { engine, url } = await startApp(t)
const community = await engine.db.selectFrom('community').select('id').executeTakeFirstOrThrow()
// Nothing where the sample has kinds of its own.
await engine.db.transaction().execute((trx) => createDefaultKinds(trx, community.id))
const browser = await openBrowser(t)

/** On 藏热南路 of the sample, 3 m north of its middle line, in the first grid. */
const HERE = { longitude: 91.1429186, latitude: 29.6526225 }
/** A kind of the sample that asks for nothing but a place. */
const KIND = '无照经营游商'

/** A phone, or a wide screen, with an inspector signed in on the patrol page. */
async function open(
  more: {
    size?: typeof PHONE
    locale?: 'zh-CN' | 'en'
    isLocated?: boolean
    map?: string
  } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const size = more.size ?? PHONE
  const context = await browser.newContext({
    viewport: size,
    ...(size === PHONE && { isMobile: true, hasTouch: true }),
    reducedMotion: 'reduce',
    geolocation: { ...HERE, accuracy: 6 },
    permissions: more.isLocated === false ? [] : ['geolocation'],
  })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.addInitScript(
    (locale) => localStorage.setItem('jiexu.locale', locale),
    more.locale ?? 'zh-CN',
  )
  await page.goto(`${url}/sign-in${more.map ? `?map=${more.map}` : ''}`)
  await signInByForm(page, 'inspector', 'inspector-demo')
  await page.waitForURL(/\/inspect/)
  await page.getByText(/资料已存到手机|On this phone since/).waitFor()
  return { page, complaints }
}

/** Waits until nothing lies on the phone any more; what was just saved is there from the notice on. */
async function allSent(page: Page): Promise<void> {
  await page.getByRole('button', { name: '待发送 0' }).waitFor()
  await page.waitForFunction(async () => {
    const [one] = (await indexedDB.databases()).filter(({ name }) => name === 'jiexu-field')
    return new Promise((resolve) => {
      const opening = indexedDB.open(one!.name)
      opening.onsuccess = () => {
        const asking = opening.result.transaction('outbox').objectStore('outbox').count()
        asking.onsuccess = () => {
          opening.result.close()
          resolve(asking.result === 0)
        }
      }
    })
  })
}

t.test('three taps: the street side and the bay are filled in, the report arrives', async (t) => {
  const { page, complaints } = await open()
  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  await page.getByText('藏热南路(示意)北侧').waitFor()
  // The softest outcome of the kind is chosen already.
  t.ok(await page.getByRole('radio', { name: '当场劝导' }).isChecked())
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('已保存，联网后自动发送。').waitFor()
  await allSent(page)
  const [report] = await engine.db
    .selectFrom('case_file as c')
    .innerJoin('street_segment as s', 's.id', 'c.segment_id')
    .select(['s.external_id', 'c.side', 'c.outcome', 'c.source'])
    .orderBy('c.received_at', 'desc')
    .limit(1)
    .execute()
  t.same(report, { external_id: 'SEG-S1', side: 'left', outcome: 'persuaded', source: 'patrol' })
  t.same(complaints, [])
  await page.context().close()
})

t.test('where the phone may not locate, the place is taken under the crosshair', async (t) => {
  const { page, complaints } = await open({
    isLocated: false,
    map: `19/${HERE.latitude}/${HERE.longitude}`,
  })
  await page.getByText('没有定位权限').waitFor()
  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  await page.getByText('还需要：地点').waitFor()
  await page.getByRole('button', { name: '在地图上改' }).click()
  await page.getByRole('button', { name: '就是十字处' }).click()
  await page.getByText(/藏热南路\(示意\)[北南]侧/).waitFor()
  t.ok(await page.getByRole('button', { name: '保存', exact: true }).isEnabled())
  t.same(complaints, [])
  await page.context().close()
})

t.test('the same kind logged again close by: follow it, or say that it is another', async (t) => {
  const { page, complaints } = await open()
  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  await page.getByRole('radio', { name: '需要派遣' }).check({ force: true })
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('已保存，联网后自动发送。').waitFor()
  await allSent(page)

  await page.getByRole('button', { name: '记一笔' }).click()
  await page.getByRole('button', { name: KIND, exact: true }).first().click()
  await page.getByText(/米外已有上报 \d{4}-\d{6}，改为跟进？/).waitFor()
  await page.getByRole('button', { name: '跟进它' }).click()
  await page.getByRole('textbox', { name: '现场情况' }).fill('还在原处')
  await page.getByRole('button', { name: '补充情况' }).click()
  await page.getByText('已保存，联网后自动发送。').waitFor()
  await allSent(page)
  const [step] = await engine.db
    .selectFrom('case_step')
    .select(['action', 'note'])
    .orderBy('at', 'desc')
    .limit(1)
    .execute()
  t.same(step, { action: 'note', note: '还在原处' })
  t.same(complaints, [])
  await page.context().close()
})

t.test('a count and a clear side are each a record of their own', async (t) => {
  const { page, complaints } = await open()
  await page.getByRole('button', { name: '开始今日巡查' }).click()
  await page.getByRole('button', { name: '点数' }).click()
  await page.getByRole('spinbutton', { name: '现有数量' }).fill('7')
  await page.getByRole('button', { name: '加一' }).click()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('已保存，联网后自动发送。').waitFor()
  await page.getByRole('button', { name: '路侧清单' }).click()
  // The nearest side is first only until the next fix of the position: the side is pressed by its name.
  const first = page.getByRole('button', { name: /：无异常$/ }).first()
  const side = page.getByRole('button', {
    name: (await first.getAttribute('aria-label'))!,
    exact: true,
  })
  await side.click()
  await side.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '返回' }).click()
  await page.getByText(/已走 1 \/ \d+ 个路侧/).waitFor()
  await allSent(page)
  const counts = await engine.db
    .selectFrom('observation')
    .select('counted')
    .orderBy('received_at', 'desc')
    .limit(1)
    .execute()
  t.same(counts, [{ counted: 8 }])
  const passes = await engine.db
    .selectFrom('pass')
    .select(['method', 'result'])
    .orderBy('at', 'desc')
    .limit(1)
    .execute()
  t.same(passes, [{ method: 'manual', result: 'clear' }])
  await page.getByRole('button', { name: '结束巡查' }).click()
  await page.getByRole('button', { name: '确认结束' }).click()
  await page.getByRole('heading', { name: '巡查已结束' }).waitFor()
  await allSent(page)
  t.same(complaints, [])
  await page.context().close()
})

for (const [locale, size, name] of [
  ['zh-CN', PHONE, 'phone'],
  ['en', PHONE, 'phone'],
  ['en', DESKTOP, 'desktop'],
] as const)
  t.test(`no barriers on the inspector's page: ${locale}, ${name}`, async (t) => {
    const { page, complaints } = await open({ locale, size })
    const views = ['', '?do=log', '?do=count', '?do=sides', '?do=queue']
    for (const view of views) {
      await page.goto(`${url}/inspect${view}`)
      await page.getByRole('heading', { level: 2 }).first().waitFor({ state: 'attached' })
      t.same(await barriers(page), [], view)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      t.equal(width, size.width, view)
    }
    await page.goto(`${url}/inspect?do=log`)
    await page
      .getByRole('button', { name: /^(堵塞消防通道|.*[Ff]ire lane.*)$/ })
      .first()
      .click()
    await page.getByRole('radio', { name: /^(高|High)$/ }).waitFor()
    t.same(await barriers(page), [], 'details')
    t.same(complaints, [])
    await page.context().close()
  })
