// One download as a user sees it: started, paused, resumed, failed, retried, saved.

import { Claim } from './claim.js'
import { DownloadError, toDownloadError } from './errors.js'
import type { TypedTarget } from './events.js'
import { mediaKey, type Grant, type MediaRequest } from './media.js'
import { checkMethod, chooseMethod, type Method } from './method.js'
import { Meter } from './meter.js'
import { openPrivate, PrivateSink, removePrivate, savePrivate } from './private_sink.js'
import type { WorkerMessage } from './protocol.js'
import type { DownloadRecord } from './records.js'
import { Sha256 } from './sha256.js'
import { MemorySink, PickedSink, type PageSink } from './sinks.js'
import { busy, type DownloadContext, type DownloadEvents, type DownloadOptions, type Snapshot, type State } from './state.js'
import type { Order, Picture } from './tabs.js'
import { Transfer, type FileFacts } from './transfer.js'
import { WorkerDownload } from './worker_client.js'

const pictureInterval = 200 // milliseconds between two pictures of progress for the other tabs
const lastPicture = 500 // milliseconds until the last picture of another tab has arrived, or never will

/** Milliseconds for which the browser may still be copying a file that it was handed (at 10 MB/s). */
function copyTime(size: number): number {
  return 60_000 + size / 10_000
}

let lastAdded = 0

/** Fires `change` whenever `snapshot` has changed. */
export class Download extends (EventTarget as TypedTarget<DownloadEvents>) {
  readonly id: string
  readonly media: MediaRequest
  readonly #context: DownloadContext
  readonly #claim: Claim
  readonly #meter = new Meter()
  #options: DownloadOptions
  #facts: FileFacts | undefined
  #method: Method | undefined
  #transfer: Transfer | undefined
  #heldGrant: Grant | undefined // outlives a failure: its resume window may be open when no other is given
  #worker: WorkerDownload | undefined
  #sink: PageSink | undefined // outlives a failure, so that a retry can resume
  #received = 0
  #isRunning = false
  #isHeld = false
  #snapshot: Snapshot
  #added = (lastAdded = Math.max(Date.now(), lastAdded + 1)) // keeps the order over a reload
  #told = 0 // the time of the last picture
  #freeing: ReturnType<typeof setTimeout> | undefined

  constructor(media: MediaRequest, context: DownloadContext, options: DownloadOptions = {}) {
    super()
    this.media = media
    this.id = downloadId(media)
    this.#context = context
    this.#options = options.handle ? { ...options, method: 'picker' } : options
    this.#snapshot = this.#picture('paused', {})
    this.#claim = new Claim(`sluice:${this.id}`, {
      onMine: () => this.dispatchEvent(new Event('change')),
      onOther: () => this.#order('resume'),
      onFree: () => this.#inherit(),
    })
  }

  /** A download that an earlier visit left in private storage. Unless it was paused, it is queued. */
  static async restore(record: DownloadRecord, context: DownloadContext): Promise<Download> {
    const { facts, keep, isDone, isPaused, added, changed } = record
    const download = new Download(record.media, context, { method: 'private', keep })
    download.#added = added
    const held = facts && (await openPrivate(download.id))
    if (held) {
      download.#facts = facts
      download.#received = Math.min(held.size, facts.size)
    }
    download.#method = 'private'
    if (!isDone || !held) {
      download.#show(isPaused ? 'paused' : 'queued')
      return download
    }
    download.#isHeld = true
    download.#show('done')
    if (!keep) download.#freeAt(changed + copyTime(held.size))
    return download
  }

  get name(): string {
    return this.media.filename
  }
  get snapshot(): Snapshot {
    return this.#snapshot
  }
  /** Whether it occupies one of the places of the queue of this tab. */
  get isActive(): boolean {
    return !this.#claim.isOther && this.#isBusy && this.#snapshot.state !== 'queued'
  }
  /** Whether proceed() can start it. */
  get isReady(): boolean {
    return this.#claim.isMine && this.#snapshot.state === 'queued'
  }
  /** Whether this tab performs it. */
  get isMine(): boolean {
    return this.#claim.isMine
  }
  get #isBusy(): boolean {
    return busy.includes(this.#snapshot.state)
  }

  pause(): void {
    if (!this.#isBusy) return
    if (this.#claim.isOther) return this.#order('pause')
    this.#transfer?.pause()
    this.#worker?.tell({ kind: 'pause' })
    this.#meter.reset()
    this.#set('paused')
  }

  /** Puts it into the queue, also after a failure. */
  resume(): void {
    if (this.#claim.isOther) return this.#order('resume')
    if (this.isActive || this.#snapshot.state === 'done') return
    this.#set('queued')
    this.#claim.take()
  }

  /** Ends it and deletes the received bytes. */
  async cancel(): Promise<void> {
    if (this.#claim.isOther) return this.#order('cancel')
    this.#transfer?.cancel()
    this.#worker?.tell({ kind: 'cancel' })
    this.#set('cancelled')
    if (!this.#isRunning) await this.#discard()
  }

  /** Hands the finished file to the browser once more. */
  async saveAgain(): Promise<void> {
    if (!this.#isHeld) return
    await savePrivate(this.id, this.name, this.#facts!.type)
    if (!this.#options.keep) this.#freeAt(Date.now() + copyTime(this.#facts!.size))
  }

  /** The complete file, if private storage holds it: for a `<video>`, through URL.createObjectURL(). */
  async file(): Promise<Blob | undefined> {
    const file = this.#isHeld ? await openPrivate(this.id) : undefined
    return file?.slice(0, file.size, this.#facts?.type)
  }

  /** Frees its resources; for a download that is removed from the list. */
  async discard(): Promise<void> {
    if (this.#claim.isOther) return this.#order('remove')
    if (this.#isRunning) await this.cancel()
    else await this.#discard()
    this.#claim.release()
  }

  /** Starts or continues the download. The queue calls it. */
  proceed(): void {
    if (!this.isReady) return
    this.#set('starting')
    if (this.#isRunning) {
      this.#transfer?.resume()
      this.#worker?.tell({ kind: 'resume' })
    } else {
      this.#isRunning = true
      void this.#run()
    }
  }

  /** Another tab performs this download and sent its state. */
  mirror(picture: Picture): void {
    if (this.#claim.isMine || this.#isRunning) return
    this.#facts = picture.facts
    this.#method = picture.method
    this.#received = picture.received
    this.#isHeld = picture.isHeld
    this.#options = { ...this.#options, keep: picture.keep }
    const { state, speed, remaining, error, until } = picture
    this.#show(state, { speed, remaining, until, error: error && new DownloadError(error) })
    if (this.#isBusy) this.#claim.follow()
    else this.#claim.release()
  }

  /** Tells the other tabs the state, if this one performs the download. */
  tellTabs(): void {
    if (this.#claim.isMine) this.#tell()
  }

  async #run(): Promise<void> {
    try {
      await this.#download()
      this.#set('done')
    } catch (cause) {
      await this.#fail(toDownloadError(cause))
    } finally {
      this.#isRunning = false
      this.#heldGrant = this.#received > 0 ? this.#transfer?.grant : undefined
      this.#transfer = undefined
      this.#worker = undefined
      this.#settle()
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
    this.#method ??= this.#options.keep ? 'private' : (wanted ?? (await chooseMethod(size, size)))
    this.#remember()
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
      await sink.finish(this.#options.keep ? undefined : this.name, this.#facts!.type)
      this.#sink = undefined
      this.#isHeld = method === 'private'
      if (!this.#options.keep && this.#isHeld) this.#freeAt(Date.now() + copyTime(size))
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
          this.#remember()
        },
        onProgress: (received) => this.#progressed(received),
        onWait: (why, until) => this.#waits(why, until),
      },
      this.#facts,
      this.#heldGrant,
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

  /** Only private storage survives a visit, so only downloads that use it are recorded. */
  #remember(): void {
    const { records } = this.#context
    const { state, error } = this.#snapshot
    const isLasting = (this.#method ?? this.#options.method ?? 'private') === 'private'
    const isOver = state === 'cancelled' || error?.isPermanent
    if (!isLasting || isOver || (state === 'done' && !this.#isHeld)) {
      records.remove(this.id)
      return
    }
    records.save(this.id, {
      media: this.media,
      isDone: state === 'done',
      isPaused: !this.#isBusy,
      keep: this.#options.keep ?? false,
      added: this.#added,
      changed: Date.now(),
      ...(this.#facts && { facts: this.#facts }),
    })
  }

  /** The private copy of a file that was handed to the browser goes when the browser has copied it. */
  #freeAt(time: number): void {
    clearTimeout(this.#freeing)
    const wait = Math.max(0, time - Date.now())
    this.#freeing = setTimeout(() => void this.#free(), Math.min(wait, 2 ** 31 - 1))
  }

  async #free(): Promise<void> {
    await removePrivate(this.id).catch(() => {})
    this.#isHeld = false
    this.#set('done')
    this.#remember()
  }

  /**
   * The tab that performed it has finished or is gone. If it has finished, the picture that says so may arrive
   * later than the lock, because locks and messages have no common order.
   */
  #inherit(): void {
    this.dispatchEvent(new Event('change'))
    if (this.#isBusy) setTimeout(() => this.#continue(), lastPicture)
  }

  #continue(): void {
    if (!this.#isBusy || !this.#claim.isFree) return
    this.#show('queued')
    this.resume()
  }

  async #discard(): Promise<void> {
    clearTimeout(this.#freeing)
    this.#context.records.remove(this.id)
    await this.#sink?.abandon()
    this.#sink = undefined
    this.#facts = undefined
    this.#heldGrant = undefined
    this.#received = 0
    this.#isHeld = false
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
      keep: this.#options.keep ?? false,
      isHeld: this.#isHeld,
      ...more,
    }
  }

  #set(state: State, more: Partial<Snapshot> = {}): void {
    const isNew = state !== this.#snapshot.state
    this.#show(state, more)
    if (isNew) this.#remember()
    if (isNew || Date.now() - this.#told > pictureInterval) this.#tell()
    this.#settle()
  }

  #show(state: State, more: Partial<Snapshot> = {}): void {
    this.#snapshot = this.#picture(state, more)
    this.dispatchEvent(new Event('change'))
  }

  /** Another tab may continue it as soon as this one does not. */
  #settle(): void {
    if (!this.#isRunning && !this.#isBusy) this.#claim.release()
  }

  #order(order: Order): void {
    this.#context.tabs.tell({ kind: 'order', id: this.id, order })
  }

  #tell(): void {
    this.#told = Date.now()
    const { size: _, error, ...snapshot } = this.#snapshot
    const { id, media } = this
    const picture = { ...snapshot, id, media, facts: this.#facts, error: error?.facts }
    this.#context.tabs.tell({ kind: 'picture', ...picture })
  }
}

/** The name of the file in private storage: equal for equal media, and safe as a file name. */
export function downloadId(media: MediaRequest): string {
  const digest = new Sha256().update(new TextEncoder().encode(mediaKey(media))).digest()
  return Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
