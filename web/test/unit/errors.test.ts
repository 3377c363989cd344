import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DownloadError, localFailures, problems, toDownloadError } from '../../src/lib/errors.js'
import { messageFor, messages } from '../../src/lib/messages.js'
import { readProblem, retryAfterSeconds } from '../../src/lib/problem.js'

const table = readFileSync(new URL('../../../http/problem/problem.cpp', import.meta.url), 'utf8')
const rows = [...table.matchAll(/\.status = (\d+),\s+\.slug = "([a-z-]+)"/g)].map(
  ([, status, slug]) => ({ status: Number(status), slug: slug! }),
)

describe('the table of problems', () => {
  it('knows every problem of the service, and none that it does not have', () => {
    // A new row in http/problem/problem.cpp wants a row in src/lib/errors.ts: what the page does about it,
    // and which text says it.
    expect(rows.length).toBeGreaterThan(30)
    expect(Object.keys(problems).sort()).toEqual(rows.map(({ slug }) => slug).sort())
  })

  it.each(rows)('treats $slug as its status $status asks', ({ slug, status }) => {
    const reaction = problems[slug]!.reaction
    if (status === 429 || status === 503 || status === 500) expect(reaction).toBe('retry')
    if (status === 403 || status === 404) expect(reaction).toBe('fail')
  })

  it('has a text for everything, in both languages', () => {
    expect(Object.keys(messages.fr).sort()).toEqual(Object.keys(messages.en).sort())
    for (const code of [...Object.keys(problems), ...Object.keys(localFailures), 'of-the-future']) {
      for (const language of ['fr', 'en'] as const) {
        expect(messageFor(new DownloadError({ code }), language)).toMatch(/[.!]$/)
      }
    }
  })
})

describe('a refusal', () => {
  it.each([
    [429, 'retry', 'busy'],
    [401, 'renew', 'token-refused'],
    [403, 'fail', 'forbidden'],
    [404, 'fail', 'not-found'],
    [410, 'fail', 'not-found'],
    [408, 'retry', 'network'],
    [502, 'retry', 'unavailable'],
    [500, 'retry', 'server-error'],
    [418, 'fail', 'request-invalid'],
  ])('of an unknown type with status %i is judged by it', async (status, reaction, message) => {
    const why = await readProblem(new Response('<html>', { status }))
    expect([why.reaction, why.messageKey, why.code]).toEqual([reaction, message, `http-${status}`])
  })

  it('carries what the service says', async () => {
    const body = { type: 'urn:sluice:problem:parameter-invalid', parameter: 'rel' }
    const headers = { 'Retry-After': '7', 'X-Request-Id': 'abc' }
    const why = await readProblem(Response.json(body, { status: 400, headers }))
    expect(why.facts).toEqual({ code: 'parameter-invalid', status: 400, retryAfter: 7, requestId: 'abc', parameter: 'rel' })
  })

  it('reads Retry-After in both forms', () => {
    const now = Date.parse('2026-01-01T00:00:00Z')
    expect(retryAfterSeconds('120', now)).toBe(120)
    expect(retryAfterSeconds('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30)
    expect(retryAfterSeconds('Thu, 01 Jan 2025 00:00:30 GMT', now)).toBe(0)
    expect(retryAfterSeconds('soon', now)).toBeUndefined()
    expect(retryAfterSeconds(null, now)).toBeUndefined()
  })
})

describe('what a browser throws', () => {
  it.each([
    ['AbortError', 'cancelled'],
    ['QuotaExceededError', 'storage-full'],
    ['NotAllowedError', 'storage-denied'],
    ['NoModificationAllowedError', 'storage-busy'],
    ['TypeError', 'network'],
  ])('%s is %s', (name, code) => {
    expect(toDownloadError(new DOMException('x', name)).code).toBe(code)
  })
})
