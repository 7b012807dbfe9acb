import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from './shapes.ts'

/** Every problem the API can answer, `feature/what` → status. The web translates by this code. */
export const PROBLEMS = {
  'request/malformed': 400,
  'request/unknown-parameter': 400,
  'request/invalid-parameter': 400,
  'request/invalid-body': 422,
  'request/too-large': 413,
  'request/unsupported-media-type': 415,
  'request/not-acceptable': 406,
  'request/not-found': 404,
  'request/method-not-allowed': 405,
  'request/too-many': 429,
  'request/foreign-origin': 403,
  'request/idempotency-mismatch': 422,
  'request/in-progress': 409,
  'request/precondition-required': 428,
  'request/precondition-failed': 412,
  'community/ambiguous': 400,
  'community/not-found': 404,
  'geometry/invalid': 422,
  'geometry/outside-community': 422,
  'inventory/not-found': 404,
  'inventory/gone': 410,
  'inventory/id-taken': 409,
  'inventory/external-id-taken': 409,
  'inventory/unknown-reference': 422,
  'inventory/step-not-allowed': 409,
  'session/required': 401,
  'session/refused': 401,
  'rights/missing': 403,
  'accounts/login-taken': 409,
  'accounts/not-found': 404,
  'accounts/wrong-password': 422,
  'accounts/demo': 403,
  'rules/unknown-pack': 404,
  'rules/read-only': 403,
  'rules/id-taken': 409,
  'rules/invalid-value': 422,
  'tiles/out-of-range': 400,
  'tiles/unknown-layer': 404,
  'occupancy/survey-not-found': 404,
  'cases/unknown-kind': 422,
  'cases/not-found': 404,
  'cases/id-taken': 409,
  'cases/unknown-reference': 422,
  'cases/evidence-missing': 422,
  'cases/step-not-allowed': 409,
  'cases/role-not-allowed': 403,
  'cases/outside-community': 422,
  'cases/invalid-plate': 422,
  'case-kinds/not-found': 404,
  'case-kinds/code-taken': 409,
  'media/invalid': 422,
  'media/not-found': 404,
  'media/id-taken': 409,
  'media/no-space': 507,
  'patrols/not-found': 404,
  'patrols/id-taken': 409,
  'patrols/outside-grid': 403,
  'bulletins/future-month': 400,
  'plans/not-found': 404,
  'plans/id-taken': 409,
  'plans/not-open': 409,
  'plans/step-not-allowed': 409,
  'plans/edit-conflict': 409,
  'plans/base-changed': 409,
  'plans/empty': 409,
  'stalls/not-found': 404,
  'stalls/id-taken': 409,
  'stalls/taken': 409,
  'stalls/booked': 409,
  'stalls/zone-not-open': 409,
  'stalls/step-not-allowed': 409,
  'frontages/unknown-shop': 422,
  'frontages/id-taken': 409,
  'notifications/not-configured': 409,
  'service/unavailable': 503,
  'service/internal': 500,
} as const

export type ProblemCode = keyof typeof PROBLEMS

/** One faulty place of a request: `path` as in `features/3/geometry/coordinates/0/5`. */
export type FieldError = NonNullable<Problem['errors']>[number]

/** An error the caller may read. Anything else becomes a 500 without detail. */
export class ApiProblem extends Error {
  readonly code: ProblemCode
  readonly statusCode: number
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>

  constructor(
    code: ProblemCode,
    detail: string,
    errors?: FieldError[],
    headers: Record<string, string> = {},
  ) {
    super(detail)
    this.name = 'ApiProblem'
    this.code = code
    this.statusCode = PROBLEMS[code]
    this.errors = errors
    this.headers = headers
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Sign-in needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  428: 'If-Match needed',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
  507: 'No space left',
}

/** Answers every error as `application/problem+json` (RFC 9457), and unknown addresses as 404 or 405. */
export function answerProblems(app: FastifyInstance): void {
  const patterns: { method: string; pattern: RegExp }[] = []
  app.addHook('onRoute', (route) => {
    const pattern = new RegExp(
      `^${route.url
        .replace(/[.+?^$()|[\]\\]/g, '\\$&')
        .replace(/:[^/.]+(\\\.)?/g, '[^/]+$1')
        .replace(/\*/g, '.*')}$`,
    )
    for (const method of [route.method].flat()) patterns.push({ method, pattern })
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = asProblem(error)
    if (problem.statusCode >= 500) request.log.error({ err: error }, 'request failed')
    return sendProblem(request, reply, problem)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    if (path.includes('%00'))
      return sendProblem(
        request,
        reply,
        new ApiProblem('request/malformed', 'the address holds a NUL character'),
      )
    const allowed = new Set(
      patterns.filter((p) => p.pattern.test(path) && p.method !== 'OPTIONS').map((p) => p.method),
    )
    allowed.delete(request.method)
    // The page's own addresses end in a catch-all for GET; only the API has real method errors.
    const isApi = path.startsWith('/api/')
    if (
      isApi &&
      allowed.size > 0 &&
      [...allowed].some((m) => (m !== 'GET' && m !== 'HEAD') || request.method !== 'GET')
    ) {
      const allow = [...allowed].sort().join(', ')
      return sendProblem(
        request,
        reply,
        new ApiProblem(
          'request/method-not-allowed',
          `${request.method} is not possible here; allowed: ${allow}`,
          undefined,
          { allow },
        ),
      )
    }
    return sendProblem(
      request,
      reply,
      new ApiProblem('request/not-found', `there is nothing at ${path.slice(0, 200)}`),
    )
  })
}

/** For addresses that no route is looked up for: they cannot be decoded, or a part of them is too long. */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const problem =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new ApiProblem('request/not-found', 'a part of the address is longer than any name here')
      : new ApiProblem('request/malformed', 'the address is not well formed')
  void sendProblem(request, reply, problem)
}

/** Sends one problem document. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: ApiProblem,
): FastifyReply {
  const body: Problem = {
    type: `urn:jiexu:problem:${problem.code}`,
    title: TITLES[problem.statusCode] ?? 'Error',
    status: problem.statusCode,
    detail: problem.message,
    instance: `urn:request:${request.id}`,
    ...(problem.errors && { errors: problem.errors.map(placed) }),
  }
  return reply
    .code(problem.statusCode)
    .headers({ 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(body)
}

/** Places are answered with 7 decimals, about a centimetre, as all coordinates are. */
function placed(error: FieldError): FieldError {
  const { lon, lat } = error
  if (lon === undefined || lat === undefined) return error
  return { ...error, lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)) }
}

function asProblem(error: FastifyError): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (error.validation) return fromValidation(error)
  const status = error.statusCode ?? 500
  if (status === 413)
    return new ApiProblem('request/too-large', 'the body is larger than this address takes')
  if (status === 415)
    return new ApiProblem('request/unsupported-media-type', 'send application/json')
  if (status === 429) return new ApiProblem('request/too-many', error.message)
  if (isUnavailable(error))
    return new ApiProblem(
      'service/unavailable',
      'the database cannot be reached just now; try again',
      undefined,
      { 'retry-after': '2' },
    )
  if (status >= 400 && status < 500) return new ApiProblem('request/malformed', error.message)
  return new ApiProblem('service/internal', 'something went wrong on our side')
}

function fromValidation(error: FastifyError): ApiProblem {
  const context = error.validationContext ?? 'body'
  const errors = (error.validation ?? []).slice(0, 20).map((fault): FieldError => {
    const extra = fault.params['additionalProperty'] ?? fault.params['missingProperty']
    const inside = fault.instancePath.replace(/^\//, '')
    const path = [inside, typeof extra === 'string' ? extra : ''].filter(Boolean).join('/')
    const allowed = fault.params['allowedValues']
    return {
      path: path || context,
      message: `${fault.message ?? 'not valid'}${Array.isArray(allowed) ? `: ${allowed.join(', ')}` : ''}`,
    }
  })
  const summary = errors.map((e) => `${e.path}: ${e.message}`).join('; ')
  if (context === 'body') return new ApiProblem('request/invalid-body', summary, errors)
  const isUnknown = error.validation?.some((f) => f.keyword === 'additionalProperties')
  return new ApiProblem(
    isUnknown ? 'request/unknown-parameter' : 'request/invalid-parameter',
    summary,
    errors,
  )
}

/** Lost or refused connections and a server that is starting or stopping: the caller may try again. */
function isUnavailable(error: { code?: string; message: string }): boolean {
  return (
    /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|57P0[123]|08\w{3}|53\w{3})$/.test(error.code ?? '') ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  )
}
