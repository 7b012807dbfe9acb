interface Fault extends Error {
  code?: string
  syscall?: string
  address?: string
  port?: number
}

/** What a connection to a database server fails with, in words that help. */
const DATABASE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  ENOENT: 'there is no such socket',
  '28P01': 'it refuses the password',
  '28000': 'it refuses the role',
  '3D000': 'there is no such database',
  '42501': 'the role lacks a right',
}

/** An error as one line that says what to do; what is not foreseen here is told with its cause. */
export function plainError(thrown: unknown, env: NodeJS.ProcessEnv): string {
  const error = thrown as Fault
  const innermost = deepest(error)
  const code = innermost.code ?? ''
  if (code === 'EADDRINUSE')
    return `port ${innermost.port} of ${innermost.address} is taken: stop what listens there, or give another PORT`
  if (code === 'EACCES' && innermost.port !== undefined)
    return `port ${innermost.port} may not be used by this user: give a PORT above 1023`
  if (code === 'ELOCKED') return error.message
  const isTimeout = /timeout exceeded when trying to connect/i.test(innermost.message)
  // A missing file says ENOENT too.
  const isOfDatabase =
    /^[0-9]/.test(code) || /^(connect|getaddrinfo)$/.test(innermost.syscall ?? '')
  const database = isTimeout ? DATABASE['ETIMEDOUT'] : isOfDatabase ? DATABASE[code] : undefined
  if (env['DATABASE_URL'] && database)
    return `the database ${withoutPassword(env['DATABASE_URL'])} cannot be used: ${database}${/^[0-9]/.test(code) ? ` (${innermost.message})` : ''}`
  const cause = innermost === error || !innermost.message ? '' : ` (${innermost.message})`
  return `${error.message}${cause}`
}

/** The first cause; of several at once (a host with two addresses) the first of them. */
function deepest(error: Fault): Fault {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return first instanceof Error ? deepest(first) : error
}

function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return 'of DATABASE_URL'
  const url = new URL(address)
  if (url.password) url.password = '…'
  return decodeURIComponent(url.href)
}
