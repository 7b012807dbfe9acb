/** A partner unit's orders. */
export const inbox = {
  'page.inbox': '吹哨单',
}
