import type { bulletin as zhCN } from '../zh-CN/bulletin.ts'

export const bulletin: Record<keyof typeof zhCN, string> = {
  'page.bulletin': 'Bulletin',
}
