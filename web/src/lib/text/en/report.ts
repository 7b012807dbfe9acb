import type { report as zhCN } from '../zh-CN/report.ts'

export const report: Record<keyof typeof zhCN, string> = {
  'page.report': 'Report',
}
