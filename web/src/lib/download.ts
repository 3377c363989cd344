// One download as a user sees it: started, paused, resumed, failed, retried, saved.

import type { RetryPolicy } from './backoff.js'
import { DownloadError, toDownloadError } from './errors.js'
import type { TypedTarget } from './events.js'
import { mediaKey, type Grant, type GrantProvider, type MediaRequest } from './media.js'
import { checkMethod, chooseMethod, type Method } from './method.js'
import { Meter } from './meter.js'
import { PrivateSink, removePrivate, savePrivate } from './private_sink.js'
import type { WorkerMessage } from './protocol.js'
import type { DownloadRecord, Records } from './records.js'
import { Sha256 } from './sha256.js'
import { MemorySink, PickedSink, type PageSink } from './sinks.js'
import { Transfer, type FileFacts } from './transfer.js'
import { WorkerDownload } from './worker_client.js'

export type State =
  | 'queued' // waits for its turn
    | 'starting' // requests a token and the facts of the file
  | 'running'
    | 'waiting' // for the network or the service; continues by itself
  | 'paused'
  | 'saving'
  | 'done'
  | 'failed'
  | 'cancelled'

export interface Snapshot {
  readonly state: State
  readonly received: number
  /** Undefined until the service has reported it. */
  readonly size: number | undefined
  /** Bytes per second over the last seconds. */
  readonly speed: number
  /** Seconds; undefined while unknown. */
  readonly remaining: number | undefined
  /** Why it failed or waits. */
  readonly error: DownloadError | undefined
  /** While waiting: the time at which it continues (milliseconds since the Unix epoch). */
  readonly until: number | undefined
  readonly method: Method | undefined
}

export interface DownloadOptions {
  /** How it is saved; by default what fits this browser and the size best. */
  readonly method?: Method
  /** The file the user picked; implies `picker`. */
  readonly handle?: FileSystemFileHandle
}

export interface DownloadContext {
  readonly provider: GrantProvider
  readonly records: Records
  readonly serviceWorker: string
  readonly storageWorker?: string
  readonly retry?: Partial<RetryPolicy>
  readonly stallTimeout?: number
}

export interface DownloadEvents {
  readonly change: Event
}

/** Fires `change` whenever `snapshot` has changed. */
export class Download extends (EventTarget as TypedTarget<DownloadEvents>) {
  readonly id: string
  readonly media: MediaRequest
  readonly #context: DownloadContext
  readonly #options: DownloadOptions
  readonly #meter = new Meter()
  #facts: FileFacts | undefined
  #method: Method | undefined
  #transfer: Transfer | undefined
  #worker: WorkerDownload | undefined
    #sink: PageSink | undefined // outlives a failure, so that a retry can resume
  #received = 0
  #isRunning = false
  #snapshot: Snapshot

  constructor(media: MediaRequest, context: DownloadContext, options: DownloadOptions = {}) {
    super()
    this.media = media
    this.id = downloadId(media)
    this.#context = context
    this.#options = options.handle ? { ...options, method: 'picker' } : options
    this.#snapshot = this.#picture('queued', {})
  }

  /** A download that an earlier visit left in private storage. */
  static restore(record: DownloadRecord, context: DownloadContext): Download {
    const download = new Download(record.media, context, { method: 'private' })
    download.#facts = record.facts
    download.#received = record.isDone ? record.facts.size : 0
    download.#method = 'private'
    download.#set(record.isDone ? 'done' : 'paused')
    return download
  }

  get name(): string {
    return this.media.filename
  }
  get snapshot(): Snapshot {
    return this.#snapshot
  }
  /** Whether it occupies one of the places of the queue. */
  get isActive(): boolean {
    return ['starting', 'running', 'waiting', 'saving'].includes(this.#snapshot.state)
  }

  pause(): void {
    if (!this.isActive && this.#snapshot.state !== 'queued') return
    this.#transfer?.pause()
    this.#worker?.tell({ kind: 'pause' })
    this.#meter.reset()
    this.#set('paused')
  }

  /** Puts it back into the queue, also after a failure. */
  resume(): void {
    if (['paused', 'failed', 'cancelled'].includes(this.#snapshot.state)) this.#set('queued')
  }

  /** Ends it and deletes the received bytes. */
  async cancel(): Promise<void> {
    this.#transfer?.cancel()
    this.#worker?.tell({ kind: 'cancel' })
    this.#set('cancelled')
    if (!this.#isRunning) await this.#discard()
  }

  /** Hands the finished file to the browser once more. */
  async saveAgain(): Promise<void> {
    if (this.#snapshot.state !== 'done' || this.#method !== 'private') return
    await savePrivate(this.id, this.name, this.#facts!.type)
  }

  /** Frees its resources; for a download that is removed from the list. */
  async discard(): Promise<void> {
    if (this.#isRunning) await this.cancel()
    else await this.#discard()
  }

  /** Starts or continues the download. The queue calls it. */
  proceed(): void {
    if (this.#snapshot.state !== 'queued') return
    this.#set('starting')
    if (this.#isRunning) {
      this.#transfer?.resume()
      this.#worker?.tell({ kind: 'resume' })
    } else {
      this.#isRunning = true
      void this.#run()
    }
  }

  async #run(): Promise<void> {
    try {
      await this.#download()
      this.#set('done')
    } catch (cause) {
      await this.#fail(toDownloadError(cause))
    } finally {
      this.#isRunning = false
      this.#transfer = undefined
      this.#worker = undefined
    }
  }

  async #fail(why: DownloadError): Promise<void> {
    if (why.code === 'cancelled' || this.#snapshot.state === 'cancelled') {
      await this.#discard()
      if (this.#snapshot.state !== 'cancelled') this.#set('cancelled')
      return
    }
    if (why.code === 'digest-mismatch' || why.code === 'changed') await this.#discard()
    this.#set('failed', { error: why })
  }

  async #download(): Promise<void> {
    const wanted = this.#options.method
    this.#transfer = this.#newTransfer()
    this.#facts ??= await this.#transfer.probe()
    const { size } = this.#facts
    this.#method ??= wanted ?? (await chooseMethod(size, size))
    if (this.#method === 'worker') {
      await checkMethod('worker', size, size)
      await this.#toBrowser()
    } else {
      await this.#toSink(this.#method, this.#transfer)
    }
  }

  async #toSink(method: Exclude<Method, 'worker'>, transfer: Transfer): Promise<void> {
    const { size } = this.#facts!
    const sink = (this.#sink ??= await this.#openSink(method))
    try {
      this.#received = sink.size
      await checkMethod(method, size, size - sink.size)
      await transfer.run(sink, sink.size)
      this.#set('saving')
      await sink.finish(this.name, this.#facts!.type)
      this.#remember(true)
      this.#sink = undefined
    } catch (cause) {
      if (!(await sink.release())) this.#sink = undefined
      throw cause
    }
  }

  async #openSink(method: Exclude<Method, 'worker'>): Promise<PageSink> {
    if (method === 'private') {
      return await PrivateSink.open(this.id, this.#facts!.size, this.#context.storageWorker)
    }
    if (method === 'memory') return new MemorySink()
    if (this.#options.handle === undefined) throw new DownloadError('unsupported')
    return await PickedSink.open(this.#options.handle)
  }

  async #toBrowser(): Promise<void> {
    const worker = new WorkerDownload(this.#context.serviceWorker, {
      grant: () => this.#grant(AbortSignal.timeout(30_000)),
      onMessage: (message) => this.#hear(message),
    })
    this.#worker = worker
    await worker.run(crypto.randomUUID(), this.name)
  }

  #hear(message: WorkerMessage): void {
    switch (message.kind) {
      case 'asking':
        this.#asks()
        break
      case 'facts':
        this.#facts = message.facts
        break
      case 'progress':
        this.#progressed(message.received)
        break
      case 'waiting':
        this.#waits(new DownloadError(message.error), message.until)
        break
    }
  }

  #newTransfer(): Transfer {
    const { retry, stallTimeout } = this.#context
    return new Transfer(
      {
        grant: (signal) => this.#grant(signal),
        ...(retry && { retry }),
        ...(stallTimeout !== undefined && { stallTimeout }),
        onAsk: () => this.#asks(),
        onFacts: (facts) => {
          this.#facts = facts
          this.#remember(false)
        },
        onProgress: (received) => this.#progressed(received),
        onWait: (why, until) => this.#waits(why, until),
      },
      this.#facts,
    )
  }

  #grant(signal: AbortSignal): Promise<Grant> {
    return this.#context.provider(this.media, signal)
  }

  #asks(): void {
    if (this.#snapshot.state !== 'starting' && this.isActive) this.#set('starting')
  }

  #progressed(received: number): void {
    this.#received = received
    this.#meter.add(received)
    if (this.isActive) this.#set('running')
  }

  #waits(error: DownloadError, until: number): void {
    this.#meter.reset()
    if (this.isActive) this.#set('waiting', { error, until })
  }

  /** Only private storage survives a visit, so only such downloads are recorded. */
  #remember(isDone: boolean): void {
    if (this.#method !== 'private') return
    this.#context.records.save(this.id, {
      media: this.media,
      facts: this.#facts!,
      isDone,
      changed: Date.now(),
    })
  }

  async #discard(): Promise<void> {
    this.#context.records.remove(this.id)
    await this.#sink?.abandon()
    this.#sink = undefined
    this.#facts = undefined
    this.#received = 0
    this.#meter.reset()
    if (this.#method === 'private') await removePrivate(this.id)
    this.#method = undefined
  }

  #picture(state: State, more: Partial<Snapshot>): Snapshot {
    const size = this.#facts?.size
    return {
      state,
      received: this.#received,
      size,
      speed: state === 'running' ? this.#meter.speed() : 0,
      remaining: size === undefined ? undefined : this.#meter.remaining(size, this.#received),
      error: undefined,
      until: undefined,
      method: this.#method,
      ...more,
    }
  }

  #set(state: State, more: Partial<Snapshot> = {}): void {
    this.#snapshot = this.#picture(state, more)
    this.dispatchEvent(new Event('change'))
  }
}

/** The name of the file in private storage: equal for equal media, and safe as a file name. */
export function downloadId(media: MediaRequest): string {
  const digest = new Sha256().update(new TextEncoder().encode(mediaKey(media))).digest()
  return Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
