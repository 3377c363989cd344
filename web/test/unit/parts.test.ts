import { createHash, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { backoff, defaultRetryPolicy, pause } from '../../src/lib/backoff.js'
import { downloadId } from '../../src/lib/download.js'
import { admits, endpointProvider, readGrant, type Grant, type MediaRequest } from '../../src/lib/media.js'
import { Meter } from '../../src/lib/meter.js'
import { Records } from '../../src/lib/records.js'
import { parseReprDigest, Sha256 } from '../../src/lib/sha256.js'
import { itemOfHash, parseCatalogue } from '../../src/page/catalogue.js'
import { bytes, duration, percent } from '../../src/page/format.js'
import { parseTokens, sessionProvider } from '../../src/page/session.js'

const lesson: MediaRequest = { type: 'lesson', user_id: 'u', rel: 'a/b/c/d', filename: 'x.mp4' }

describe('waiting', () => {
  it('doubles up to the cap, with jitter over the upper half', () => {
    const at = (attempt: number, random: number) => backoff(defaultRetryPolicy, attempt, 0, () => random)
    expect([at(0, 0), at(0, 1), at(3, 0), at(3, 1), at(20, 1)]).toEqual([250, 500, 2000, 4000, 30_000])
  })
  it('never comes back before Retry-After', () => {
    expect(backoff(defaultRetryPolicy, 0, 5, () => 0)).toBeGreaterThanOrEqual(5000)
  })
  it('ends with the signal', async () => {
    const stop = new AbortController()
    const waiting = pause(60_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(pause(1, stop.signal)).rejects.toThrow('enough')
  })
})

describe('the meter', () => {
  it('tells speed and remaining time of the last seconds', () => {
    const meter = new Meter(5000)
    expect(meter.remaining(1000, 0)).toBeUndefined()
    for (let i = 0; i <= 20; i++) meter.add(i * 500_000, i * 1000)
    expect(meter.speed()).toBe(500_000)
    expect(meter.remaining(12_000_000, 10_000_000)).toBe(4)
    meter.reset()
    expect(meter.speed()).toBe(0)
  })
})

describe('SHA-256', () => {
  it.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003])('of %i bytes in pieces', (size) => {
    const data = randomBytes(size)
    const hash = new Sha256()
    for (let at = 0; at < size; at += 37) hash.update(data.subarray(at, at + 37))
    expect(Buffer.from(hash.digest()).equals(createHash('sha256').update(data).digest())).toBe(true)
  })
  it('reads Repr-Digest', () => {
    const digest = createHash('sha256').update('x').digest()
    const field = `sha-512=:AAAA:, sha-256=:${digest.toString('base64')}:`
    expect(parseReprDigest(field)).toEqual(new Uint8Array(digest))
    expect(parseReprDigest('sha-256=:short:')).toBeUndefined()
    expect(parseReprDigest(null)).toBeUndefined()
  })
})

describe('a grant', () => {
  it('is read from the answer of the endpoint', () => {
    const answer = { token: 't', expires_in: 900, download_url: '/download2/x' }
    expect(readGrant(answer, 'https://s.example/api', 1000)).toEqual({
      token: 't',
      url: 'https://s.example/download2/x',
      expiresAt: 901_000,
    })
    expect(() => readGrant({ token: 't' }, 'https://s.example', 0)).toThrow('unexpected-response')
    expect(() => readGrant(null, 'https://s.example', 0)).toThrow('unexpected-response')
  })
})

describe('a resume window', () => {
  const answer = { token: 't', expires_in: 900, resume_expires_in: 4500, download_url: 'https://s.example/download2/x' }
  const asked: (string | null)[] = []
  const answering = (): void => {
    asked.length = 0
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(new URL(url, 'https://s.example').searchParams.get('resume'))
      const response = Response.json(answer)
      Object.defineProperty(response, 'url', { value: 'https://s.example/api' })
      return response
    })
  }
  afterEach(() => void vi.unstubAllGlobals())

  it('is read from the response, and admits the rest of a download after the token has expired', () => {
    const grant = readGrant(answer, 'https://s.example', 1000)
    expect([grant.expiresAt, grant.resumableUntil]).toEqual([901_000, 4_501_000])
    const now = Date.now()
    const at = (expiresAt: number, resumableUntil?: number): Grant =>
      ({ token: 't', url: '', expiresAt: now + expiresAt, ...(resumableUntil !== undefined && { resumableUntil: now + resumableUntil }) })
    const cases = [at(60_000), at(-1), at(-1, 60_000), at(-1, 1_000), at(60_000, 0)]
    expect(cases.map((grant) => admits(grant, false))).toEqual([true, false, false, false, true])
    expect(cases.map((grant) => admits(grant, true))).toEqual([true, false, true, false, true])
  })

  it('is requested where it is configured; that of the media comes first', async () => {
    answering()
    const { signal } = new AbortController()
    await endpointProvider({ endpoint: 'https://s.example/api' })(lesson, signal)
    await endpointProvider({ endpoint: 'https://s.example/api', resume: 3600 })(lesson, signal)
    await endpointProvider({ endpoint: 'https://s.example/api', resume: 3600 })({ ...lesson, resume: 0 }, signal)
    expect(asked).toEqual([null, '3600', '0'])
  })

  it('of the page is a day, unless the list says another', async () => {
    answering()
    const { signal } = new AbortController()
    const endpoint = '/token'
    await sessionProvider(async () => parseTokens({ endpoint }))(lesson, signal)
    await sessionProvider(async () => parseTokens({ endpoint, resume: 604_800 }))(lesson, signal)
    await sessionProvider(async () => parseTokens({ endpoint, resume: 0 }))(lesson, signal)
    expect(asked).toEqual(['86400', '604800', '0'])
    for (const resume of ['3600', -1, 0.5, null]) {
      expect(() => parseTokens({ resume })).toThrow('tokens.resume must be a number of seconds')
    }
  })
})

describe('records', () => {
  const store = (): Storage => {
    const kept = new Map<string, string>()
    return {
      get length() {
        return kept.size
      },
      key: (i: number) => [...kept.keys()][i] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
      clear: () => kept.clear(),
    }
  }

  it('come back as they were, oldest first, and never hold a token', () => {
    const storage = store()
    const records = new Records(storage)
    const facts = { size: 5, etag: '"a"', type: 'video/mp4', digest: new Uint8Array([1, 2]) }
    records.save('b', { media: lesson, facts, isDone: false, isPaused: true, keep: false, added: 2, changed: 2 })
    records.save('a', { media: lesson, facts, isDone: true, isPaused: true, keep: true, added: 1, changed: 1 })
    storage.setItem('sluice:broken', '{')
    storage.setItem('somebody else', '{}')
    expect(records.all().map(([id, { facts: found }]) => [id, found])).toEqual([['a', facts], ['b', facts]])
    expect(storage.getItem('sluice:a')).not.toContain('token')
    records.remove('a')
    expect(records.all().length).toBe(1)
  })

  it('are forgotten without a word where storage is switched off', () => {
    const off = { setItem: () => { throw new DOMException('no', 'SecurityError') } } as unknown as Storage
    new Records(off).save('a', { media: lesson, facts: { size: 1, etag: '', type: '' }, isDone: false, isPaused: false, keep: false, added: 1, changed: 1 })
    expect(new Records(off).all()).toEqual([])
  })
})

describe('names and numbers', () => {
  it('gives each file a name of its own in storage', () => {
    expect(downloadId(lesson)).toMatch(/^[0-9a-f]{24}$/)
    expect(downloadId({ ...lesson, ttl: 60 })).toBe(downloadId(lesson))
    expect(downloadId({ ...lesson, filename: 'y.mp4' })).not.toBe(downloadId(lesson))
  })
  it('writes them as people of the language do', () => {
    expect(bytes(999, 'fr')).toBe('999\u00a0o')
    expect(bytes(12_400_000, 'fr')).toBe('12,4\u00a0Mo')
    expect(bytes(12_400_000, 'en')).toBe('12.4\u00a0MB')
    expect(bytes(123_456_789_012, 'fr')).toBe('123\u00a0Go')
    expect([duration(4.2), duration(65), duration(3720)]).toEqual(['5\u00a0s', '1\u00a0min 05\u00a0s', '1\u00a0h 02'])
    expect([percent(0.999, 'en'), percent(1, 'en')]).toEqual(['99%', '100%'])
  })
})

describe('a catalogue', () => {
  it('takes what is whole and leaves the rest', () => {
    const { title, items } = parseCatalogue({
      title: 'T',
      user_id: 'u',
      items: [
        { type: 'lesson', rel: 'a/b/c/d', filename: 'x.mp4', title: 'X', size: 7 },
        { type: 'course', course_id: 'c', filename: 'p.mp4' },
        { type: 'module', course_id: 'c', filename: 'p.mp4' },
        { type: 'film', filename: 'p.mp4' },
        null,
        'text',
      ],
    })
    expect(title).toBe('T')
    expect(items.map((item) => [item.title, item.media.type, item.size])).toEqual([
      ['X', 'lesson', 7],
      ['p', 'course', undefined],
    ])
    expect(parseCatalogue(null).items).toEqual([])
  })
  it('names paths of its own origin only', () => {
    const elsewhere = ['https://elsewhere.example/x', '//elsewhere.example/x', '/\\elsewhere.example/x', '/\t/elsewhere.example/x', '/\n/elsewhere.example/x', 'x', '', 7]
    const item = { type: 'course', user_id: 'u', course_id: 'c', filename: 'p.mp4' }
    const thumbnailOf = (thumbnail: unknown) => parseCatalogue({ items: [{ ...item, thumbnail }] }).items[0]!.thumbnail
    expect(thumbnailOf('/pictures/one.webp?size=2')).toBe('/pictures/one.webp?size=2')
    expect(elsewhere.map(thumbnailOf)).toEqual(elsewhere.map(() => undefined))
    for (const path of elsewhere) {
      for (const name of ['endpoint', 'session', 'script', 'sign_in']) {
        expect(() => parseTokens({ [name]: path })).toThrow(`tokens.${name} must be a path of this origin`)
      }
    }
  })
  it('reads an address', () => {
    expect(itemOfHash('#type=course&user_id=u&course_id=c%20d&filename=%C3%A9.mp4')?.media).toEqual({
      type: 'course',
      user_id: 'u',
      course_id: 'c d',
      filename: 'é.mp4',
    })
    const link = '#type=course&user_id=u&course_id=c&filename=f.mp4&title=T&subtitle=S&group=G&thumbnail=/x.png'
    expect(itemOfHash(link)).toEqual({ media: { type: 'course', user_id: 'u', course_id: 'c', filename: 'f.mp4' }, title: 'f' })
    expect(itemOfHash('')).toBeUndefined()
    expect(itemOfHash('#list')).toBeUndefined()
  })
})
