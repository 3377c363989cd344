// A queue of downloads: several run at once, up to a limit, in the order in which they were added.

import type { RetryPolicy } from './backoff.js'
import { Download, downloadId, type DownloadContext, type DownloadOptions } from './download.js'
import type { TypedTarget } from './events.js'
import { endpointProvider, type GrantProvider, type MediaRequest } from './media.js'
import { removePrivate } from './private_sink.js'
import { Records } from './records.js'

export interface ManagerOptions {
  /** The source of tokens; by default the token endpoint of this origin. */
  readonly provider?: GrantProvider
  /** Downloads at once; 3 by default. */
  readonly concurrency?: number
  readonly retry?: Partial<RetryPolicy>
  /** Milliseconds without a byte before a connection is closed; 30 s by default. */
  readonly stallTimeout?: number
  /** Address of the service worker (dist-package/sw.js) on this origin; '/sw.js' by default. */
  readonly serviceWorker?: string
  /**
   * Address of the script that writes to private storage (also sw.js); by default the library starts it from
   * a blob: URL. Needed if the page's Content-Security-Policy does not allow blob: in worker-src.
   */
  readonly storageWorker?: string
  /** The storage for records of unfinished downloads; localStorage by default. */
  readonly storage?: Storage
}

/** The time that a finished file stays in private storage, so that it can be saved again. */
const keptFor = 24 * 3600 * 1000

export interface ManagerEvents {
  readonly add: CustomEvent<Download>
  readonly remove: CustomEvent<Download>
}

/** Fires `add` and `remove` when the list changes; the downloads fire `change` themselves. */
export class DownloadManager extends (EventTarget as TypedTarget<ManagerEvents>) {
  readonly #context: DownloadContext
  readonly #concurrency: number
  #downloads: Download[] = []

  constructor(options: ManagerOptions = {}) {
    super()
    this.#concurrency = options.concurrency ?? 3
    this.#context = {
      provider: options.provider ?? endpointProvider(),
      records: new Records(options.storage),
      serviceWorker: options.serviceWorker ?? '/sw.js',
      ...(options.storageWorker && { storageWorker: options.storageWorker }),
      ...(options.retry && { retry: options.retry }),
      ...(options.stallTimeout !== undefined && { stallTimeout: options.stallTimeout }),
    }
  }

  get downloads(): readonly Download[] {
    return this.#downloads
  }

  find(media: MediaRequest): Download | undefined {
    const id = downloadId(media)
    return this.#downloads.find((each) => each.id === id)
  }

  /** Queues a download. Returns the existing one if the same file was added before. */
  add(media: MediaRequest, options: DownloadOptions = {}): Download {
    const known = this.find(media)
    if (known !== undefined) {
      known.resume()
      return known
    }
    return this.#enlist(new Download(media, this.#context, options))
  }

  /** Restores the downloads of an earlier visit; unfinished ones are paused. */
  async restore(): Promise<void> {
    for (const [id, record] of this.#context.records.all()) {
      if (record.isDone && Date.now() - record.changed > keptFor) {
        this.#context.records.remove(id)
        await removePrivate(id).catch(() => {})
      } else if (this.find(record.media) === undefined) {
        this.#enlist(Download.restore(record, this.#context))
      }
    }
  }

  /** Removes a download from the list and frees its resources. */
  async remove(download: Download): Promise<void> {
    await download.discard()
    this.#downloads = this.#downloads.filter((each) => each !== download)
    this.dispatchEvent(new CustomEvent('remove', { detail: download }))
  }

  #enlist(download: Download): Download {
    this.#downloads.push(download)
    download.addEventListener('change', () => this.#pump())
    this.dispatchEvent(new CustomEvent('add', { detail: download }))
    this.#pump()
    return download
  }

  #pump(): void {
    let free = this.#concurrency - this.#downloads.filter((each) => each.isActive).length
    for (const each of this.#downloads) {
      if (free <= 0) return
      if (each.snapshot.state === 'queued') {
        free--
        each.proceed()
      }
    }
  }
}
