// fetch() reports every failure in the same way. This file tells a request that the other origin does not
// allow (CORS) from a network that failed, where a second request can show the difference.

import { isOnline } from './backoff.js'
import { DownloadError } from './errors.js'

/** fetch(), except that a request which CORS blocks fails with the code `cross-origin`. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (first) {
    if (!(await isReachable(url, init.signal))) throw first
    // The service may have come back since then: a missing permission fails again.
    return await fetch(url, init).catch(async (cause: unknown) => {
      if (!(await isReachable(url, init.signal))) throw cause
      throw new DownloadError('cross-origin', explain(url, cause))
    })
  }
}

/** Whether another origin answers at all. The request carries nothing and its response cannot be read. */
async function isReachable(url: string, signal: AbortSignal | null | undefined): Promise<boolean> {
  const page = globalThis.location?.origin
  if (page === undefined || signal?.aborted || !isOnline()) return false
  const { origin } = new URL(url, page)
  if (origin === page) return false
  const init: RequestInit = { method: 'HEAD', mode: 'no-cors', cache: 'no-store', credentials: 'omit' }
  return await fetch(`${origin}/healthz`, { ...init, signal: signal ?? null }).then(
    () => true,
    () => false,
  )
}

function explain(url: string, cause: unknown): Error {
  const { origin } = new URL(url, location.href)
  return new Error(
    `${origin} does not allow requests from ${location.origin}: add it to cors.allowed_origins there`,
    { cause },
  )
}
