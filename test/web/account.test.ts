import t from 'tap'
import { startApp } from '../fixtures/app.ts'
import {
  barriers,
  DESKTOP,
  openBrowser,
  openPage,
  PHONE,
  signInByForm,
} from '../fixtures/browser.ts'

const { url } = await startApp(t)
const browser = await openBrowser(t)

t.test('a demo account fills in with one click, signs in, and out again', async (t) => {
  const { page, complaints } = await openPage(browser, { url: `${url}/sign-in` })
  await page.getByRole('button', { name: '填入 规划员' }).click()
  t.equal(await page.getByRole('textbox', { name: '账号' }).inputValue(), 'planner')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '规划员（演示）' }).waitFor()
  await page.getByText('批准车位与经营区').waitFor()

  await page.getByRole('button', { name: '规划员（演示）' }).click()
  await page.getByRole('menuitem', { name: '退出登录' }).click()
  await page.getByRole('heading', { name: '登录' }).waitFor()
  t.same(complaints, [])
  await page.context().close()
})

t.test('whoever signed in is known after a reload and on every page', async () => {
  const { page } = await openPage(browser, { url: `${url}/sign-in?back=conflicts`, locale: 'en' })
  await signInByForm(page, 'leader', 'leader-demo')
  await page.waitForURL(/\/conflicts/)
  await page.reload()
  await page.getByRole('button', { name: '社区负责人（演示）' }).waitFor()
  await page.context().close()
})

t.test('a wrong password is told in words, keeps the login and asks again', async (t) => {
  const { page } = await openPage(browser, { url: `${url}/sign-in` })
  await signInByForm(page, 'planner', 'wrong')
  await page.getByRole('alert').filter({ hasText: '账号或密码不正确。' }).waitFor()
  t.equal(await page.getByRole('textbox', { name: '账号' }).inputValue(), 'planner')
  t.equal(await page.getByRole('textbox', { name: '密码' }).inputValue(), '')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: '请填写账号和密码。' }).waitFor()
  await page.context().close()
})

t.test('the account page changes the password and signs out on all devices', async (t) => {
  const { page, complaints } = await openPage(browser, { url: `${url}/sign-in` })
  await signInByForm(page, 'resident', 'resident-demo')
  await page.getByText('密码与安全').click()
  await page.getByLabel('旧密码').fill('resident-demo')
  await page.getByLabel('新密码').fill('too short')
  await page.getByRole('button', { name: '修改密码' }).click()
  await page.getByRole('alert').filter({ hasText: '新密码至少要 12 个字符。' }).waitFor()
  await page.getByLabel('新密码').fill('a rather long password')
  await page.getByRole('button', { name: '修改密码' }).click()
  await page.getByRole('alert').filter({ hasText: '演示账号的密码是公开的' }).waitFor()
  await page.getByRole('button', { name: '在所有设备上退出登录' }).click()
  await page.getByRole('heading', { name: '登录' }).waitFor()
  t.same(
    complaints.filter((text) => !text.includes('403')),
    [],
  )
  await page.context().close()
})

t.test('password managers find login and password by their names', async (t) => {
  const { page } = await openPage(browser, { url: `${url}/sign-in` })
  const login = page.getByRole('textbox', { name: '账号' })
  const password = page.getByRole('textbox', { name: '密码' })
  t.equal(await login.getAttribute('autocomplete'), 'username')
  t.equal(await password.getAttribute('autocomplete'), 'current-password')
  t.equal(await password.getAttribute('type'), 'password')
  await page.getByRole('button', { name: '显示密码' }).click()
  t.equal(await password.getAttribute('type'), 'text')
  await page.context().close()
})

for (const [locale, size, name] of [
  ['zh-CN', DESKTOP, 'desktop'],
  ['en', PHONE, 'phone'],
] as const)
  t.test(`no barriers on the sign-in page, before and after: ${locale}, ${name}`, async (t) => {
    const { page, complaints } = await openPage(browser, { url: `${url}/sign-in`, size, locale })
    await page.getByRole('button', { name: /planner-demo/ }).waitFor()
    t.same(await barriers(page), [])
    await signInByForm(page, 'planner', 'planner-demo')
    await page.getByRole('heading', { name: '规划员（演示）' }).waitFor()
    t.same(await barriers(page), [])
    t.same(complaints, [])
    await page.context().close()
  })
