import { account } from './account.ts'
import { bulletin } from './bulletin.ts'
import { caseKinds } from './case-kinds.ts'
import { cases } from './cases.ts'
import { common } from './common.ts'
import { conflicts } from './conflicts.ts'
import { demand } from './demand.ts'
import { inbox } from './inbox.ts'
import { inspect } from './inspect.ts'
import { layout } from './layout.ts'
import { map } from './map.ts'
import { merchant } from './merchant.ts'
import { notices } from './notices.ts'
import { occupancy } from './occupancy.ts'
import { patrols } from './patrols.ts'
import { plan } from './plan.ts'
import { plans } from './plans.ts'
import { report } from './report.ts'
import { rulePacks } from './rule-packs.ts'
import { rules } from './rules.ts'
import { zones } from './zones.ts'

export const messages = {
  ...common,
  ...map,
  ...occupancy,
  ...conflicts,
  ...plan,
  ...plans,
  ...layout,
  ...rules,
  ...rulePacks,
  ...demand,
  ...account,
  ...inspect,
  ...cases,
  ...caseKinds,
  ...inbox,
  ...merchant,
  ...report,
  ...bulletin,
  ...notices,
  ...patrols,
  ...zones,
}
