export const occupancy = {}
