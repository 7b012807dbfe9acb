/** A resident's report, and where it stands. */
export const report = {
  'page.report': '随手报',
}
