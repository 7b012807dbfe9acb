import type { map as zhCN } from '../zh-CN/map.ts'

export const map: Record<keyof typeof zhCN, string> = {
  'map.canvas': 'Map',
}
