import { t } from '../lib/text/text.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'

/** Puts the address of what is on the screen into the clipboard, also where only `https` pages may write there. */
export async function copyLink(): Promise<void> {
  const address = location.href
  try {
    await navigator.clipboard.writeText(address)
    toasts.show(t('details.link_copied'))
  } catch {
    window.prompt(t('details.copy_link'), address)
  }
}
