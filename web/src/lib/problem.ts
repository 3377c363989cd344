// Converts a problem document of the service (RFC 9457) to a DownloadError.

import { DownloadError, type ErrorFacts } from './errors.js'

const prefix = 'urn:sluice:problem:'

/** The seconds of a Retry-After field: a number, or a date (RFC 9110 §10.2.3). */
export function retryAfterSeconds(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined
  if (/^\d{1,9}$/.test(value.trim())) return Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

/** Reads an error response. Never throws: a proxy may respond in HTML. */
export async function readProblem(response: Response): Promise<DownloadError> {
  const body = await readJson(response)
  const type = typeof body['type'] === 'string' ? body['type'] : ''
  const facts: { -readonly [Key in keyof ErrorFacts]: ErrorFacts[Key] } = {
    code: type.startsWith(prefix) ? type.slice(prefix.length) : `http-${response.status}`,
    status: response.status,
  }
  const retryAfter = retryAfterSeconds(response.headers.get('Retry-After'))
  if (retryAfter !== undefined) facts.retryAfter = retryAfter
  const requestId = response.headers.get('X-Request-Id')
  if (requestId !== null) facts.requestId = requestId
  if (typeof body['parameter'] === 'string') facts.parameter = body['parameter']
  return new DownloadError(facts)
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json()
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
