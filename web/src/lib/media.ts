// The media of a download, and the token that grants access to it.

import { DownloadError } from './errors.js'
import { readProblem } from './problem.js'
import { reach } from './reach.js'

/** The parameters of the token endpoint. */
export type MediaRequest = {
  user_id: string
  filename: string
  ttl?: number
  /** Seconds after that in which a download that has begun can be continued (the resume window). */
  resume?: number
} & (
  | { type: 'lesson'; rel: string }
  | { type: 'course'; course_id: string }
  | { type: 'module'; course_id: string; module_id: string }
)

/** A token and the one URL that it is valid for. */
export interface Grant {
  readonly token: string
  readonly url: string
  /**
   * The same path at the page's own origin, if the token came from there and `url` names another origin.
   * Used if `url` cannot be reached: a proxy that rewrites Host makes the service name an address of its own.
   */
  readonly ownOriginUrl?: string
  /** The time at which it expires, by this machine's clock (milliseconds since the Unix epoch). */
  readonly expiresAt: number
  /** The end of its resume window, by the same clock; absent without one. */
  readonly resumableUntil?: number
}

const grantMargin = 2_000 // a token that ends within this many milliseconds is not used

/** Whether the service accepts it for a request that starts (`isResume` false) or continues a download. */
export function admits({ expiresAt, resumableUntil }: Grant, isResume: boolean): boolean {
  return (isResume ? Math.max(expiresAt, resumableUntil ?? 0) : expiresAt) - grantMargin >= Date.now()
}

/** The source of grants: the token endpoint, or your own back end, which calls it. */
export type GrantProvider = (media: MediaRequest, signal: AbortSignal) => Promise<Grant>

export interface EndpointOptions {
  /** URL of the token endpoint; relative to the page by default. */
  readonly endpoint?: string
  /** Additional request fields, such as the credential of your own session. */
  readonly headers?: () => HeadersInit | Promise<HeadersInit>
  /** Whether cookies are sent; 'same-origin' by default. */
  readonly credentials?: RequestCredentials
  /**
   * Seconds of the resume window that is requested with each token, unless the media has a `resume` of its own;
   * the service reduces it to `tokens.max_resume`. By default none is requested.
   */
  readonly resume?: number
}

/** Calls the token endpoint of Sluice, or an endpoint with the same responses. */
export function endpointProvider(options: EndpointOptions = {}): GrantProvider {
  const endpoint = options.endpoint ?? '/api/get-download-token/v2'
  const asks = options.resume === undefined ? {} : { resume: options.resume }
  return async (media, signal) => {
    const asked = Date.now()
    const query = new URLSearchParams(Object.entries({ ...asks, ...media }).map(([k, v]) => [k, String(v)]))
    const response = await reach(`${endpoint}?${query}`, {
      headers: (await options.headers?.()) ?? {},
      credentials: options.credentials ?? 'same-origin',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
    })
    if (!response.ok) throw await readProblem(response)
    return readGrant(await response.json(), response.url, asked)
  }
}

/** Converts the response of the token endpoint to a Grant; `base` resolves a relative download_url. */
export function readGrant(answer: unknown, base: string, asked: number): Grant {
  const { token, expires_in, resume_expires_in, download_url } = (answer ?? {}) as Record<string, unknown>
  if (
    typeof token !== 'string' ||
    typeof download_url !== 'string' ||
    typeof expires_in !== 'number'
  ) {
    throw new DownloadError('unexpected-response')
  }
  const url = new URL(download_url, base)
  const own = globalThis.location?.origin
  return {
    token,
    url: url.href,
    expiresAt: asked + expires_in * 1000,
    ...(typeof resume_expires_in === 'number' && { resumableUntil: asked + resume_expires_in * 1000 }),
    ...(new URL(base).origin === own &&
      url.origin !== own && { ownOriginUrl: own + url.pathname + url.search }),
  }
}

/** One text per file, the same in every session: the key of a download's record. */
export function mediaKey(media: MediaRequest): string {
  const where =
    media.type === 'lesson'
      ? media.rel
      : media.type === 'course'
        ? media.course_id
        : `${media.course_id}/${media.module_id}`
  return `${media.type}:${where}/${media.filename}`
}
