// What is downloaded, and the token that allows it.

import { readProblem } from './problem.js'
import { DownloadError } from './errors.js'

/** The parameters of the token endpoint. */
export type MediaRequest = { user_id: string; filename: string; ttl?: number } & (
  | { type: 'lesson'; rel: string }
  | { type: 'course'; course_id: string }
  | { type: 'module'; course_id: string; module_id: string }
)

/** A token and the one URL it is good for. */
export interface Grant {
  readonly token: string
  readonly url: string
  /** When it ends, by this machine's clock (milliseconds since the Unix epoch). */
  readonly expiresAt: number
}

/** Where grants come from: the token endpoint, or a back end of yours that asks it. */
export type GrantProvider = (media: MediaRequest, signal: AbortSignal) => Promise<Grant>

export interface EndpointOptions {
  /** URL of the token endpoint; relative to the page by default. */
  readonly endpoint?: string
  /** Fields to send along, such as the credential of your own session. */
  readonly headers?: () => HeadersInit
  /** Whether cookies are sent; 'same-origin' by default. */
  readonly credentials?: RequestCredentials
}

/** Asks the token endpoint of Sluice, or anything that answers like it. */
export function endpointProvider(options: EndpointOptions = {}): GrantProvider {
  const endpoint = options.endpoint ?? '/api/get-download-token/v2'
  return async (media, signal) => {
    const asked = Date.now()
    const query = new URLSearchParams(Object.entries(media).map(([k, v]) => [k, String(v)]))
    const response = await fetch(`${endpoint}?${query}`, {
      headers: options.headers?.() ?? {},
      credentials: options.credentials ?? 'same-origin',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
    })
    if (!response.ok) throw await readProblem(response)
    return readGrant(await response.json(), response.url, asked)
  }
}

/** The answer of the token endpoint as a Grant; `base` resolves a relative download_url. */
export function readGrant(answer: unknown, base: string, asked: number): Grant {
  const { token, expires_in, download_url } = (answer ?? {}) as Record<string, unknown>
  if (
    typeof token !== 'string' ||
    typeof download_url !== 'string' ||
    typeof expires_in !== 'number'
  ) {
    throw new DownloadError('unexpected-response')
  }
  return { token, url: new URL(download_url, base).href, expiresAt: asked + expires_in * 1000 }
}

/** One text per file, the same in every session: the key under which a download is remembered. */
export function mediaKey(media: MediaRequest): string {
  const where =
    media.type === 'lesson'
      ? media.rel
      : media.type === 'course'
        ? media.course_id
        : `${media.course_id}/${media.module_id}`
  return `${media.type}:${where}/${media.filename}`
}
