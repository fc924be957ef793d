// Small things that people count on.

export const stories = {}
