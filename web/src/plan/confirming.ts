import type { Finding } from '../../../api/domain/rules/finding.ts'
import { call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { worstFirst } from './judging.ts'
import { plan } from './plan-state.svelte.ts'

/** A hand rests this long before the server is asked. */
const REST_MS = 350

/**
 * Asks the server to judge the bay once it has come to rest: it knows whatever the page has not loaded. What the page found itself stands until then, and stays when the server cannot be asked. Returns how
 * to forget the question.
 */
export function confirmSoon(): () => void {
  const { content, feature, isHeld } = plan
  if (!content || !feature || isHeld) return () => undefined
  const stop = new AbortController()
  const timer = setTimeout(() => {
    const { collection: _, ...rest } = feature
    const body = {
      type: 'FeatureCollection' as const,
      features: [
        {
          type: 'Feature' as const,
          id: rest.id,
          geometry: rest.geometry as { type: string; coordinates: unknown },
          properties: { ...rest.properties, collection: 'bays' as const },
        },
      ],
    }
    call('POST /api/checks', {
      query: { community: community.getSlug() },
      body,
      signal: stop.signal,
    })
      .then(({ findings }) => plan.confirm(content, worstFirst(findings as Finding[])))
      .catch(() => undefined)
  }, REST_MS)
  return () => {
    clearTimeout(timer)
    stop.abort()
  }
}
