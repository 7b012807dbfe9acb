import { type Static, Type } from 'typebox'
import { CommunityRef, Instant, Literals, Nullable, Uuid } from '../../http/shapes.ts'

export const ROLES = [
  'resident',
  'merchant',
  'inspector',
  'unit',
  'planner',
  'leader',
  'admin',
] as const

const Login = Type.String({ minLength: 1, maxLength: 100 })

export const Credentials = Type.Object(
  { login: Login, password: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
)

export const AccountView = Type.Object({
  account_id: Uuid,
  login: Type.String(),
  display_name: Type.String(),
  locale: Type.String(),
  city_role: Nullable(Literals(['city_reader', 'admin'])),
  memberships: Type.Array(
    Type.Object({
      community_id: Uuid,
      slug: Type.String(),
      role: Literals(ROLES),
      grid_ids: Type.Array(Uuid),
      unit_id: Nullable(Uuid),
      merchant_id: Nullable(Uuid),
    }),
  ),
  /** What this person may do, by community id. */
  rights: Type.Record(Type.String(), Type.Array(Type.String())),
})
export type AccountView = Static<typeof AccountView>

export const SessionReply = Type.Object({ account: Nullable(AccountView) })

export const DemoAccounts = Type.Object({
  accounts: Type.Array(
    Type.Object({
      login: Type.String(),
      password: Type.String(),
      role: Literals(ROLES),
      display_name: Type.String(),
    }),
  ),
})

const Password = Type.String({ minLength: 12, maxLength: 200 })
const DisplayName = Type.String({ minLength: 1, maxLength: 100 })
const Locale = Literals(['zh-CN', 'en'])
const Scope = {
  grid_ids: Type.Optional(
    Type.Array(Uuid, {
      maxItems: 1000,
      uniqueItems: true,
      description: "an inspector's own grids; none where it is all of them",
    }),
  ),
  unit_id: Type.Optional(Nullable(Uuid)),
  merchant_id: Type.Optional(Nullable(Uuid)),
}
const RoleList = Type.Array(Literals(ROLES), { minItems: 1, maxItems: 7, uniqueItems: true })

export const PasswordChange = Type.Object(
  { old_password: Type.String({ minLength: 1, maxLength: 200 }), new_password: Password },
  { additionalProperties: false },
)

export const NewAccount = Type.Object(
  {
    login: Type.String({ pattern: '^[a-z0-9][a-z0-9._@-]{1,99}$' }),
    password: Password,
    display_name: DisplayName,
    locale: Type.Optional(Locale),
    roles: RoleList,
    ...Scope,
  },
  { additionalProperties: false },
)

export const AccountChange = Type.Object(
  {
    display_name: Type.Optional(DisplayName),
    locale: Type.Optional(Locale),
    password: Type.Optional(Password),
    disabled: Type.Optional(Type.Boolean()),
    roles: Type.Optional(RoleList),
    ...Scope,
  },
  { additionalProperties: false, minProperties: 1 },
)

export const MemberView = Type.Object({
  id: Uuid,
  login: Type.String(),
  display_name: Type.String(),
  locale: Type.String(),
  roles: Type.Array(Literals(ROLES)),
  grid_ids: Type.Array(Uuid),
  unit_id: Nullable(Uuid),
  merchant_id: Nullable(Uuid),
  disabled_at: Nullable(Instant),
})

export const MembersReply = Type.Object({ accounts: Type.Array(MemberView) })
export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })
