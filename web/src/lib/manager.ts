// A queue of downloads: several run at once, up to a limit, in the order in which they were added.

import type { RetryPolicy } from './backoff.js'
import { Download } from './download.js'
import type { TypedTarget } from './events.js'
import { endpointProvider, mediaKey, type GrantProvider, type MediaRequest } from './media.js'
import { Records } from './records.js'
import type { DownloadContext, DownloadOptions } from './state.js'
import { Tabs, type Order, type TabMessage } from './tabs.js'

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

export interface ManagerEvents {
  readonly add: CustomEvent<Download>
  readonly remove: CustomEvent<Download>
}

/** Fires `add` and `remove` when the list changes; the downloads fire `change` themselves. */
export class DownloadManager extends (EventTarget as TypedTarget<ManagerEvents>) {
  readonly #context: DownloadContext
  readonly #concurrency: number
  readonly #tabs = new Tabs((message) => this.#hear(message))
  readonly #byMedia = new Map<string, Download>()
  #downloads: readonly Download[] = []

  constructor(options: ManagerOptions = {}) {
    super()
    this.#concurrency = options.concurrency ?? 3
    this.#context = {
      provider: options.provider ?? endpointProvider(),
      records: new Records(options.storage),
      tabs: this.#tabs,
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
    return this.#byMedia.get(mediaKey(media))
  }

  /** Queues a download. Returns the existing one if the same file was added before. */
  add(media: MediaRequest, options: DownloadOptions = {}): Download {
    const known = this.find(media)
    if (known !== undefined) {
      known.resume()
      return known
    }
    const download = this.#enlist(new Download(media, this.#context, options))
    download.resume()
    return download
  }

  /**
   * Restores the downloads of an earlier visit and those of other tabs. What was paused stays paused; what was
   * running continues, in this tab unless another one performs it.
   */
  async restore(): Promise<void> {
    this.#tabs.tell({ kind: 'who' })
    const restored = await Promise.all(
      this.#context.records
        .all()
        .filter(([, { media }]) => this.find(media) === undefined)
        .map(([, record]) => Download.restore(record, this.#context)),
    )
    for (const download of restored) {
      if (this.find(download.media) !== undefined) continue // another tab has told of it meanwhile
      this.#enlist(download)
      if (download.snapshot.state === 'queued') download.resume()
    }
  }

  /** Removes a download from the list and frees its resources. */
  async remove(download: Download): Promise<void> {
    await download.discard()
    this.#tabs.tell({ kind: 'removed', id: download.id })
    this.#forget(download)
  }

  #forget(download: Download): void {
    if (!this.#downloads.includes(download)) return
    this.#downloads = this.#downloads.filter((each) => each !== download)
    this.#byMedia.delete(mediaKey(download.media))
    this.dispatchEvent(new CustomEvent('remove', { detail: download }))
  }

  #enlist(download: Download): Download {
    this.#downloads = [...this.#downloads, download]
    this.#byMedia.set(mediaKey(download.media), download)
    download.addEventListener('change', () => this.#pump())
    this.dispatchEvent(new CustomEvent('add', { detail: download }))
    return download
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'who') {
      for (const each of this.#downloads) each.tellTabs()
      return
    }
    const known = this.#downloads.find((each) => each.id === message.id)
    if (message.kind === 'removed') {
      if (known !== undefined) this.#forget(known)
    } else if (message.kind === 'order') {
      if (known?.isMine) void this.#obey(known, message.order)
    } else if (known !== undefined) {
      known.mirror(message)
    } else if (message.state !== 'cancelled') {
      const { media, keep } = message
      const download = new Download(media, this.#context, { keep })
      download.mirror(message)
      this.#enlist(download)
    }
  }

  async #obey(download: Download, order: Order): Promise<void> {
    if (order === 'remove') await this.remove(download)
    else await download[order]()
  }

  #pump(): void {
    let free = this.#concurrency - this.#downloads.filter((each) => each.isActive).length
    for (const each of this.#downloads) {
      if (free <= 0) return
      if (each.isReady) {
        free--
        each.proceed()
      }
    }
  }
}
