import type { plan as zhCN } from '../zh-CN/plan.ts'

export const plan: Record<keyof typeof zhCN, string> = {}
