import { hash } from '@node-rs/argon2'
import { type Command, Option } from 'commander'
import { Value } from 'typebox/value'
import type { Role } from '../db/tables.ts'
import { NewAccount, ROLES } from '../features/accounts/contract.ts'
import { findMembers, insertAccount } from '../features/accounts/store.ts'
import { findCommunity } from '../files/community.ts'
import { recordChange } from '../http/audit-record.ts'
import { withDatabase } from './database.ts'
import { askSecret } from './prompt.ts'

interface Options {
  community: string
  role: Role[]
  name?: string
  locale: string
}

/** `jiexu account add`: makes an account with roles in a community; its password comes from the terminal or stdin. */
export function accountCommand(program: Command): void {
  const account = program.command('account').description('accounts of a community 账户')
  account
    .command('add')
    .description('make an account; the password is asked for, or read from standard input')
    .argument('<login>', 'lower-case letters, digits and . _ @ -')
    .requiredOption('--community <slug>', 'short name of the community')
    .addOption(
      new Option('--role <role...>', 'what the person is there')
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'name to show; the login where it is not given')
    .addOption(
      new Option('--locale <locale>', 'language of the page')
        .choices(['zh-CN', 'en'])
        .default('zh-CN'),
    )
    .action(async (login: string, options: Options) => {
      const password = await askSecret(`password of ${login}`)
      const roles = [...new Set(options.role)]
      const wanted = {
        login: login.toLowerCase(),
        password,
        display_name: options.name ?? login,
        locale: options.locale,
        roles,
      }
      refuseUnfit(wanted)
      await addAccount(wanted, options.community)
      process.stdout.write(`${wanted.login} is ${roles.join(', ')} in ${options.community} now\n`)
    })
}

type Wanted = {
  login: string
  password: string
  display_name: string
  locale: string
  roles: Role[]
}

async function addAccount({ password, roles, ...rest }: Wanted, slug: string): Promise<void> {
  await withDatabase(async ({ db }) => {
    const community = await findCommunity(db, slug)
    if (!community) {
      const known = await db.selectFrom('community').select('slug').orderBy('slug').execute()
      const slugs = known.map((row) => row.slug).join(', ')
      throw new Error(`there is no community ${slug}; there is ${slugs || 'none yet'}`)
    }
    const password_hash = await hash(password)
    await db.transaction().execute(async (trx) => {
      const account = { ...rest, password_hash, is_demo: false }
      const id = await insertAccount(trx, account, community.id, roles)
      if (!id) throw new Error(`there is an account ${rest.login} already`)
      const [after] = await findMembers(trx, community.id, id)
      await recordChange(trx, {
        community_id: community.id,
        actor_id: null,
        action: 'create',
        collection: 'accounts',
        record_id: id,
        before: null,
        after,
        reason: 'jiexu account add',
        request_id: null,
      })
    })
  })
}

/** The same door as the API's. @throws Error naming the member at fault; never the password itself. */
function refuseUnfit(wanted: Wanted): void {
  const [fault] = Value.Errors(NewAccount, wanted)
  if (!fault) return
  const member = fault.instancePath.split('/')[1] ?? 'account'
  throw new Error(`${member} ${fault.message}`)
}
