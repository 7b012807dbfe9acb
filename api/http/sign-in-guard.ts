import { ApiProblem } from './problem.ts'

/** Wrong passwords are remembered this long after the last of them. */
const REMEMBERED_MS = 15 * 60_000
/** So many of one address for one login, and of one address for whatever logins, before it is told to wait. */
const MOST_OF_ADDRESS_AND_LOGIN = 10
const MOST_OF_ADDRESS = 50
/** From the fourth wrong password on, checking the next one takes longer each time. */
const FREE_OF_DELAY = 3
const FIRST_DELAY_MS = 250
const MOST_DELAY_MS = 4_000
const MOST_REMEMBERED = 10_000

interface Failures {
  count: number
  lastAt: number
}

/** What passes time: the tests move it by hand. */
export interface Clock {
  now: () => number
  sleep: (ms: number) => Promise<void>
}

const REAL_CLOCK: Clock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/**
 * Slows the guessing of passwords down without letting a stranger lock anybody out: an account that is guessed at
 * answers later, by 4 s at most, and only the address that guesses is refused. Each instance counts for itself.
 */
export class SignInGuard {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()

  constructor(clock: Clock = REAL_CLOCK) {
    this.#clock = clock
  }

  /**
   * Runs `check` of a login's password when the address may try, late where there were failures before.
   * @throws ApiProblem 429 when the address failed too often.
   */
  async attempt(
    login: string,
    address: string,
    check: () => Promise<string | null>,
  ): Promise<string | null> {
    const name = login.toLowerCase()
    const keys = { login: `login ${name}`, address: `from ${address}`, both: `${address} ${name}` }
    if (
      this.#countOf(keys.both) >= MOST_OF_ADDRESS_AND_LOGIN ||
      this.#countOf(keys.address) >= MOST_OF_ADDRESS
    )
      throw new ApiProblem(
        'request/too-many',
        'too many wrong passwords from here; try again later',
        undefined,
        { 'retry-after': String(REMEMBERED_MS / 1000) },
      )
    const failed = this.#countOf(keys.login)
    // Counted before the answer is known, so that attempts side by side do not all find the same short delay.
    for (const key of Object.values(keys)) this.#add(key, 1)
    if (failed >= FREE_OF_DELAY)
      await this.#clock.sleep(
        Math.min(FIRST_DELAY_MS * 2 ** Math.min(failed - FREE_OF_DELAY, 10), MOST_DELAY_MS),
      )
    const accountId = await check()
    if (accountId) {
      this.#failures.delete(keys.login)
      this.#failures.delete(keys.both)
      this.#add(keys.address, -1)
    }
    return accountId
  }

  #countOf(key: string): number {
    const known = this.#failures.get(key)
    if (!known) return 0
    if (this.#clock.now() - known.lastAt < REMEMBERED_MS) return known.count
    this.#failures.delete(key)
    return 0
  }

  #add(key: string, by: number): void {
    const count = Math.max(this.#countOf(key) + by, 0)
    // Entered anew, so that the first of the map is the one not heard of for longest.
    this.#failures.delete(key)
    if (count > 0) this.#failures.set(key, { count, lastAt: this.#clock.now() })
    if (this.#failures.size > MOST_REMEMBERED)
      this.#failures.delete(this.#failures.keys().next().value!)
  }
}
