/** What the service worker shows of a push, and where a click on it leads. Pure. */

interface Shown {
  title: string
  options: { tag?: string; icon: string; badge: string; data: { path: string } }
}

/** A push of our server holds `title`, `path` and `tag`; anything else is shown all the same, as a browser demands. */
export function noticeOf(text: string): Shown {
  const { title, path, tag } = membersOf(text)
  return {
    title: title || '街序 Jiexu',
    options: {
      // The same notice sent twice is shown once.
      ...(tag && { tag }),
      icon: '/icon-192.png',
      badge: '/icon-192.png',
      data: { path: pathOf({ path }) },
    },
  }
}

/** A path of our own pages; the first page for anything that leads elsewhere. */
export function pathOf(data: unknown): string {
  const path = (data as { path?: unknown } | null)?.path
  return typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : '/'
}

function membersOf(text: string): Partial<Record<'title' | 'path' | 'tag', string>> {
  try {
    const said: unknown = JSON.parse(text)
    if (said === null || typeof said !== 'object') return {}
    return Object.fromEntries(Object.entries(said).filter(([, value]) => typeof value === 'string'))
  } catch {
    return { title: text }
  }
}
