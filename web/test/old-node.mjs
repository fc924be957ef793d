// Vitest groups failures with Map.groupBy, which Node has from 21 on; without
// it, a test that fails on Node 20 would not say which and why.
Map.groupBy ??= (items, key) => {
  const groups = new Map()
  let i = 0
  for (const item of items) {
    const k = key(item, i++)
    groups.has(k) ? groups.get(k).push(item) : groups.set(k, [item])
  }
  return groups
}
