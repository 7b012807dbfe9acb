import type { conflicts as zhCN } from '../zh-CN/conflicts.ts'

export const conflicts: Record<keyof typeof zhCN, string> = {}
