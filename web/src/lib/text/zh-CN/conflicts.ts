export const conflicts = {}
