import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { signIn, testApp } from '../fixtures/app.ts'
import { type Case, checkCases } from '../fixtures/bad-input.ts'
import { caseDesk } from '../fixtures/cases.ts'

const running = await testApp(t)
const { app } = running
const desk = await caseDesk(running)
const cookie = await signIn(app, 'leader', 'leader-demo')
const kind = await desk.addKind('test.bad', { required: { fields: ['description'], photos: 0 } })
const photo = await desk.addKind('test.photo', { required: { photos: 1 } })
const good = () => desk.newCase(kind.id, { description: '好' })
const id = await desk.report('leader', kind.id, { description: '好' })
const reported = (what: string, more: object, path?: string, status = 422): Case => ({
  what,
  url: '/api/cases',
  body: { ...good(), ...more },
  status,
  ...(path !== undefined && { path }),
})
const moved = (what: string, body: object, status: number | number[], path?: string): Case => ({
  what,
  url: `/api/cases/${id}/steps`,
  body: { id: uuidv7(), ...body },
  status,
  ...(path !== undefined && { path }),
})

const REPORTS: Case[] = [
  reported('a longitude of 181', { lon: 181 }, 'lon'),
  reported('a latitude as text', { lat: '29.6' }, 'lat'),
  reported('no latitude', { lat: null }, 'lat'),
  reported('axes exchanged', { lon: 29.65, lat: 91.14 }, 'lat'),
  reported('a time without a day', { found_at: 'yesterday' }, 'found_at'),
  reported('a time without its offset', { found_at: '2026-11-25T10:00:00' }, 'found_at'),
  reported(
    'the 29th of February of a common year',
    { found_at: '2026-02-29T10:00:00Z' },
    'found_at',
  ),
  reported('an id that is none', { id: '7' }, 'id'),
  reported('an unknown kind', { kind_id: uuidv7() }, 'kind_id'),
  reported('a kind that is no id', { kind_id: "' or 1=1 --" }, 'kind_id'),
  reported('100,000 characters', { description: 'a'.repeat(100_000) }, 'description'),
  reported('an empty text', { description: '' }, 'description'),
  reported('no text where the kind asks for one', { description: undefined }, 'description'),
  reported('a NUL', { description: 'a\0b' }, 'description'),
  reported('an unknown member', { colour: 'red' }, 'colour'),
  reported('an unknown severity', { severity: 'huge' }, 'severity'),
  reported('a photo that is not there', { media: [uuidv7()] }, 'media/0'),
  reported('the same photo twice', { media: [id, id] }, 'media'),
  reported('eleven photos', { media: Array.from({ length: 11 }, () => uuidv7()) }, 'media'),
  reported('no photo where one is asked for', { kind_id: photo.id }, 'media'),
  reported('a street of nowhere', { segment_id: uuidv7() }, 'segment_id'),
  reported('a bay of nowhere', { place: { kind: 'bay', id: uuidv7() } }, 'place/id'),
  reported('a plate that is none', { subject: { plate: '!!!!!' } }, 'subject/plate'),
  reported('a shop of nowhere', { subject: { merchant_id: uuidv7() } }, 'subject/merchant_id'),
  reported('an address that is none', { contact: { email: 'x' } }, 'contact/email'),
  reported('a known id with other content', { id }, 'id', 409),
  { what: 'no JSON', url: '/api/cases', body: '{', status: 400 },
]

const STEPS: Case[] = [
  moved('an unknown action', { action: 'explode' }, 422, 'action'),
  moved('a report as a step', { action: 'report' }, 422, 'action'),
  moved('a refusal without a reason', { action: 'refuse' }, 422, 'reason'),
  moved('a refusal for blanks', { action: 'refuse', reason: '   ' }, 422, 'reason'),
  moved('a rating of 0', { action: 'rate', satisfaction: 0 }, 422, 'satisfaction'),
  moved('an original that is none', { action: 'merge', original_id: uuidv7() }, 422, 'original_id'),
  moved('a merge into nothing', { action: 'merge' }, 422, 'original_id'),
  moved('a photo that is not there', { action: 'note', media: [uuidv7()] }, 422, 'media/0'),
  moved('a dispatch before filing', { action: 'dispatch' }, 409, 'action'),
  {
    what: 'a case of nowhere',
    url: `/api/cases/${uuidv7()}/steps`,
    body: { id: uuidv7(), action: 'file' },
    status: 404,
  },
  {
    what: 'a case that is no id',
    url: '/api/cases/x/steps',
    body: { id: uuidv7(), action: 'file' },
    status: 400,
  },
]

const QUERIES: Case[] = (
  [
    ['limit=0', 400, 'limit'],
    ['limit=1e9', 200],
    ['cursor=abc', 400, 'cursor'],
    [
      `cursor=${Buffer.from(JSON.stringify(['2026-99-99T99:99:99.999Z', id])).toString('base64url')}`,
      400,
      'cursor',
    ],
    [
      `cursor=${Buffer.from(JSON.stringify(['2026-11-25T00:00:00.000Z', '0000000000000000000000'])).toString('base64url')}`,
      400,
      'cursor',
    ],
    ['bbox=1,2,3', 400, 'bbox'],
    ['from=yesterday', 400, 'from'],
    ['step=eighth', 400, 'step'],
    ['unit_id=x', 400, 'unit_id'],
    ['colour=red', 400, 'colour'],
    [`q=${'a'.repeat(101)}`, 400, 'q'],
    ["q=%25'%3B drop table case_file--", 200],
    ['q=%00', 400, 'q'],
    ['number=2026-000001', 200],
    ['number=2026-999999999999', 200],
    ['number=9999999999', 200],
    ['community=nowhere', 404, 'community'],
  ] as const
).flatMap(([query, status, path]) =>
  ['/api/cases', '/api/cases/counts'].map((url) => ({
    what: `${url}?${query}`,
    url: `${url}?${query}`,
    status: url.endsWith('counts') && query.startsWith('cursor') ? [200, 400] : status,
    ...(path !== undefined && { path }),
  })),
)

const KINDS: Case[] = [
  {
    what: 'a kind without a code',
    url: '/api/case_kinds',
    body: { class: 'event', name_zh: 'x', name_en: 'x' },
    status: 422,
    path: 'code',
  },
  {
    what: 'a code that is taken',
    url: '/api/case_kinds',
    body: { code: 'test.bad', class: 'event', name_zh: 'x', name_en: 'x' },
    status: 409,
    path: 'code',
  },
  {
    what: 'a negative limit',
    url: '/api/case_kinds',
    body: { code: 'n', class: 'event', name_zh: 'x', name_en: 'x', limits: { file: -1 } },
    status: 422,
    path: 'limits/file',
  },
  {
    what: 'a unit of nowhere',
    url: '/api/case_kinds',
    body: { code: 'u', class: 'event', name_zh: 'x', name_en: 'x', default_unit_id: uuidv7() },
    status: 422,
    path: 'default_unit_id',
  },
  {
    what: 'a change without If-Match',
    url: `/api/case_kinds/${kind.id}`,
    method: 'PATCH',
    body: { name_zh: 'y' },
    status: 428,
  },
  {
    what: 'a stale change',
    url: `/api/case_kinds/${kind.id}`,
    method: 'PATCH',
    body: { name_zh: 'y' },
    headers: { 'if-match': '"9"' },
    status: 412,
  },
  { what: 'a link that is none', url: '/api/inbox/abc', status: 400, path: 'link' },
  { what: 'a link that opens nothing', url: `/api/inbox/${'a'.repeat(43)}`, status: 404 },
  { what: 'a number that is none', url: '/api/reports/x', status: 404 },
  { what: 'a number beyond all', url: '/api/reports/2026-999999999', status: 404 },
]

for (const [name, cases] of Object.entries({ REPORTS, STEPS, QUERIES, KINDS }))
  void t.test(`${name.toLowerCase()}: each fault is told by its field`, (t) =>
    checkCases(t, app, cookie, cases),
  )

t.test('markup and SQL in words are words', async (t) => {
  const description = `<script>alert(1)</script> '); drop table case_file; -- \u202e🚲 =cmd()`
  const stored = await desk.report('leader', kind.id, { description })
  t.equal((await desk.view('leader', stored)).description, description)
})
