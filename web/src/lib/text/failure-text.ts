import { ApiFailure } from '../api.ts'
import { hasMessage, t } from './text.svelte.ts'

/** What a person reads when a call failed: by its code, so that it is in their language. */
export function failureText(error: unknown): string {
  if (!(error instanceof ApiFailure))
    return t('error.unknown', { detail: error instanceof Error ? error.message : String(error) })
  const key = `error.${error.code}`
  if (hasMessage(key)) return t(key, { detail: error.detail })
  if (error.status >= 500) return t('error.server')
  return t('error.unknown', { detail: error.detail })
}
