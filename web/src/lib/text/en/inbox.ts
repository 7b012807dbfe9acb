import type { inbox as zhCN } from '../zh-CN/inbox.ts'

export const inbox: Record<keyof typeof zhCN, string> = {
  'page.inbox': 'Orders',
}
