// How long to wait before asking again.

export interface RetryPolicy {
  /** Milliseconds before the first repetition. */
  readonly base: number
  /** Longest wait in milliseconds that is chosen here. */
  readonly cap: number
  /** Failures in a row, without a byte in between, after which the user is told. */
  readonly attempts: number
  /** Longest Retry-After in milliseconds that is waited for; beyond it the user is told. */
  readonly patience: number
}

export const defaultRetryPolicy: RetryPolicy = {
  base: 500,
  cap: 30_000,
  attempts: 8,
  patience: 300_000,
}

/**
 * Exponential, with jitter over the upper half, so that clients that were cut together do not come
 * back together. `attempt` counts from 0. A Retry-After is a lower bound.
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

/** Resolves after `ms`, sooner when the network comes back; rejects when `signal` aborts. */
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

/** False only where the browser is sure that there is no network. */
export function isOnline(): boolean {
  return globalThis.navigator?.onLine !== false
}
