import { hash } from '@node-rs/argon2'
import type { Engine } from '../../db/connect.ts'
import type { Role } from '../../db/tables.ts'
import { insertAccount } from './store.ts'

/** The accounts that come with the sample. Their passwords are public: they exist nowhere else. */
export const DEMO_ACCOUNTS = [
  { role: 'planner', display_name: '规划员（演示）' },
  { role: 'inspector', display_name: '网格员（演示）' },
  { role: 'leader', display_name: '社区负责人（演示）' },
  { role: 'resident', display_name: '居民（演示）' },
  { role: 'merchant', display_name: '商户（演示）' },
  { role: 'unit', display_name: '共建单位（演示）' },
  { role: 'admin', display_name: '管理员（演示）' },
].map(({ role, display_name }) => ({
  role: role as Role,
  display_name,
  login: role,
  password: `${role}-demo`,
}))

/** The inspector walks the western and middle grids of the sample; in the eastern ones others do. */
const INSPECTORS_GRIDS = ['G-1', 'G-2', 'G-4', 'G-5']

/** Some rounds of the sample's month were walked by this account: its id is known before it is made. */
export const DEMO_INSPECTOR_ID = '5a3c7f0e-1b2d-5c4e-9f60-7a8b9c0d1e2f'

/** The traffic police: most whistles of the sample are theirs. */
const UNITS_NUMBER = 'U-02'

/** Makes the demo accounts that are missing; nothing where all are there. */
export async function createDemoAccounts(engine: Engine, communityId: string): Promise<void> {
  const there = await engine.db.selectFrom('account').select('login').execute()
  const logins = new Set(there.map((account) => account.login))
  const grids = await engine.db
    .selectFrom('grid')
    .select('id')
    .where('community_id', '=', communityId)
    .where('external_id', 'in', INSPECTORS_GRIDS)
    .execute()
  const unit = await engine.db
    .selectFrom('partner_unit')
    .select('id')
    .where('community_id', '=', communityId)
    .where('external_id', '=', UNITS_NUMBER)
    .executeTakeFirst()
  const shop = await engine.db
    .selectFrom('frontage')
    .select('merchant_id')
    .where('community_id', '=', communityId)
    .where('merchant_id', 'is not', null)
    .orderBy('external_id')
    .executeTakeFirst()
  for (const { role, display_name, login, password } of DEMO_ACCOUNTS) {
    if (logins.has(login)) continue
    const password_hash = await hash(password)
    await engine.db.transaction().execute((trx) =>
      insertAccount(
        trx,
        {
          login,
          password_hash,
          display_name,
          locale: 'zh-CN',
          is_demo: true,
          ...(role === 'inspector' && { id: DEMO_INSPECTOR_ID }),
        },
        communityId,
        [role],
        {
          grid_ids: role === 'inspector' ? grids.map(({ id }) => id) : [],
          ...(role === 'unit' && unit && { unit_id: unit.id }),
          ...(role === 'merchant' && shop && { merchant_id: shop.merchant_id }),
        },
      ),
    )
  }
}
