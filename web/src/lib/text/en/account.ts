import type { account as zhCN } from '../zh-CN/account.ts'

export const account: Record<keyof typeof zhCN, string> = {}
