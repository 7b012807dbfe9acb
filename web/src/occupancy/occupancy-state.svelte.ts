import type { Static } from 'typebox'
import type {
  OccupancyAt,
  OccupancyRange,
  Survey as SurveyShape,
  SurveyMetrics,
} from '../../../api/features/occupancy/contract.ts'
import { localParts, parseInstant } from '../../../api/domain/schedule/instant.ts'
import { allItems, call } from '../lib/api.ts'
import { nameOf, t, timeZone } from '../lib/text/text.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import type { FeatureRef } from '../state/selection.svelte.ts'
import { type KerbSide, kerbLines, kerbSides } from './kerb-sides.ts'
import { type PlaceRow, placeRows } from './place-rows.ts'
import { daysBetween, instantOfLocal, roundsOf } from './survey-days.ts'

type Survey = Static<typeof SurveyShape>

/** What can be coloured, as the page offers it. */
export const SHOWN = ['bays', 'street_sides', 'grids', 'lots'] as const
export type Shown = (typeof SHOWN)[number]

/** Beyond this many places only the chosen step is asked for, not the whole day ahead. */
const MOST_PLACES_AHEAD = 2000
const MINUTE_MS = 60_000

/** The steps of one local day that the slider stands on. */
export interface Day {
  date: string
  /** Epoch milliseconds, ascending. */
  steps: number[]
  interval_minutes: number
}

/** What the occupancy page shows: which places, at which moment, and what the server said of them. */
class OccupancyState {
  readonly of = $derived.by((): Shown => {
    const asked = route.get('of') as Shown | null
    return asked && SHOWN.includes(asked) ? asked : 'bays'
  })
  /** The chosen instant; null is now. */
  readonly at = $derived(parseInstant(route.get('at') ?? ''))

  surveys = $state.raw<Survey[]>([])
  metrics = $state.raw<SurveyMetrics | null>(null)
  failure = $state.raw<unknown>(null)
  isReady = $state(false)
  #days = $state.raw<ReadonlyMap<string, OccupancyRange>>(new Map())
  #answers = $state.raw<ReadonlyMap<string, OccupancyAt>>(new Map())
  #kerbs = $state.raw<{
    slug: string
    lines: ReturnType<typeof kerbLines>
    sides: Map<string, KerbSide>
  } | null>(null)
  #generation = 0
  #opened: string | null = null

  readonly survey = $derived(
    this.surveys.find((survey) => survey.id === route.get('survey')) ?? this.surveys[0] ?? null,
  )
  readonly surveyDays = $derived.by(() => {
    if (!this.survey) return []
    const from = Date.parse(this.survey.started_at)
    const to = this.survey.ended_at === null ? from : Date.parse(this.survey.ended_at)
    return daysBetween(from, to, timeZone())
  })
  /** The day of the chosen instant with its steps; null for now. */
  readonly day = $derived.by((): Day | null => {
    if (this.at === null) return null
    return this.dayOf(localParts(this.at, timeZone()).date)
  })
  /** The day's readings of all places; null until they have come. */
  readonly range = $derived(this.day && (this.#days.get(this.#key(this.day.date)) ?? null))
  /** The step that holds at the chosen instant: the last one not after it. */
  readonly step = $derived.by(() => {
    if (!this.day || this.at === null) return -1
    return Math.max(
      0,
      this.day.steps.findLastIndex((step) => step <= this.at!),
    )
  })
  /** What the server says of the very moment: with ages, what stood outside the bays, and old readings. */
  readonly answer = $derived(this.#answers.get(this.#key(this.#moment)) ?? null)
  /** The places at the moment; null until something of it has come. */
  readonly rows = $derived(placeRows(this.answer, this.range, this.step))
  readonly kerbs = $derived(
    this.#kerbs?.slug === community.current?.slug ? (this.#kerbs ?? null) : null,
  )

  get #moment(): string {
    return this.at === null ? 'now' : new Date(this.at).toISOString()
  }

  #key(moment: string): string {
    return `${community.current?.slug} ${this.of} ${moment}`
  }

  /** The steps of a local date: the rounds of the survey where it took place then, else every hour. */
  dayOf(date: string): Day {
    const isSurveyed = this.metrics !== null && this.surveyDays.includes(date)
    const rounds = roundsOf(isSurveyed ? this.metrics!.by_hour.map(({ hour }) => hour) : [])
    const first = instantOfLocal(date, rounds.first_minute, timeZone())
    const last = instantOfLocal(date, rounds.last_minute, timeZone())
    const steps: number[] = []
    for (let at = first; at <= last; at += rounds.interval_minutes * MINUTE_MS) steps.push(at)
    return { date, steps, interval_minutes: rounds.interval_minutes }
  }

  /** What a reader calls a place; a street side by the point of the compass it lies to. */
  nameOf(row: PlaceRow): string {
    const name = nameOf(row, t('occupancy.unnamed', { id: row.id.slice(0, 8) }))
    if (this.of !== 'street_sides') return name
    const side = this.kerbs?.sides.get(row.id)
    return side ? t(`occupancy.side.${side.compass}`, { street: name }) : name
  }

  /** The inventory's feature that stands for a place; a street side is part of its segment. */
  refOf(row: PlaceRow): FeatureRef {
    if (this.of !== 'street_sides') return { collection: this.of, id: row.id }
    return {
      collection: 'street_segments',
      id: this.kerbs?.sides.get(row.id)?.segment_id ?? row.id,
    }
  }

  /** Chooses an instant (epoch milliseconds) or now. */
  choose(at: number | 'now'): void {
    route.set({ at: at === 'now' ? 'now' : localInstant(at, timeZone()) })
  }

  /** The same time of day on another date, or the nearest step there. */
  chooseDay(date: string): void {
    const { steps } = this.dayOf(date)
    const minute = this.at === null ? 19 * 60 : localParts(this.at, timeZone()).minute_of_day
    const wanted = instantOfLocal(date, minute, timeZone())
    this.choose(steps.findLast((step) => step <= wanted) ?? steps[0]!)
  }

  /**
   * Reads the surveys of the open community, and opens at the moment that says most: now where there are fresh
   * readings, else the peak of the last survey.
   */
  async open(): Promise<void> {
    const generation = ++this.#generation
    const slug = community.getSlug()
    const query = { community: slug }
    this.failure = null
    this.isReady = this.#opened === slug
    try {
      const { surveys } = await call('GET /api/surveys', { query })
      if (generation !== this.#generation) return
      this.surveys = surveys
      this.metrics = await this.#readMetrics()
      if (generation !== this.#generation) return
      if (route.get('at') === null) {
        const now = await this.#ask('now')
        if (generation !== this.#generation) return
        const peak = this.metrics?.peak
        const isFresh = now.places.some((place) => place.state === 'fresh')
        this.choose(isFresh || !peak ? 'now' : Date.parse(peak.at))
      }
      this.#opened = slug
      this.isReady = true
    } catch (error) {
      if (generation === this.#generation) this.failure = error
    }
  }

  /** Opens another survey at its peak. */
  async chooseSurvey(id: string): Promise<void> {
    route.set({ survey: id, at: null })
    await this.open()
  }

  /** Tries again after a failure. */
  async retry(): Promise<void> {
    if (this.isReady) await this.load()
    else await this.open()
  }

  async #readMetrics(): Promise<SurveyMetrics | null> {
    if (!this.survey) return null
    const { id } = this.survey
    const query = { community: community.getSlug() }
    return call('GET /api/surveys/:id/metrics', { params: { id }, query })
  }

  /** Makes sure that what is chosen now is there or on its way: the moment first, then the day, then its other steps. */
  async load(): Promise<void> {
    const generation = this.#generation
    try {
      this.failure = null
      await Promise.all([this.#loadAnswer(this.#moment), this.#loadDay(), this.#loadKerbs()])
      const { day, range } = this
      if (!day || !range || range.places.length > MOST_PLACES_AHEAD) return
      for (const step of day.steps) {
        if (generation !== this.#generation || day.date !== this.day?.date) return
        await this.#loadAnswer(new Date(step).toISOString())
      }
    } catch (error) {
      if (generation === this.#generation) this.failure = error
    }
  }

  /** Reads again what is shown, after somebody wrote something; what was read of other moments is forgotten. */
  async refresh(): Promise<void> {
    // Opening ends where it is overtaken, so it is begun anew; otherwise nothing would ever be shown.
    if (!this.isReady) return this.open()
    this.#generation++
    const [moment, day] = [this.#key(this.#moment), this.day && this.#key(this.day.date)]
    // The old figures stay until the new ones are there.
    this.#answers = new Map([...this.#answers].filter(([key]) => key === moment))
    this.#days = new Map([...this.#days].filter(([key]) => key === day))
    try {
      await Promise.all([this.#ask(this.#moment), this.day && this.#askDay(this.day)])
    } catch (error) {
      this.failure = error
    }
    // The other steps of the day again; now has none.
    if (this.at !== null) await this.load()
  }

  async #loadAnswer(moment: string): Promise<void> {
    // Now goes on: it is asked for again every time.
    if (moment !== 'now' && this.#answers.has(this.#key(moment))) return
    await this.#ask(moment)
  }

  async #ask(moment: string): Promise<OccupancyAt> {
    const key = this.#key(moment)
    const query = { community: community.getSlug(), of: this.of, at: moment }
    const answer = await call('GET /api/occupancy', { query })
    this.#answers = new Map([...this.#answers, [key, answer] as const].slice(-200))
    return answer
  }

  async #loadDay(): Promise<void> {
    if (this.day && !this.#days.has(this.#key(this.day.date))) await this.#askDay(this.day)
  }

  async #askDay({ date, steps, interval_minutes }: Day): Promise<void> {
    const key = this.#key(date)
    const query = {
      community: community.getSlug(),
      of: this.of,
      from: new Date(steps[0]!).toISOString(),
      to: new Date(steps.at(-1)!).toISOString(),
      interval: `PT${interval_minutes}M`,
    }
    const range = await call('GET /api/occupancy?range', { query })
    this.#days = new Map([...this.#days, [key, range] as const].slice(-20))
  }

  async #loadKerbs(): Promise<void> {
    if (this.of !== 'street_sides' || this.kerbs) return
    const slug = community.getSlug()
    const segments = await allItems('street_segments', { community: slug })
    this.#kerbs = { slug, lines: kerbLines(segments), sides: kerbSides(segments) }
  }
}

export const occupancy = new OccupancyState()

/** RFC 3339 with the zone's own offset, so that an address reads as clocks there do. */
function localInstant(at: number, zone: string): string {
  const { date, minute_of_day: minute } = localParts(at, zone)
  const two = (n: number) => String(n).padStart(2, '0')
  const clock = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
  const shift = Math.round((Date.parse(`${date}T${clock}:00Z`) - at) / MINUTE_MS)
  const offset = `${two(Math.floor(Math.abs(shift) / 60))}:${two(Math.abs(shift) % 60)}`
  return `${date}T${clock}:00${shift < 0 ? '-' : '+'}${offset}`
}
