import type { inspect as zhCN } from '../zh-CN/inspect.ts'

export const inspect: Record<keyof typeof zhCN, string> = {
  'page.inspect': 'Patrol',
}
