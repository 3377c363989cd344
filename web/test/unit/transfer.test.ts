import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pause } from '../../src/lib/backoff.js'
import { DownloadError } from '../../src/lib/errors.js'
import { Transfer, type Sink, type TransferOptions } from '../../src/lib/transfer.js'
import { part, refusal, Service, whole, type Answer } from './service.js'

const content = randomBytes(200_000)
const other = randomBytes(150_000)
const digest = createHash('sha256').update(content).digest('base64')

class Memory implements Sink {
  bytes = Buffer.alloc(0)
  async write(chunk: Uint8Array): Promise<void> {
    this.bytes = Buffer.concat([this.bytes, chunk])
  }
  async restart(): Promise<void> {
    this.bytes = Buffer.alloc(0)
  }
  async *readBack(length: number): AsyncIterable<Uint8Array> {
    yield this.bytes.subarray(0, length)
  }
}

let service: Service
let sink: Memory
let grants: number
let waits: string[]

const options = (more: Partial<TransferOptions> = {}): TransferOptions => ({
  grant: async () => ({ token: `t${++grants}`, url: service.url, expiresAt: Date.now() + 900_000 }),
  retry: { base: 1, cap: 5, attempts: 3 },
  onWait: (why) => void waits.push(why.code),
  ...more,
})

const failure = async (run: Promise<unknown>): Promise<DownloadError> =>
  await run.then(
    () => expect.fail('it succeeded'),
    (why: unknown) => why as DownloadError,
  )

beforeAll(async () => void (service = await new Service().open()))
afterAll(() => service.close())
beforeEach(() => {
  sink = new Memory()
  grants = 0
  waits = []
})

describe('a transfer', () => {
  it('sends the token in the field and nowhere else', async () => {
    service.play(whole(content, '"a"'))
    await new Transfer(options()).run(sink)
    expect(sink.bytes.equals(content)).toBe(true)
    expect(service.requests[0]?.headers['authorization']).toBe('Bearer t1')
    expect(service.requests[0]?.headers['range']).toBeUndefined()
  })

  it('goes on behind the last byte after each cut', async () => {
    service.play(whole(content, '"a"', { upTo: 50_000 }), part(content, '"a"', 60_000), part(content, '"a"'))
    await new Transfer(options()).run(sink)
    expect(sink.bytes.equals(content)).toBe(true)
    expect(service.requests.map(({ headers }) => [headers['range'], headers['if-range']])).toEqual([
      [undefined, undefined],
      ['bytes=50000-', '"a"'],
      ['bytes=110000-', '"a"'],
    ])
    expect(grants).toBe(1)
  })

  it('starts again when the version is another one', async () => {
    service.play(whole(content, '"a"', { upTo: 50_000 }), whole(other, '"b"'))
    await new Transfer(options()).run(sink)
    expect(sink.bytes.equals(other)).toBe(true)
  })

  it('fails where what was written cannot be taken back', async () => {
    service.play(whole(content, '"a"', { upTo: 50_000 }), whole(other, '"b"'))
    const { write } = sink
    const oneWay: Sink = { write: write.bind(sink) }
    expect((await failure(new Transfer(options()).run(oneWay))).code).toBe('changed')
  })

  it('resumes what an earlier session left, and asks for nothing when it has all', async () => {
    const known = { size: content.length, etag: '"a"', type: 'video/mp4' }
    await sink.write(content.subarray(0, 120_000))
    service.play(part(content, '"a"'))
    await new Transfer(options(), known).run(sink, 120_000)
    expect(sink.bytes.equals(content)).toBe(true)
    service.play(
      refusal(416, 'range-not-satisfiable', { 'Content-Range': `bytes */${content.length}`, ETag: '"a"' }),
    )
    await new Transfer(options(), known).run(sink, content.length)
    expect(sink.bytes.equals(content)).toBe(true)
  })

  it('starts again when what it has is longer than the file', async () => {
    const known = { size: content.length, etag: '"a"', type: 'video/mp4' }
    await sink.write(content)
    service.play(
      refusal(416, 'range-not-satisfiable', { 'Content-Range': `bytes */${other.length}`, ETag: '"b"' }),
      whole(other, '"b"'),
    )
    await new Transfer(options(), known).run(sink, content.length)
    expect(sink.bytes.equals(other)).toBe(true)
  })

  it('takes a token that is refused as expired for another one, twice at most in a row', async () => {
    const expired = refusal(401, 'token-expired')
    service.play(expired, whole(content, '"a"', { upTo: 10 }), expired, expired, part(content, '"a"'))
    await new Transfer(options()).run(sink)
    expect(grants).toBe(4)
    service.play(expired, expired, expired)
    expect((await failure(new Transfer(options()).run(sink))).code).toBe('token-expired')
  })

  it('does not use a token that is about to end', async () => {
    service.play(whole(content, '"a"', { upTo: 10 }), part(content, '"a"'))
    const grant: TransferOptions['grant'] = async () => ({ token: `t${++grants}`, url: service.url, expiresAt: Date.now() + 1000 })
    await new Transfer(options({ grant })).run(sink)
    expect(service.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer t1', 'Bearer t2'])
  })

  it('continues with an expired token while its resume window is open, and needs no other', async () => {
    const late: TransferOptions['grant'] = async () => {
      if (++grants > 1) throw new DownloadError({ code: 'session-expired', status: 401 })
      return { token: 't1', url: service.url, expiresAt: Date.now() - 3_600_000, resumableUntil: Date.now() + 60_000 }
    }
    service.play(whole(content, '"a"', { upTo: 50_000 }), part(content, '"a"', 60_000), part(content, '"a"'))
    await new Transfer(options({ grant: late })).run(sink)
    expect(sink.bytes.equals(content)).toBe(true)
    expect(grants).toBe(1)
    expect(service.requests.map(({ headers }) => headers['authorization'])).toEqual(Array(3).fill('Bearer t1'))
  })

  it.each([
    ['it has no bytes yet', [whole(content, '"a"', { upTo: 0 }), whole(content, '"a"')], 60_000],
    ['the file has no strong tag', [whole(content, 'W/"a"', { upTo: 10 }), whole(content, 'W/"a"')], 60_000],
    ['its window has ended', [whole(content, '"a"', { upTo: 10 }), part(content, '"a"')], 1_000],
  ])('requests a new token when one has expired and %s', async (_, script, window) => {
    const grant: TransferOptions['grant'] = async () => ({
      token: `t${++grants}`,
      url: service.url,
      expiresAt: Date.now() - 1000,
      resumableUntil: Date.now() + window,
    })
    service.play(...script)
    await new Transfer(options({ grant })).run(sink)
    expect(sink.bytes.equals(content)).toBe(true)
    expect(service.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer t1', 'Bearer t2'])
  })

  it('requests a new token when one is refused in its resume window: the file was replaced', async () => {
    const grant: TransferOptions['grant'] = async () => ({
      token: `t${++grants}`,
      url: service.url,
      expiresAt: Date.now() + (grants > 1 ? 60_000 : -1000),
      resumableUntil: Date.now() + 60_000,
    })
    service.play(whole(content, '"a"', { upTo: 10 }), refusal(401, 'token-expired'), whole(other, '"b"'))
    await new Transfer(options({ grant })).run(sink)
    expect(sink.bytes.equals(other)).toBe(true)
    expect(grants).toBe(2)
  })

  it('continues with the token of an earlier transfer of the file', async () => {
    const known = { size: content.length, etag: '"a"', type: 'video/mp4' }
    const earlier = { token: 't0', url: service.url, expiresAt: Date.now() - 1000, resumableUntil: Date.now() + 60_000 }
    await sink.write(content.subarray(0, 120_000))
    service.play(part(content, '"a"'))
    const transfer = new Transfer(options(), known, earlier)
    await transfer.run(sink, 120_000)
    expect(sink.bytes.equals(content)).toBe(true)
    expect([grants, transfer.grant]).toEqual([0, earlier])
  })

  it.each([
    [403, 'token-mismatch'],
    [404, 'media-not-found'],
    [409, 'course-ambiguous'],
    [400, 'parameter-invalid'],
  ])('gives up at once on %i %s', async (status, slug) => {
    service.play(refusal(status, slug, { 'X-Request-Id': 'r1' }))
    const why = await failure(new Transfer(options()).run(sink))
    expect([why.code, why.status, why.facts.requestId]).toEqual([slug, status, 'r1'])
    expect(service.requests.length).toBe(1)
  })

  it.each([
    [429, 'rate-exceeded'],
    [503, 'media-unavailable'],
    [500, 'internal'],
    [502, 'of-a-proxy'],
  ])('repeats after %i %s, and waits as long as it is asked to', async (status, slug) => {
    service.play(refusal(status, slug, { 'Retry-After': '1' }), whole(content, '"a"'))
    const began = Date.now()
    await new Transfer(options()).run(sink)
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000)
    expect(waits.length).toBe(1)
  })

  it('tells when it is asked to wait for too long, and after too many failures', async () => {
    service.play(refusal(503, 'draining', { 'Retry-After': '3600' }))
    expect((await failure(new Transfer(options()).run(sink))).facts.retryAfter).toBe(3600)
    service.play(...Array.from({ length: 4 }, () => refusal(500, 'internal')))
    expect((await failure(new Transfer(options()).run(sink))).code).toBe('internal')
    expect(service.requests.length).toBe(4)
  })

  it('gives up a connection that stands still', async () => {
    service.play((_, response) => response.writeHead(200, { ETag: '"a"', 'Content-Length': content.length }).write(content.subarray(0, 10)), part(content, '"a"'))
    await new Transfer(options({ stallTimeout: 100 })).run(sink)
    expect(sink.bytes.equals(content)).toBe(true)
    expect(waits).toEqual(['timeout'])
  })

  it('checks the digest over everything, resumed parts and earlier sessions included', async () => {
    const fields = { 'Repr-Digest': `sha-256=:${digest}:` }
    service.play(whole(content, '"a"', { upTo: 70_000, fields }), part(content, '"a"'))
    await new Transfer(options()).run(sink)
    const known = { size: content.length, etag: '"a"', type: 'x', digest: Buffer.from(digest, 'base64') }
    sink.bytes = Buffer.from(content.subarray(0, 90_000))
    service.play(part(content, '"a"'))
    await new Transfer(options(), known).run(sink, 90_000)
    sink.bytes = Buffer.from(content.subarray(0, 90_000))
    sink.bytes[5]! ^= 1
    service.play(part(content, '"a"'))
    expect((await failure(new Transfer(options(), known).run(sink, 90_000))).code).toBe('digest-mismatch')
  })

  it('refuses more bytes than were announced, and an answer without a length', async () => {
    service.play((_, response) => {
      response.writeHead(206, { ETag: '"a"', 'Content-Range': 'bytes 0-9/5', 'Content-Length': 10 })
      response.end(Buffer.alloc(10))
    })
    expect((await failure(new Transfer(options()).run(sink))).code).toBe('unexpected-response')
    service.play((_, response) => response.writeHead(200, { ETag: '"a"' }).end('x'))
    expect((await failure(new Transfer(options()).run(sink))).code).toBe('unexpected-response')
  })

  it('says that storage is full, whatever the place', async () => {
    service.play(whole(content, '"a"'))
    const full: Sink = { write: () => Promise.reject(new DOMException('full', 'QuotaExceededError')) }
    expect((await failure(new Transfer(options()).run(full))).code).toBe('storage-full')
    service.play(whole(content, '"a"'))
    const broken: Sink = { write: () => Promise.reject(new Error('disk')) }
    expect((await failure(new Transfer(options()).run(broken))).code).toBe('storage-denied')
  })

  it('pauses without a connection, resumes, and cancels while paused', async () => {
    service.play(whole(content, '"a"', { upTo: 50_000 }), part(content, '"a"'))
    const transfer = new Transfer(options({ onProgress: () => transfer.received === 50_000 && transfer.pause() }))
    const running = transfer.run(sink)
    await new Promise((done) => setTimeout(done, 150))
    expect(service.requests.length).toBe(1)
    transfer.resume()
    await running
    expect(sink.bytes.equals(content)).toBe(true)

    service.play(whole(content, '"a"'))
    const second = new Transfer(options())
    second.pause()
    const cancelled = failure(second.run(new Memory()))
    second.cancel()
    expect((await cancelled).code).toBe('cancelled')
    expect(service.requests.length).toBe(0)
  })

  it('continues after a pause that ends while a write is running', async () => {
    service.play(whole(content, '"a"'), part(content, '"a"'), part(content, '"a"'))
    const transfer = new Transfer(options())
    let writes = 0
    const slow: Sink = {
      write: async (chunk) => {
        if (++writes <= 2) {
          transfer.pause()
          await new Promise((done) => setTimeout(done, 20))
          transfer.resume()
          await new Promise((done) => setTimeout(done, 20))
        }
        await sink.write(chunk)
      },
    }
    await transfer.run(slow)
    expect(sink.bytes.equals(content)).toBe(true)
    expect(service.requests.length).toBe(3)
    expect(waits).toEqual([])
  })

  it('continues after a pause that ends at once, whatever it waits for', async () => {
    const blink = (): void => {
      transfer.pause()
      transfer.resume()
    }
    let asked = 0
    const transfer = new Transfer(
      options({
        grant: async (signal) => {
          if (++asked === 1) setTimeout(blink, 10)
          await pause(50, signal)
          return { token: 't', url: service.url, expiresAt: Date.now() + 900_000 }
        },
        onWait: (why) => {
          waits.push(why.code)
          setTimeout(blink, 5)
        },
        retry: { base: 60_000, cap: 60_000, attempts: 3 },
      }),
    )
    const silent: Answer = () => setTimeout(blink, 20) // no response
    service.play(silent, refusal(503, 'draining'), whole(content, '"a"'))
    await transfer.run(sink)
    expect(sink.bytes.equals(content)).toBe(true)
    expect([asked, waits.length]).toEqual([2, 1])
  })

  it('stays paused when it is paused again at once', async () => {
    service.play(whole(content, '"a"'))
    const transfer = new Transfer(options())
    transfer.pause()
    const running = transfer.run(sink)
    await new Promise((done) => setTimeout(done, 20))
    transfer.resume()
    transfer.pause()
    await new Promise((done) => setTimeout(done, 100))
    expect(service.requests.length).toBe(0)
    transfer.resume()
    await running
    expect(sink.bytes.equals(content)).toBe(true)
  })

  it('is cancelled while a write is running, also right after a pause', async () => {
    for (const hasPaused of [false, true]) {
      service.play(whole(content, '"a"'))
      const transfer = new Transfer(options())
      const slow: Sink = {
        write: async () => {
          if (hasPaused) transfer.pause()
          transfer.cancel()
          await new Promise((done) => setTimeout(done, 20))
        },
      }
      expect((await failure(transfer.run(slow))).code).toBe('cancelled')
      expect(service.requests.length).toBe(1)
    }
  })

  it('takes an empty file', async () => {
    service.play(whole(Buffer.alloc(0), '"a"'))
    await new Transfer(options()).run(sink)
    expect(sink.bytes.length).toBe(0)
  })

  it('does not resume what has no strong tag', async () => {
    service.play(whole(content, 'W/"a"', { upTo: 1000 }), whole(content, 'W/"a"'))
    await new Transfer(options()).run(sink)
    expect(service.requests[1]?.headers['range']).toBeUndefined()
    expect(sink.bytes.equals(content)).toBe(true)
  })
})
