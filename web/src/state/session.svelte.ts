import type { AccountView } from '../../../api/features/accounts/contract.ts'
import { call } from '../lib/api.ts'
import { community } from './community.svelte.ts'

/** Rights as the server names them in a session's reply. */
type Action =
  | 'edit_inventory'
  | 'draft_plan'
  | 'approve_bay'
  | 'read_plans'
  | 'approve_plan'
  | 'manage_rules'
  | 'log_observation'
  | 'read_audit'
  | 'manage_accounts'
  | 'log_case'
  | 'read_cases'
  | 'manage_cases'
  | 'answer_dispatch'
  | 'put_right'
  | 'manage_case_kinds'
  | 'log_patrol'
  | 'read_patrols'
  | 'plan_patrols'
  | 'manage_stalls'
  | 'read_stalls'

/** Who is signed in. The server decides about every call; this only spares people buttons that would be refused. */
class SessionState {
  account = $state.raw<AccountView | null>(null)
  isLoaded = $state(false)

  /** Asks the server who this is. Whoever cannot be told counts as not signed in. */
  async load(): Promise<void> {
    this.account = (await call('GET /api/session').catch(() => null))?.account ?? null
    this.isLoaded = true
  }

  /** @throws ApiFailure `session/refused` for a wrong login or password. */
  async signIn(login: string, password: string): Promise<void> {
    this.account = (await call('POST /api/session', { body: { login, password } })).account
  }

  async signOut(): Promise<void> {
    await call('DELETE /api/session')
    this.account = null
  }

  /** Whether the person may do something in the open community. */
  mayDo(action: Action): boolean {
    const id = community.current?.id
    return id !== undefined && (this.account?.rights[id]?.includes(action) ?? false)
  }
}

export const session = new SessionState()
