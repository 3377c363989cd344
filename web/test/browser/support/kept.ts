/** Runs in the page: whether its worker controls it and every file is there that it needs to open without a network. */
export async function isKept(): Promise<boolean> {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
  const needed = ['/', '/sw.js', ...loaded.filter((path) => path.startsWith('/assets/'))]
  const cache = await caches.open('sluice-shell')
  const found = await Promise.all(needed.map((path) => cache.match(path)))
  return navigator.serviceWorker.controller !== null && found.every((each) => each !== undefined)
}
