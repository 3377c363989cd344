// Every way a download can fail, as one type. A refusal by the service keeps the name in its problem
// document (the last part of `type`); failures in the browser have names of their own.

/** How the library reacts to a failure without asking the user. */
export type Reaction =
    | 'retry' // wait, then send the request again
  | 'renew' // request another token, then resume
  | 'fail' // report the failure to the user

interface Row {
  readonly reaction: Reaction
  /** The key of the text for users; see messages.ts. */
  readonly message: MessageKey
}

export type MessageKey =
  | 'request-invalid'
  | 'token-refused'
  | 'signed-out'
  | 'token-expired'
  | 'forbidden'
  | 'not-entitled'
  | 'issuer-closed'
  | 'not-found'
  | 'ambiguous'
  | 'changed'
  | 'busy'
  | 'unavailable'
  | 'server-error'
  | 'network'
  | 'cross-origin'
  | 'offline'
  | 'timeout'
  | 'incomplete'
  | 'digest-mismatch'
  | 'storage-full'
  | 'storage-denied'
  | 'storage-busy'
  | 'too-large'
  | 'unsupported'
  | 'worker-lost'
  | 'cancelled'

/** The problem types of the service. The reaction to any other type depends on its status. */
export const problems: Readonly<Record<string, Row>> = {
  'malformed-request': { reaction: 'fail', message: 'request-invalid' },
  'host-invalid': { reaction: 'fail', message: 'request-invalid' },
  'framing-invalid': { reaction: 'fail', message: 'request-invalid' },
  'field-repeated': { reaction: 'fail', message: 'request-invalid' },
  'content-refused': { reaction: 'fail', message: 'request-invalid' },
  'content-too-large': { reaction: 'fail', message: 'request-invalid' },
  'target-too-long': { reaction: 'fail', message: 'request-invalid' },
  'fields-too-large': { reaction: 'fail', message: 'request-invalid' },
  'transfer-coding-unknown': { reaction: 'fail', message: 'request-invalid' },
  'version-unsupported': { reaction: 'fail', message: 'request-invalid' },
  'method-unknown': { reaction: 'fail', message: 'request-invalid' },
  'method-not-allowed': { reaction: 'fail', message: 'request-invalid' },
  'expectation-failed': { reaction: 'fail', message: 'request-invalid' },
  'target-invalid': { reaction: 'fail', message: 'request-invalid' },
  'query-invalid': { reaction: 'fail', message: 'request-invalid' },
  'route-unknown': { reaction: 'fail', message: 'not-found' },
  'parameter-missing': { reaction: 'fail', message: 'request-invalid' },
  'parameter-repeated': { reaction: 'fail', message: 'request-invalid' },
  'parameter-invalid': { reaction: 'fail', message: 'request-invalid' },
  'parameter-not-applicable': { reaction: 'fail', message: 'request-invalid' },
  'credential-missing': { reaction: 'fail', message: 'token-refused' },
  'credential-malformed': { reaction: 'fail', message: 'token-refused' },
  'token-invalid': { reaction: 'renew', message: 'token-refused' },
  'token-expired': { reaction: 'renew', message: 'token-expired' },
  'token-not-yet-valid': { reaction: 'retry', message: 'token-refused' },
  'token-revoked': { reaction: 'renew', message: 'token-refused' },
  'token-mismatch': { reaction: 'fail', message: 'forbidden' },
  'not-entitled': { reaction: 'fail', message: 'not-entitled' },
  'user-banned': { reaction: 'fail', message: 'not-entitled' },
  'issuer-closed': { reaction: 'fail', message: 'issuer-closed' },
  'issuer-credential-missing': { reaction: 'fail', message: 'issuer-closed' },
  'issuer-credential-refused': { reaction: 'fail', message: 'issuer-closed' },
  'issuer-key-invalid': { reaction: 'fail', message: 'issuer-closed' },
  'issuer-not-permitted': { reaction: 'fail', message: 'forbidden' },
  'rate-exceeded': { reaction: 'retry', message: 'busy' },
  'session-invalid': { reaction: 'fail', message: 'token-refused' },
  'session-expired': { reaction: 'fail', message: 'token-expired' },
  'session-mismatch': { reaction: 'fail', message: 'forbidden' },
  'media-not-found': { reaction: 'fail', message: 'not-found' },
  'course-ambiguous': { reaction: 'fail', message: 'ambiguous' },
  'precondition-failed': { reaction: 'fail', message: 'changed' },
  'range-not-satisfiable': { reaction: 'fail', message: 'changed' },
  'tls-required': { reaction: 'fail', message: 'request-invalid' },
  'header-timeout': { reaction: 'retry', message: 'network' },
  'too-many-connections': { reaction: 'retry', message: 'busy' },
  'too-many-connections-from-peer': { reaction: 'retry', message: 'busy' },
  'too-many-bad-credentials': { reaction: 'retry', message: 'busy' },
  'too-many-downloads': { reaction: 'retry', message: 'busy' },
  'media-unavailable': { reaction: 'retry', message: 'unavailable' },
  'store-unavailable': { reaction: 'retry', message: 'unavailable' },
  'session-keys-unavailable': { reaction: 'retry', message: 'unavailable' },
  'handler-timeout': { reaction: 'retry', message: 'unavailable' },
  overloaded: { reaction: 'retry', message: 'busy' },
  draining: { reaction: 'retry', message: 'unavailable' },
  internal: { reaction: 'retry', message: 'server-error' },
}

/** Failures in the browser. */
export const localFailures = {
  network: { reaction: 'retry', message: 'network' },
  'signed-out': { reaction: 'fail', message: 'signed-out' },
  'cross-origin': { reaction: 'fail', message: 'cross-origin' },
  offline: { reaction: 'retry', message: 'offline' },
  timeout: { reaction: 'retry', message: 'timeout' },
  incomplete: { reaction: 'retry', message: 'incomplete' },
  'unexpected-response': { reaction: 'fail', message: 'server-error' },
  changed: { reaction: 'fail', message: 'changed' },
  'digest-mismatch': { reaction: 'fail', message: 'digest-mismatch' },
  'storage-full': { reaction: 'fail', message: 'storage-full' },
  'storage-denied': { reaction: 'fail', message: 'storage-denied' },
  'storage-busy': { reaction: 'fail', message: 'storage-busy' },
  'too-large': { reaction: 'fail', message: 'too-large' },
  unsupported: { reaction: 'fail', message: 'unsupported' },
  'worker-lost': { reaction: 'fail', message: 'worker-lost' },
  cancelled: { reaction: 'fail', message: 'cancelled' },
} as const satisfies Record<string, Row>

export type LocalFailure = keyof typeof localFailures

/** An error that can be sent to another thread and shown to a user. */
export interface ErrorFacts {
  readonly code: string
  readonly status?: number
  readonly retryAfter?: number
  readonly requestId?: string
  readonly parameter?: string
}

export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  readonly facts: ErrorFacts

  constructor(facts: ErrorFacts | LocalFailure, cause?: unknown) {
    const all = typeof facts === 'string' ? { code: facts } : facts
    super(all.code, cause === undefined ? undefined : { cause })
    this.facts = all
  }

  /** The problem type of the service, or one of {@link LocalFailure}. */
  get code(): string {
    return this.facts.code
  }
  /** The HTTP status, if there was a response. */
  get status(): number | undefined {
    return this.facts.status
  }
  get reaction(): Reaction {
    return rowOf(this.facts).reaction
  }
  /** Whether the same request fails again, whatever the user does: there is no point in offering a retry. */
  get isPermanent(): boolean {
    if (this.reaction !== 'fail') return false
    const { status = 0 } = this
    // A session can be renewed (401), and a download can start again with the new file (412, 416).
    if (status >= 400) return ![401, 412, 416].includes(status)
    return ['unsupported', 'too-large', 'cross-origin'].includes(this.code)
  }
  get messageKey(): MessageKey {
    return rowOf(this.facts).message
  }
}

function rowOf({ code, status = 0 }: ErrorFacts): Row {
  return problems[code] ?? (localFailures as Record<string, Row>)[code] ?? rowOfStatus(status)
}

function rowOfStatus(status: number): Row {
  if (status === 429) return { reaction: 'retry', message: 'busy' }
  if (status === 401) return { reaction: 'renew', message: 'token-refused' }
  if (status === 403) return { reaction: 'fail', message: 'forbidden' }
  if (status === 404 || status === 410) return { reaction: 'fail', message: 'not-found' }
  if (status === 408) return { reaction: 'retry', message: 'network' }
  if (status === 502 || status === 503 || status === 504) {
    return { reaction: 'retry', message: 'unavailable' }
  }
  if (status >= 500) return { reaction: 'retry', message: 'server-error' }
  return { reaction: 'fail', message: status >= 400 ? 'request-invalid' : 'server-error' }
}

/** Converts any thrown value to a DownloadError; the name of a browser's error decides which. */
export function toDownloadError(cause: unknown): DownloadError {
  if (cause instanceof DownloadError) return cause
  const name = (cause as { name?: string } | null)?.name
  switch (name) {
    case 'AbortError':
      return new DownloadError('cancelled', cause)
    case 'QuotaExceededError':
      return new DownloadError('storage-full', cause)
    case 'NotAllowedError':
    case 'SecurityError':
    case 'InvalidStateError':
      return new DownloadError('storage-denied', cause)
    case 'NoModificationAllowedError':
      return new DownloadError('storage-busy', cause)
    default:
      return new DownloadError('network', cause)
  }
}
