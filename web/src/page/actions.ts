// The actions of a user on the videos of the list: start one or all, cancel, undo. It asks before one that could be
// expensive. How a single download goes on is not its business.

import {
  freeSpace,
  mediaKey,
  messageFor,
  pickFile,
  toDownloadError,
  type Download,
  type DownloadManager,
} from '../lib/index.js'
import type { Item } from './catalogue.js'
import { ask } from './dialog.js'
import { bytes } from './format.js'
import type { Preferences } from './preferences.js'
import type { Shelf } from './shelf.js'
import type { SnackOptions } from './snackbar.js'
import { words, type Words } from './text.js'

const many = 4 // downloads that are started together get one message together

export class Actions {
  readonly #manager: DownloadManager
  readonly #preferences: Preferences
  readonly #shelf: Shelf
  readonly #snack: (text: string, options?: SnackOptions) => void
  /** Downloads that were cancelled a moment ago, and can still be restored. */
  readonly #doomed = new Set<string>()
  #batch = { ids: new Set<string>(), done: 0, failed: 0 }

  constructor(
    manager: DownloadManager,
    preferences: Preferences,
    shelf: Shelf,
    snack: (text: string, options?: SnackOptions) => void,
  ) {
    this.#manager = manager
    this.#preferences = preferences
    this.#shelf = shelf
    this.#snack = snack
  }

  /** `keep`: in the page, not on the device. */
  async start(item: Item, keep: boolean): Promise<void> {
    if (isMetered() && (await this.#confirmed([item], keep)) === undefined) return
    await this.#add(item, keep)
  }

  async startAll(): Promise<void> {
    const items = this.#shelf.items.filter((item) => {
      const snapshot = this.#manager.find(item.media)?.snapshot
      if (snapshot?.error?.isPermanent) return false
      return ['cancelled', 'paused', 'failed'].includes(snapshot?.state ?? 'cancelled')
    })
    if (items.length === 0) return
    const answer = await this.#confirmed(items)
    if (answer === undefined) return
    if (items.length >= many) this.#batch = { ids: new Set(), done: 0, failed: 0 }
    for (const item of items) {
      await this.#add(item, answer === 'keep')
      if (items.length >= many) this.#batch.ids.add(this.#manager.find(item.media)?.id ?? '')
    }
  }

  cancel(download: Download, item: Item): void {
    const wasPaused = download.snapshot.state === 'paused'
    const card = this.#shelf.cards.get(mediaKey(item.media))
    download.pause()
    this.#doomed.add(download.id)
    if (card) card.isDoomed = true
    const undo = (): void => {
      if (!this.#doomed.delete(download.id)) return
      if (card) card.isDoomed = false
      if (!wasPaused) download.resume()
    }
    this.#snack(this.#words.cancelled(item.title), {
      action: { label: this.#words.undo, act: undo },
      onGone: () => void (this.#doomed.has(download.id) && this.#drop(download)),
    })
  }

  /** Whether it was started with many others that have not all ended. */
  isOfMany(download: Download): boolean {
    return this.#batch.ids.has(download.id)
  }

  /** Counts a download that has ended as one of many; false if it gets a message of its own. */
  counts(download: Download, isDone: boolean): boolean {
    const { ids } = this.#batch
    if (!ids.delete(download.id)) return false
    this.#batch[isDone ? 'done' : 'failed']++
    const { done, failed } = this.#batch
    if (ids.size === 0) this.#snack(this.#words.summed(done, failed), { isError: failed > 0 })
    return true
  }

  get #words(): Words {
    return words[this.#preferences.language]
  }

  async #add(item: Item, keep: boolean): Promise<void> {
    const { method, language } = this.#preferences
    try {
      const handle = method === 'picker' && !keep ? await pickFile(item.media.filename) : undefined
      const known = this.#manager.find(item.media)
      const isOver = known !== undefined && ['cancelled', 'done'].includes(known.snapshot.state)
      if (isOver || this.#doomed.has(known?.id ?? '')) await this.#drop(known!) // it may be saved another way now
      if (keep) void navigator.storage?.persist?.()
      const isPlain = keep || method === 'auto'
      this.#manager.add(item.media, handle ? { handle } : isPlain ? { keep } : { method })
    } catch (cause) {
      const why = toDownloadError(cause)
      if (why.code !== 'cancelled') this.#snack(messageFor(why, language), { isError: true })
    }
  }

  async #drop(download: Download): Promise<void> {
    this.#doomed.delete(download.id)
    await this.#manager.remove(download)
  }

  /** Asks how to save several videos, or one that would be expensive. */
  async #confirmed(items: readonly Item[], keep?: boolean): Promise<'save' | 'keep' | undefined> {
    const { language } = this.#preferences
    const text = this.#words
    const sizes = items.map((item) => this.#manager.find(item.media)?.snapshot.size ?? item.size)
    const size = sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0)
    const free = await freeSpace()
    const lines = [
      ...(isMetered() ? [text.askMetered] : []),
      ...(size > 0 ? [text.askSize(bytes(size, language), sizes.includes(undefined))] : []),
      ...(free !== undefined ? [text.askRoom(bytes(free, language))] : []),
      ...(free !== undefined && free < size ? [text.askFull] : []),
    ]
    const answers = [
      { value: 'save' as const, label: text.downloadLong },
      { value: 'keep' as const, label: text.keepLong },
    ].filter(({ value }) => keep === undefined || (value === 'keep') === keep)
    return await ask({ title: text.askTitle(items.length), lines, answers, closeLabel: text.close })
  }
}

/** Whether every byte costs the user something. */
function isMetered(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean; type?: string } }
  return connection?.saveData === true || connection?.type === 'cellular'
}
