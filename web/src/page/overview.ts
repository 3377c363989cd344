// All downloads together: the total in the page and in the title of the tab, what the page keeps, and one
// message at the end of many.

import type { DownloadManager, MediaRequest, Snapshot } from '../lib/index.js'
import { byId, setText } from './dom.js'
import { bytes, duration, percent } from './format.js'
import type { Preferences } from './preferences.js'
import { words } from './text.js'

const interval = 250

export class Overview {
  readonly #manager: DownloadManager
  readonly #preferences: Preferences
  readonly #sizeOf: (media: MediaRequest) => number | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `sizeOf`: what the list says about the size of a file that has not begun. */
  constructor(manager: DownloadManager, preferences: Preferences, sizeOf: (media: MediaRequest) => number | undefined) {
    this.#manager = manager
    this.#preferences = preferences
    this.#sizeOf = sizeOf
    byId('pause-all').addEventListener('click', () => this.#toggle())
  }

  /** Draws it again soon. */
  schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.draw()
    }, interval)
  }

  draw(): void {
    const all = this.#snapshots()
    const open = all.filter(({ state }) => isGoing(state) || state === 'paused')
    const share = shareOf(all)
    const { language } = this.#preferences
    const isGoingOn = all.some(({ state }) => isGoing(state))
    document.title = [isGoingOn ? percent(share, language) : '', words[language].brand]
      .filter(Boolean)
      .join(' · ')
    const box = byId('overview')
    if (all.length > 1 && open.length > 0) box.hidden = false // and stays, so that nothing moves at the end
    if (!box.hidden) this.#drawTotal(all, share, isGoingOn)
    void this.#drawShelf()
  }

  #snapshots(): Snapshot[] {
    return this.#manager.downloads
      .map(({ snapshot, media }) => ({ ...snapshot, size: snapshot.size ?? this.#sizeOf(media) }))
      .filter(({ state }) => state !== 'cancelled' && state !== 'failed')
  }

  #drawTotal(all: readonly Snapshot[], share: number, isGoingOn: boolean): void {
    const { language } = this.#preferences
    const text = words[language]
    const done = all.filter(({ state }) => state === 'done').length
    const speed = all.reduce((sum, one) => sum + one.speed, 0)
    const left = all.reduce((sum, one) => sum + missing(one), 0)
    const parts = [text.total(done, all.length), percent(share, language)]
    if (speed > 0) parts.push(text.left(duration(left / speed)))
    setText(byId('total-text'), parts.join(' · '))
    const bar = byId('total')
    bar.setAttribute('aria-label', text.totalLabel)
    bar.setAttribute('aria-valuenow', String(Math.floor(share * 100)))
    ;(bar.firstElementChild as HTMLElement).style.transform = `scaleX(${share})`
    const button = byId<HTMLButtonElement>('pause-all')
    setText(button, isGoingOn ? text.pauseAll : text.resumeAll)
    button.disabled = !isGoingOn && !all.some(({ state }) => state === 'paused')
  }

  /** What is kept here, and the room that is left. */
  async #drawShelf(): Promise<void> {
    const { language } = this.#preferences
    const kept = this.#snapshots().filter(({ isHeld, keep }) => isHeld && keep)
    if (kept.length === 0) return setText(byId('kept'), '')
    const used = kept.reduce((sum, { size = 0 }) => sum + size, 0)
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {}
    const free = bytes(Math.max(0, quota - usage), language)
    setText(byId('kept'), words[language].shelf(kept.length, bytes(used, language), free))
  }

  #toggle(): void {
    const going = this.#manager.downloads.filter(({ snapshot }) => isGoing(snapshot.state))
    if (going.length > 0) {
      // The queue first: a place that becomes free must not start the next one.
      const queued = going.filter(({ snapshot }) => snapshot.state === 'queued')
      for (const each of [...queued, ...going]) each.pause()
      return
    }
    for (const each of this.#manager.downloads) if (each.snapshot.state === 'paused') each.resume()
  }
}

function isGoing(state: Snapshot['state']): boolean {
  return ['queued', 'starting', 'running', 'waiting', 'saving'].includes(state)
}

function missing({ state, size = 0, received }: Snapshot): number {
  return state === 'done' ? 0 : Math.max(0, size - received)
}

/** By bytes where every size is known, else by files. */
function shareOf(all: readonly Snapshot[]): number {
  if (all.length === 0) return 0
  const isSized = all.every(({ size }) => size !== undefined)
  if (!isSized) return all.filter(({ state }) => state === 'done').length / all.length
  const total = all.reduce((sum, { size = 0 }) => sum + size, 0)
  return total === 0 ? 0 : 1 - all.reduce((sum, one) => sum + missing(one), 0) / total
}
