/** The inspector's day on the street. */
export const inspect = {
  'page.inspect': '巡查',
}
