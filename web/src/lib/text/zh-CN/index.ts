import { account } from './account.ts'
import { common } from './common.ts'
import { conflicts } from './conflicts.ts'
import { map } from './map.ts'
import { occupancy } from './occupancy.ts'
import { plan } from './plan.ts'
import { rules } from './rules.ts'

export const messages = {
  ...common,
  ...map,
  ...occupancy,
  ...conflicts,
  ...plan,
  ...rules,
  ...account,
}
