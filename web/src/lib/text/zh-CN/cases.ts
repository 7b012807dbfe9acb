/** The board, the list and the page of cases. */
export const cases = {
  'page.cases': '案卷',
}
