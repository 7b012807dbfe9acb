import type { cases as zhCN } from '../zh-CN/cases.ts'

export const cases: Record<keyof typeof zhCN, string> = {
  'page.cases': 'Cases',
}
