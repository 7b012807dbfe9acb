import { failureText } from '../lib/text/failure-text.ts'
import { session } from '../state/session.svelte.ts'
import { forgetDevice } from '../notices/push-device.ts'
import { toasts } from '../state/toasts.svelte.ts'

/** Ends the session; says so where that fails. */
export async function signOut(): Promise<void> {
  try {
    // Whoever uses this device next is not told what concerns the one who leaves.
    await forgetDevice()
    await session.signOut()
  } catch (error) {
    toasts.show(failureText(error))
  }
}
