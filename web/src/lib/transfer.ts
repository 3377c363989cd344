// One file over as many requests as it takes: asks for a token, reads, and after whatever
// interrupts it goes on behind the last byte (Range and If-Range). Knows nothing of pages or disks:
// it runs in a page and in a service worker alike.

import { backoff, defaultRetryPolicy, isOnline, pause, type RetryPolicy } from './backoff.js'
import { DownloadError, toDownloadError } from './errors.js'
import type { Grant } from './media.js'
import { readProblem } from './problem.js'
import { parseReprDigest, Sha256 } from './sha256.js'

/** Where the bytes go. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>
  /** Empties it. Absent where what has been written cannot be taken back. */
  restart?(): Promise<void>
  /** Reads back the first `length` bytes, to check a digest after a reload. */
  readBack?(length: number): AsyncIterable<Uint8Array>
}

/** What the service says of the file. */
export interface FileFacts {
  readonly size: number
  /** The strong entity tag of this version; resuming needs it. */
  readonly etag: string
  readonly type: string
  readonly digest?: Uint8Array
}

export interface TransferOptions {
  readonly grant: (signal: AbortSignal) => Promise<Grant>
  readonly retry?: Partial<RetryPolicy>
  /** Milliseconds without a byte after which a connection is given up. */
  readonly stallTimeout?: number
  readonly onFacts?: (facts: FileFacts) => void
  /** Bytes in the sink by now. */
  readonly onProgress?: (received: number) => void
  /** Waits until `until` (milliseconds since the Unix epoch), because of `why`. */
  readonly onWait?: (why: DownloadError, until: number) => void
  /** A request is about to be sent. */
  readonly onAsk?: () => void
}

const renewals = 2 // tokens in a row that are refused, before the user is told
const grantMargin = 2_000 // a token that ends within this many milliseconds is not used any more
const offlinePoll = 5_000

export class Transfer {
  readonly #options: TransferOptions
  readonly #retry: RetryPolicy
  #grant: Grant | undefined
  #facts: FileFacts | undefined
  #received = 0
  #hash: Sha256 | undefined
  #failures = 0
  #renewed = 0
  #stop = new AbortController()
  #paused: { promise: Promise<void>; release: () => void } | undefined
  #isCancelled = false

  /** `known`: what an earlier session found out about the file. */
  constructor(options: TransferOptions, known?: FileFacts) {
    this.#options = options
    this.#retry = { ...defaultRetryPolicy, ...options.retry }
    this.#facts = known
  }

  get received(): number {
    return this.#received
  }
  get facts(): FileFacts | undefined {
    return this.#facts
  }

  /** Ends the connection and keeps the place. */
  pause(): void {
    if (this.#paused !== undefined) return
    let release = () => {}
    const promise = new Promise<void>((resolve) => (release = resolve))
    this.#paused = { promise, release }
    this.#stop.abort(new DownloadError('cancelled'))
  }

  resume(): void {
    this.#paused?.release()
    this.#paused = undefined
  }

  cancel(): void {
    this.#isCancelled = true
    this.#stop.abort(new DownloadError('cancelled'))
    this.resume()
  }

  /** Size, type and version without the content. Repeats like run(). */
  probe(): Promise<FileFacts> {
    return this.#persist(async (signal) => {
      const response = await this.#ask('HEAD', signal)
      if (response.status !== 200) throw await readProblem(response)
      this.#note(factsOf(response))
      return this.#facts!
    })
  }

  /**
   * Fills `sink`, which holds the first `received` bytes of the known version already; resolves
   * when all of it is there and checked.
   */
  async run(sink: Sink, received = 0): Promise<FileFacts> {
    this.#received = received
    await this.#prime(sink)
    await this.#persist(async (signal) => {
      const response = await this.#ask('GET', signal)
      if (await this.#place(response, sink)) await this.#read(response, sink, signal)
    })
    this.#check()
    return this.#facts!
  }

  async #persist<Result>(step: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    for (;;) {
      await this.#paused?.promise
      if (this.#isCancelled) throw new DownloadError('cancelled')
      this.#stop = new AbortController()
      try {
        return await step(this.#stop.signal)
      } catch (cause) {
        await this.#recover(toDownloadError(cause))
      }
    }
  }

  /** Returns when it is worth another try; throws when it is not. */
  async #recover(why: DownloadError): Promise<void> {
    if (this.#paused !== undefined && !this.#isCancelled) return
    if (why.reaction === 'renew' && ++this.#renewed <= renewals) {
      this.#grant = undefined
      return
    }
    if (why.reaction !== 'retry') throw why
    const isOffline = !isOnline()
    if (!isOffline && ++this.#failures > this.#retry.attempts) throw why
    const asked = why.facts.retryAfter ?? 0
    if (asked * 1000 > this.#retry.patience) throw why
    const wait = isOffline ? offlinePoll : backoff(this.#retry, this.#failures - 1, asked)
    this.#options.onWait?.(isOffline ? new DownloadError('offline') : why, Date.now() + wait)
    this.#stop = new AbortController()
    await pause(wait, this.#stop.signal).catch((cause: unknown) => {
      if (this.#paused === undefined) throw cause
    })
  }

  async #ask(method: 'GET' | 'HEAD', signal: AbortSignal): Promise<Response> {
    this.#options.onAsk?.()
    if (this.#grant === undefined || this.#grant.expiresAt - grantMargin < Date.now()) {
      this.#grant = await this.#unlessStalled(this.#options.grant(signal))
    }
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#grant.token}` }
    const etag = this.#facts?.etag ?? ''
    if (method === 'GET' && this.#received > 0 && etag !== '') {
      headers['Range'] = `bytes=${this.#received}-`
      headers['If-Range'] = etag
    }
    return await this.#unlessStalled(
      fetch(this.#grant.url, {
        method,
        headers,
        signal,
        cache: 'no-store', // a cache of ranges would answer for the service
        credentials: 'omit',
        redirect: 'error', // the token is for this host alone
        referrerPolicy: 'no-referrer',
      }),
    )
  }

  /** Decides where the content of a response belongs; false when there is none to read. */
  async #place(response: Response, sink: Sink): Promise<boolean> {
    if (response.status === 416 && this.#received > 0) {
      if (this.#isWhole(response)) return false
      await this.#startAgain(sink)
      throw new DownloadError('incomplete')
    }
    if (response.status !== 200 && response.status !== 206) throw await readProblem(response)
    if (response.status === 200) {
      if (this.#received > 0) await this.#startAgain(sink)
      this.#note(factsOf(response))
      return true
    }
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')
    if (range === null || Number(range[1]) !== this.#received) {
      throw new DownloadError('unexpected-response')
    }
    this.#note({ ...factsOf(response), size: Number(range[2]) })
    return true
  }

  /** "416 bytes *\/<size>" of the version we have says that all of it is here already. */
  #isWhole(response: Response): boolean {
    const size = /^bytes \*\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1]
    return Number(size) === this.#received && response.headers.get('ETag') === this.#facts?.etag
  }

  async #startAgain(sink: Sink): Promise<void> {
    if (sink.restart === undefined) throw new DownloadError('changed')
    await sink.restart().catch(failStorage)
    this.#received = 0
    this.#hash = undefined
    this.#options.onProgress?.(0)
  }

  #note(facts: FileFacts): void {
    this.#facts = facts.digest === undefined && this.#facts?.digest !== undefined &&
      this.#facts.etag === facts.etag ? { ...facts, digest: this.#facts.digest } : facts
    if (this.#received === 0) this.#hash = this.#facts.digest && new Sha256()
    this.#options.onFacts?.(this.#facts)
  }

  async #prime(sink: Sink): Promise<void> {
    if (this.#received === 0 || this.#facts?.digest === undefined || !sink.readBack) return
    this.#hash = new Sha256()
    for await (const chunk of sink.readBack(this.#received)) this.#hash.update(chunk)
  }

  async #read(response: Response, sink: Sink, signal: AbortSignal): Promise<void> {
    const size = this.#facts!.size
    const reader = response.body!.getReader()
    for (;;) {
      const { value, done } = await this.#unlessStalled(reader.read())
      if (done) break
      signal.throwIfAborted()
      if (this.#received + value.length > size) throw new DownloadError('unexpected-response')
      this.#hash?.update(value)
      const length = value.length // the sink may take the memory with it
      await sink.write(value).catch(failStorage)
      this.#received += length
      this.#failures = 0
      this.#renewed = 0
      this.#options.onProgress?.(this.#received)
    }
    if (this.#received < size) throw new DownloadError('incomplete')
  }

  #check(): void {
    const expected = this.#facts?.digest
    if (expected === undefined || this.#hash === undefined) return
    const found = this.#hash.digest()
    if (found.some((byte, i) => byte !== expected[i])) throw new DownloadError('digest-mismatch')
  }

  async #unlessStalled<Result>(wait: Promise<Result>): Promise<Result> {
    const stop = this.#stop
    const timer = setTimeout(
      () => stop.abort(new DownloadError('timeout')),
      this.#options.stallTimeout ?? 30_000,
    )
    try {
      return await wait
    } catch (cause) {
      throw stop.signal.aborted ? stop.signal.reason : cause
    } finally {
      clearTimeout(timer)
    }
  }
}

function factsOf(response: Response): FileFacts {
  const length = response.headers.get('Content-Length')
  const etag = response.headers.get('ETag') ?? ''
  if (length === null || !/^\d+$/.test(length)) throw new DownloadError('unexpected-response')
  const digest = parseReprDigest(response.headers.get('Repr-Digest'))
  return {
    size: Number(length),
    etag: etag.startsWith('W/') ? '' : etag,
    type: response.headers.get('Content-Type') ?? 'application/octet-stream',
    ...(digest && { digest }),
  }
}

function failStorage(cause: unknown): never {
  const known = toDownloadError(cause)
  throw known.code === 'network' ? new DownloadError('storage-denied', cause) : known
}
