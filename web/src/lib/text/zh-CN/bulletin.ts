/** The monthly bulletin. */
export const bulletin = {
  'page.bulletin': '通报',
}
