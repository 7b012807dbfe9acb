import { failureText } from '../lib/text/failure-text.ts'
import { session } from '../state/session.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'

/** Ends the session; says so where that fails. */
export async function signOut(): Promise<void> {
  try {
    await session.signOut()
  } catch (error) {
    toasts.show(failureText(error))
  }
}
