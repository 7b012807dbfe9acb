import type { Static } from 'typebox'
import type {
  Credentials,
  DemoAccounts,
  PasswordChange,
  SessionReply,
} from '../../../api/features/accounts/contract.ts'
import type { AuditReply } from '../../../api/features/audit/contract.ts'
import type {
  CaseKind,
  CaseKindChange,
  CaseKindList,
  KindImportReport,
  NewCaseKind,
} from '../../../api/features/case-kinds/contract.ts'
import type {
  CaseCounts,
  CaseList,
  CaseReceipt,
  CaseView,
  FollowReply,
  InboxItem,
  InboxReply,
  NewCase,
  NewStep,
  PublicCase,
  PublicStep,
  ShopReply,
  StepReply,
  UnitList,
} from '../../../api/features/cases/contract.ts'
import type {
  CheckBody,
  CheckReply,
  ConflictsReply,
} from '../../../api/features/checks/contract.ts'
import type { DemandReply } from '../../../api/features/demand/contract.ts'
import type { ClearPathReply } from '../../../api/features/clear-path/contract.ts'
import type { CollectionId, InventoryFeature } from '../../../api/features/inventory/contract.ts'
import type { MEDIA_ROLES, MediaView } from '../../../api/features/media/contract.ts'
import type { Bulletin } from '../../../api/features/bulletins/contract.ts'
import type {
  OccupancyAt,
  OccupancyRange,
  SurveyList,
  SurveyMetrics,
} from '../../../api/features/occupancy/contract.ts'
import type {
  Activation,
  NewRulePack,
  PackVersions,
  RulePackSave,
  RulePackShape,
  RulePacksReply,
  WhatIfBody,
  WhatIfReply,
} from '../../../api/features/rule-packs/contract.ts'
import type { SearchReply } from '../../../api/features/search/contract.ts'
import type {
  CommunityBoundary,
  CommunityList,
  CommunitySummary,
} from '../../../api/features/summary/contract.ts'
import type { TileJson } from '../../../api/features/tiles/contract.ts'
import type { Problem } from '../../../api/http/shapes.ts'
import type { NoticeCalls } from './notice-calls.ts'
import type { FieldCalls } from './field-calls.ts'
import type { PlanCalls } from './plan-calls.ts'
import type { StallCalls } from './stall-calls.ts'

/** The one place of the page that fetches. Every call is typed by the server's own contracts. */

interface Calls extends FieldCalls, PlanCalls, NoticeCalls, StallCalls {
  'GET /api/config': {
    reply: { basemap_style: string | null; tianditu_token: string | null; sample: boolean }
  }
  'GET /api/communities': { reply: Static<typeof CommunityList> }
  'GET /api/communities/:community/summary': { reply: Static<typeof CommunitySummary> }
  'GET /api/communities/:community/boundary': { reply: Static<typeof CommunityBoundary> }
  'GET /api/search': { reply: Static<typeof SearchReply> }
  'GET /api/tiles/all.json': { reply: Static<typeof TileJson> }
  'GET /api/session': { reply: Static<typeof SessionReply> }
  'POST /api/session': { reply: Static<typeof SessionReply>; body: Static<typeof Credentials> }
  'DELETE /api/session': { reply: undefined }
  'DELETE /api/sessions': { reply: undefined }
  'POST /api/session/password': {
    reply: Static<typeof SessionReply>
    body: Static<typeof PasswordChange>
  }
  'GET /api/session/demo_accounts': { reply: Static<typeof DemoAccounts> }
  'GET /api/occupancy': { reply: OccupancyAt }
  'GET /api/occupancy?range': { reply: OccupancyRange }
  'GET /api/demand': { reply: DemandReply }
  'GET /api/surveys': { reply: Static<typeof SurveyList> }
  'GET /api/surveys/:id/metrics': { reply: SurveyMetrics }
  'GET /api/conflicts': { reply: ConflictsReply }
  'GET /api/street_segments/:id/clear_path': { reply: ClearPathReply }
  'GET /api/rule_packs': { reply: Static<typeof RulePacksReply> }
  'POST /api/rule_packs': { reply: RulePackShape; body: Static<typeof NewRulePack> }
  'GET /api/rule_packs/active': { reply: RulePackShape }
  'PUT /api/rule_packs/active': { reply: RulePackShape; body: Static<typeof Activation> }
  'GET /api/rule_packs/:id': { reply: RulePackShape }
  'PATCH /api/rule_packs/:id': { reply: RulePackShape; body: RulePackSave }
  'GET /api/rule_packs/:id/versions': { reply: Static<typeof PackVersions> }
  'POST /api/rule_packs/:id/what_if': { reply: WhatIfReply; body: Static<typeof WhatIfBody> }
  'POST /api/checks': { reply: CheckReply; body: Static<typeof CheckBody> }
  'GET /api/audit': { reply: Static<typeof AuditReply> }
  'GET /api/case_kinds': { reply: Static<typeof CaseKindList> }
  'POST /api/case_kinds': { reply: CaseKind; body: NewCaseKind }
  'PATCH /api/case_kinds/:id': { reply: CaseKind; body: CaseKindChange }
  'POST /api/case_kinds/import': { reply: Static<typeof KindImportReport>; body: Blob }
  'POST /api/cases': { reply: Static<typeof CaseReceipt>; body: NewCase }
  'GET /api/cases': { reply: Static<typeof CaseList> }
  'GET /api/cases/counts': { reply: Static<typeof CaseCounts> }
  'GET /api/shop': { reply: ShopReply }
  'GET /api/units': { reply: Static<typeof UnitList> }
  'GET /api/cases/:id': { reply: CaseView }
  'POST /api/cases/:id/steps': { reply: Static<typeof StepReply>; body: NewStep }
  'GET /api/reports/:number': { reply: PublicCase }
  'GET /api/reports/mine/:token': { reply: PublicCase }
  'POST /api/reports/mine/:token/steps': { reply: PublicCase; body: Static<typeof PublicStep> }
  'POST /api/reports/:number/follow': {
    reply: Static<typeof FollowReply>
    body: { email?: string }
  }
  'GET /api/inbox': { reply: Static<typeof InboxReply> }
  'GET /api/inbox/:link': { reply: InboxItem }
  'POST /api/inbox/:link/steps': { reply: InboxItem; body: NewStep }
  'POST /api/inbox/orders/:dispatch_id/steps': { reply: InboxItem; body: NewStep }
  'GET /api/bulletins': { reply: Bulletin }
}
type Endpoint = keyof Calls
type BodyOf<E extends Endpoint> = Calls[E] extends { body: infer B } ? B : undefined

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

interface Input {
  /** Fills `:name` in the path. */
  params?: Readonly<Record<string, string>>
  /** Members that are null or undefined are left out. */
  query?: Query
  body?: unknown
  /** The `etag` that was read; the server refuses (412) when somebody was faster. */
  ifMatch?: string
  /** The same key with the same body makes the same thing once, however often it is sent. */
  idempotencyKey?: string
  signal?: AbortSignal
  /** The server's own answer or none: not one that the service worker remembers. */
  isFresh?: boolean
}

/** A page of a collection. */
export interface Page<C extends CollectionId> {
  type: 'FeatureCollection'
  features: InventoryFeature<C>[]
  links: { href: string; rel: string }[]
  numberReturned: number
}

/** One feature with the etag to send back as `ifMatch`. */
export interface Item<C extends CollectionId> {
  feature: InventoryFeature<C>
  etag: string
}

/** Anything but a good answer: `status` 0 and code `offline` where there was none at all. */
export class ApiFailure extends Error {
  readonly status: number
  /** As in the server's problem table, for example `inventory/gone`. */
  readonly code: string
  readonly detail: string
  readonly errors: NonNullable<Problem['errors']>
  /** Seconds. */
  readonly retryAfter: number | null

  constructor(status: number, code: string, problem: Partial<Problem>, retryAfter: number | null) {
    super(problem.detail ?? problem.title ?? code)
    this.name = 'ApiFailure'
    this.status = status
    this.code = code
    this.detail = problem.detail ?? problem.title ?? code
    this.errors = problem.errors ?? []
    this.retryAfter = retryAfter
  }
}

/** Calls an endpoint and answers its reply. @throws ApiFailure; an aborted call throws its AbortError. */
export async function call<E extends Endpoint>(
  endpoint: E,
  input: Input & (BodyOf<E> extends undefined ? unknown : { body: BodyOf<E> }) = {} as never,
): Promise<Calls[E]['reply']> {
  return (await send(endpoint, input)).body as Calls[E]['reply']
}

/** Sends a photo under an id that the sender made: sending it again stores it once. @throws ApiFailure */
export async function putMedia(
  id: string,
  photo: Blob,
  role: (typeof MEDIA_ROLES)[number],
  query: Query,
): Promise<MediaView> {
  const input = { params: { id }, query: { ...query, role }, body: photo }
  return (await send('PUT /api/media/:id', input)).body as MediaView
}

/** One page of a collection's features; `query` takes bbox, limit (≤ 10,000), q, cursor and the filters. */
export async function items<C extends CollectionId>(
  collection: C,
  query: Query,
  signal?: AbortSignal,
): Promise<Page<C>> {
  const input = { query, ...(signal && { signal }) }
  return (await send(`GET /api/collections/${collection}/items`, input)).body as Page<C>
}

/** The cursor of the page after this one; null where it is the last. */
export function nextCursor(page: {
  links: readonly { href: string; rel: string }[]
}): string | null {
  const next = page.links.find((link) => link.rel === 'next')
  return next ? new URL(next.href).searchParams.get('cursor') : null
}

/** Every feature of a collection, page after page. */
export async function allItems<C extends CollectionId>(
  collection: C,
  query: Query,
  signal?: AbortSignal,
): Promise<InventoryFeature<C>[]> {
  const features: InventoryFeature<C>[] = []
  let cursor: string | null = null
  do {
    const page: Page<C> = await items(collection, { limit: 5000, ...query, cursor }, signal)
    features.push(...page.features)
    cursor = nextCursor(page)
  } while (cursor !== null)
  return features
}

/** One feature and its etag. */
export async function item<C extends CollectionId>(
  collection: C,
  id: string,
  query: Query,
  signal?: AbortSignal,
): Promise<Item<C>> {
  const input = { query, ...(signal && { signal }) }
  return asItem<C>(await send(`GET /api/collections/${collection}/items/${id}`, input))
}

/** Creates (POST), replaces (PUT) or changes (PATCH) a feature; answers it as it is stored now. */
export async function writeItem<C extends CollectionId>(
  method: 'POST' | 'PUT' | 'PATCH',
  collection: C,
  id: string | null,
  input: Input,
): Promise<Item<C>> {
  const path = `/api/collections/${collection}/items${id === null ? '' : `/${id}`}`
  return asItem<C>(await send(`${method} ${path}`, input))
}

/** Ends a feature: it stays in the history and leaves the map. */
export async function removeItem(
  collection: CollectionId,
  id: string,
  input: Input,
): Promise<void> {
  await send(`DELETE /api/collections/${collection}/items/${id}`, input)
}

/** A JSON document of somebody else's, such as a map style. @throws when there is none. */
export async function outsideJson(address: string): Promise<unknown> {
  const reply = await fetch(address)
  if (!reply.ok) throw new Error(`${address} answered ${reply.status}`)
  return reply.json()
}

interface Answer {
  body: unknown
  etag: string | null
}

const asItem = <C extends CollectionId>({ body, etag }: Answer): Item<C> => ({
  feature: body as InventoryFeature<C>,
  etag: etag ?? '',
})

async function send(endpoint: string, input: Input): Promise<Answer> {
  const [method, template] = endpoint.split(' ') as [string, string]
  const path = template
    .split('?')[0]!
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(input.params?.[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== null && value !== undefined) query.set(name, String(value))
  const headers = new Headers({ accept: 'application/json' })
  const isPhoto = input.body instanceof Blob
  if (input.body !== undefined)
    headers.set('content-type', isPhoto ? (input.body as Blob).type : 'application/json')
  if (input.ifMatch !== undefined) headers.set('if-match', input.ifMatch)
  if (input.idempotencyKey !== undefined) headers.set('idempotency-key', input.idempotencyKey)
  let reply: Response
  try {
    reply = await fetch(query.size > 0 ? `${path}?${query}` : path, {
      method,
      headers,
      ...(input.body !== undefined && {
        body: isPhoto ? (input.body as Blob) : JSON.stringify(input.body),
      }),
      ...(input.isFresh && { cache: 'no-store' as const }),
      ...(input.signal && { signal: input.signal }),
    })
  } catch (error) {
    if (input.signal?.aborted) throw error
    throw new ApiFailure(0, 'offline', { detail: String(error) }, null)
  }
  if (!reply.ok) throw await failureOf(reply)
  const text = await reply.text()
  return { body: text === '' ? undefined : JSON.parse(text), etag: reply.headers.get('etag') }
}

async function failureOf(reply: Response): Promise<ApiFailure> {
  const problem = (await reply.json().catch(() => ({}))) as Partial<Problem>
  const code = problem.type?.replace('urn:jiexu:problem:', '') ?? 'unknown'
  const after = Number(reply.headers.get('retry-after') ?? NaN)
  return new ApiFailure(reply.status, code, problem, Number.isFinite(after) ? after : null)
}
