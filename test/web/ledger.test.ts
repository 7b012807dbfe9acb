import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import { barriers, openBrowser, openPage, signInByForm } from '../fixtures/browser.ts'

/** The hazard ledger on paper, from the board as it is filtered. */

const { url, engine } = await startApp(t)
const browser = await openBrowser(t)

t.test('the ledger holds every hazard with its columns, and alone is printed', async (t) => {
  const { n } = await engine.db
    .selectFrom('case_file as c')
    .innerJoin('case_kind as k', (join) =>
      join.onRef('k.community_id', '=', 'c.community_id').onRef('k.id', '=', 'c.kind_id'),
    )
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('k.is_hazard', '=', true)
    .where('c.status', '!=', 'merged')
    .executeTakeFirstOrThrow()
  const { page } = await openPage(browser, { url: `${url}/sign-in` })
  await signInByForm(page, 'leader', 'leader-demo')
  await page.waitForURL(/\/cases/)
  await page.getByRole('button', { name: '隐患台账' }).click()
  await page.getByRole('button', { name: '打印台账' }).click()
  await page.getByRole('heading', { name: /隐患台账$/ }).waitFor()
  const table = page.getByRole('table')
  t.equal(await table.getByRole('row').count(), Number(n) + 1)
  t.same(
    (await table.getByRole('columnheader').allTextContents()).map((text) => text.trim()),
    [
      '编号',
      '地点',
      '类别',
      '程度',
      '责任单位与措施',
      '时限',
      '状态',
      '销号时间',
      '整改前',
      '整改后',
    ],
  )
  t.ok((await table.getByText('已销号').count()) > 0)
  t.same(await barriers(page), [])
  if (process.env['SHOTS'])
    await page.screenshot({ path: `${process.env['SHOTS']}/ledger-desktop.png` })
  await page.emulateMedia({ media: 'print' })
  t.notOk(await page.locator('#panel').isVisible())
  t.notOk(await page.getByRole('button', { name: '打印', exact: true }).isVisible())
  t.ok(await table.isVisible())
  if (process.env['SHOTS'])
    await page.screenshot({ path: `${process.env['SHOTS']}/ledger-print.png`, fullPage: true })
  await page.emulateMedia({ media: 'screen' })
  await page.getByRole('button', { name: '关闭' }).click()
  await page.locator('[data-case]').first().waitFor()
  await page.context().close()
})
