// The pause before a repeated request.

export interface RetryPolicy {
  /** Milliseconds before the first retry. */
  readonly base: number
  /** Longest pause in milliseconds that this module chooses. */
  readonly cap: number
  /** Consecutive failures without a received byte after which the download fails. */
  readonly attempts: number
  /** Longest Retry-After in milliseconds that is obeyed; after a longer one the download fails. */
  readonly patience: number
}

export const defaultRetryPolicy: RetryPolicy = {
  base: 500,
  cap: 30_000,
  attempts: 8,
  patience: 300_000,
}

/**
  * Exponential, with jitter over the upper half, so that clients that were cut at the same time do not
 * all return at the same time. `attempt` counts from 0. A Retry-After is a lower bound.
 */
export function backoff(
  policy: RetryPolicy,
  attempt: number,
  retryAfter = 0,
  random: () => number = Math.random,
): number {
  const full = Math.min(policy.cap, policy.base * 2 ** attempt)
  const chosen = full / 2 + (full / 2) * random()
  const asked = retryAfter * 1000
  return asked > 0 ? asked + chosen / 2 : chosen
}

/** Resolves after `ms`, or as soon as the network returns; rejects when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const done = (act: () => void) => () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', wake)
      signal.removeEventListener('abort', stop)
      act()
    }
    const wake = done(resolve)
    const stop = done(() => reject(signal.reason))
    const timer = setTimeout(wake, ms)
    globalThis.addEventListener?.('online', wake)
    signal.addEventListener('abort', stop)
  })
}

/** False only if the browser reports that there is no network. */
export function isOnline(): boolean {
  return globalThis.navigator?.onLine !== false
}
