/** What the shell knows of the work that the phone keeps; the rest comes only for those who do it. */
class FieldWork {
  /** Records not sent yet, of the person who is signed in. */
  waiting = $state(0)
  /** Records that the server did not take. */
  needsYou = $state(0)
}

export const fieldWork = new FieldWork()
