// Transfers one file with as many requests as necessary. It requests a token, reads the content, and
// after an interruption resumes behind the last byte (Range and If-Range). It does not depend on a
// page or a disk, and runs in a page as well as in a service worker.

import { backoff, defaultRetryPolicy, isOnline, pause, type RetryPolicy } from './backoff.js'
import { DownloadError, toDownloadError } from './errors.js'
import { admits, type Grant } from './media.js'
import { readProblem } from './problem.js'
import { reach } from './reach.js'
import { parseReprDigest, Sha256 } from './sha256.js'

/** The destination of the bytes. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>
  /** Empties the sink. Absent if written bytes cannot be removed. */
  restart?(): Promise<void>
  /** Reads back the first `length` bytes, to check a digest after a reload. */
  readBack?(length: number): AsyncIterable<Uint8Array>
}

/** The facts of the file, as the service reports them. */
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
  /** Milliseconds without a byte after which a connection is closed. */
  readonly stallTimeout?: number
  readonly onFacts?: (facts: FileFacts) => void
  /** Bytes in the sink so far. */
  readonly onProgress?: (received: number) => void
  /** Waits until `until` (milliseconds since the Unix epoch), because of `why`. */
  readonly onWait?: (why: DownloadError, until: number) => void
  /** A request is about to be sent. */
  readonly onAsk?: () => void
}

const renewals = 2 // consecutive rejected tokens before the download fails
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
  /** Why a pause closes a connection. The pause may be over when the connection ends. */
  readonly #interruption = new DownloadError('cancelled')
  #paused: { promise: Promise<void>; release: () => void } | undefined
  #isCancelled = false
  #usesOwnOrigin = false // see Grant.ownOriginUrl

  /** `known`: the facts of the file from an earlier session; `grant`: the one of an earlier transfer of it. */
  constructor(options: TransferOptions, known?: FileFacts, grant?: Grant) {
    this.#options = options
    this.#retry = { ...defaultRetryPolicy, ...options.retry }
    this.#facts = known
    this.#grant = grant
  }

  get received(): number {
    return this.#received
  }
  get facts(): FileFacts | undefined {
    return this.#facts
  }
  /** The token in use, for a later transfer of the same file. */
  get grant(): Grant | undefined {
    return this.#grant
  }

  /** Closes the connection and keeps the position. */
  pause(): void {
    if (this.#paused !== undefined) return
    let release = () => {}
    const promise = new Promise<void>((resolve) => (release = resolve))
    this.#paused = { promise, release }
    this.#stop.abort(this.#interruption)
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

  /** Requests size, type and version without the content. Retries like run(). */
  probe(): Promise<FileFacts> {
    return this.#persist(async (signal) => {
      const response = await this.#ask('HEAD', signal)
      if (response.status !== 200) throw await readProblem(response)
      this.#note(factsOf(response))
      return this.#facts!
    })
  }

  /**
      * Fills `sink`, which already holds the first `received` bytes of the known version. Resolves
   * when the file is complete and verified.
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
      while (this.#paused !== undefined) await this.#paused.promise
      if (this.#isCancelled) throw new DownloadError('cancelled')
      this.#stop = new AbortController()
      try {
        return await step(this.#stop.signal)
      } catch (cause) {
        await this.#recover(toDownloadError(cause))
      }
    }
  }

  /** Returns if the transfer should be retried; throws if it should not. */
  async #recover(why: DownloadError): Promise<void> {
    if (this.#isCancelled) throw new DownloadError('cancelled')
    if (this.#paused !== undefined || why === this.#interruption) return
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
    await pause(wait, this.#stop.signal).catch(() => {}) // paused or cancelled: #persist knows which
  }

  async #ask(method: 'GET' | 'HEAD', signal: AbortSignal): Promise<Response> {
    this.#options.onAsk?.()
    const etag = this.#facts?.etag ?? ''
    const isResume = method === 'GET' && this.#received > 0 && etag !== ''
    if (this.#grant === undefined || !admits(this.#grant, isResume)) {
      this.#grant = await this.#unlessStalled(this.#options.grant(signal))
    }
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#grant.token}` }
    if (isResume) {
      headers['Range'] = `bytes=${this.#received}-`
      headers['If-Range'] = etag
    }
    const init: RequestInit = {
      method,
      headers,
      signal,
      cache: 'no-store', // the browser's cache must not answer in place of the service
      credentials: 'omit',
      redirect: 'error', // the token is for this host alone
      referrerPolicy: 'no-referrer',
    }
    return await this.#unlessStalled(this.#reach(this.#grant, init))
  }

  async #reach({ url, ownOriginUrl }: Grant, init: RequestInit): Promise<Response> {
    if (ownOriginUrl === undefined) return await reach(url, init)
    if (this.#usesOwnOrigin) return await fetch(ownOriginUrl, init)
    try {
      return await reach(url, init)
    } catch (cause) {
      if (init.signal?.aborted) throw cause
      const response = await fetch(ownOriginUrl, init).catch(() => undefined)
      if (response === undefined || !isOfService(response)) throw cause
      this.#usesOwnOrigin = true
      return response
    }
  }

  /** Decides where the content of a response is written; false if there is none to read. */
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

  /** "416 bytes *\/<size>" for the known version means that the file is already complete. */
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

/** Development servers answer every unknown path with their own page. */
function isOfService(response: Response): boolean {
  return (
    response.headers.get('Content-Disposition')?.startsWith('attachment') === true ||
    response.headers.get('Content-Type') === 'application/problem+json'
  )
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
