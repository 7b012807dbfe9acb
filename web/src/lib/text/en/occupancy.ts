import type { occupancy as zhCN } from '../zh-CN/occupancy.ts'

export const occupancy: Record<keyof typeof zhCN, string> = {}
