// One video: its title and the state of its download. Its height is the same in every state, so that
// the content below it does not move.

import { messageFor, type Download, type Snapshot } from '../lib/index.js'
import type { Item } from './catalogue.js'
import { button, element, setText, type Icon } from './dom.js'
import { bytes, duration, percent } from './format.js'
import type { Preferences } from './preferences.js'
import { apart, words, type Words } from './text.js'

export interface CardActions {
  /** `keep`: in the page, not on the device. */
  readonly start: (item: Item, keep: boolean) => void
  readonly cancel: (download: Download, item: Item) => void
  readonly remove: (download: Download) => void
  readonly play: (item: Item) => void
}

type Action =
  | 'download'
  | 'keep'
  | 'pause'
  | 'resume'
  | 'retry'
  | 'cancel'
  | 'again'
  | 'save'
  | 'remove'

const pictures: Readonly<Record<Action, Icon>> = {
  download: 'download',
  keep: 'keep',
  pause: 'pause',
  resume: 'play',
  retry: 'retry',
  cancel: 'close',
  again: 'save',
  save: 'save',
  remove: 'close',
}

/** Titles that are longer than two lines of a phone have a button that shows them in full. */
const longTitle = 60

/** Fetched when it comes near the window. A picture that cannot be shown leaves the poster as it is without one. */
function thumbnail(path: string): HTMLImageElement {
  const made = element('img', { loading: 'lazy', decoding: 'async', alt: '', src: path })
  made.addEventListener('error', () => made.remove())
  return made
}

/** The buttons of a state; the first is the large one. */
function offersOf(snapshot: Snapshot | undefined): readonly Action[] {
  switch (snapshot?.state) {
    case 'queued':
    case 'starting':
    case 'running':
    case 'waiting':
      return ['pause', 'cancel']
    case 'paused':
      return ['resume', 'cancel']
    case 'saving':
      return []
    case 'done':
      if (!snapshot.isHeld) return ['download', 'remove']
      return [snapshot.keep ? 'save' : 'again', 'remove']
    case 'failed':
      return snapshot.error?.isPermanent ? ['remove'] : ['retry', 'remove']
    default:
      return ['download', 'keep']
  }
}

export class Card {
  readonly root: HTMLLIElement
  readonly item: Item
  readonly #preferences: Preferences
  readonly #actions: CardActions
  readonly #title: HTMLElement
  readonly #poster: HTMLButtonElement
  readonly #meta = element('p', { class: 'meta', dir: 'auto' })
  readonly #bar = element('div', { class: 'bar' }, element('div', { class: 'fill' }))
  readonly #state = element('span', { class: 'state' })
  readonly #numbers = element('span', { class: 'numbers' })
  readonly #buttons = element('div', { class: 'buttons' })
  #download: Download | undefined
  #offered = ''
  #frame = 0
  #isDoomed = false

  constructor(item: Item, preferences: Preferences, actions: CardActions) {
    this.item = item
    this.#title = element(item.group === undefined ? 'h2' : 'h3', { class: 'name', dir: 'auto' })
    this.#preferences = preferences
    this.#actions = actions
    const kind = item.media.type
    const poster = button({ class: 'poster', 'data-kind': kind }, 'play', '', () => actions.play(item))
    this.#poster = poster
    if (item.thumbnail !== undefined) poster.prepend(thumbnail(item.thumbnail))
    const status = element('div', { class: 'status' }, this.#bar, this.#state, this.#numbers)
    const about = element('div', { class: 'about' }, this.#title, this.#meta)
    this.root = element('li', { class: item.thumbnail ? 'card wide' : 'card' }, poster, about, status, this.#buttons)
    this.#bar.setAttribute('role', 'progressbar')
    this.#bar.setAttribute('aria-valuemin', '0')
    this.#bar.setAttribute('aria-valuemax', '100')
    preferences.addEventListener('change', () => {
      this.#offered = ''
      this.#draw()
    })
    this.#drawTitle()
    this.#draw()
  }

  /** Draws it again if it shows seconds that count down. */
  tick(): void {
    if (this.#download?.snapshot.state === 'waiting') this.#draw()
  }

  /** Shows the download as cancelled, although it can still be restored. */
  set isDoomed(value: boolean) {
    this.#isDoomed = value
    this.#draw()
  }

  /** Shows the given download from now on, or none if undefined. */
  follow(download: Download | undefined): void {
    if (download === this.#download) return
    this.#download = download
    this.#isDoomed = false
    download?.addEventListener('change', () => {
      if (download !== this.#download) return
      if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw())
    })
    this.#draw()
  }

  get #words(): Words {
    return words[this.#preferences.language]
  }

  #draw(): void {
    this.#frame = 0
    const { language } = this.#preferences
    const { media, subtitle, duration: length } = this.item
    const snapshot = this.#isDoomed ? undefined : this.#download?.snapshot
    const size = snapshot?.size ?? this.item.size
    const state = snapshot?.state ?? 'cancelled'
    setText(
      this.#meta,
      [
        subtitle ?? this.#words.kinds[media.type],
        length === undefined ? '' : apart(duration(length)),
        size === undefined ? '' : apart(bytes(size, language)),
      ]
        .filter(Boolean)
        .join(' · '),
    )
    this.root.dataset['state'] = state
    this.#poster.setAttribute('aria-label', `${this.#words.watch} : ${this.item.title}`)
    this.#drawBar(snapshot)
    setText(this.#state, this.#stateText(snapshot))
    setText(this.#numbers, snapshot === undefined ? '' : this.#numberText(snapshot))
    this.#drawButtons(offersOf(snapshot))
  }

  #drawTitle(): void {
    const { title } = this.item
    if (title.length <= longTitle) {
      setText(this.#title, title)
      return
    }
    const more = element('button', { type: 'button', class: 'more', 'aria-expanded': 'false' }, element('span', {}, title))
    more.addEventListener('click', () => {
      const isOpen = this.root.toggleAttribute('data-open')
      more.setAttribute('aria-expanded', String(isOpen))
    })
    this.#title.replaceChildren(more)
  }

  #drawBar(snapshot: Snapshot | undefined): void {
    const share =
      snapshot?.state === 'done' ? 1 : snapshot?.size ? snapshot.received / snapshot.size : 0
    const fill = this.#bar.firstElementChild as HTMLElement
    fill.style.transform = `scaleX(${share})`
    this.#bar.setAttribute('aria-label', this.#words.progressOf(this.item.title))
    this.#bar.setAttribute('aria-valuenow', String(Math.floor(share * 100)))
    this.#bar.setAttribute('aria-valuetext', percent(share, this.#preferences.language))
  }

  #stateText(snapshot: Snapshot | undefined): string {
    const { language } = this.#preferences
    if (snapshot === undefined) return this.#words.states.cancelled
    const why = snapshot.error && messageFor(snapshot.error, language)
    if (snapshot.state === 'failed' && why) return why
    if (snapshot.error?.code === 'offline') return this.#words.offlineCard
    if (snapshot.state === 'waiting' && why && snapshot.until !== undefined) {
      const seconds = Math.max(1, Math.ceil((snapshot.until - Date.now()) / 1000))
      return this.#words.waitFor(why, seconds)
    }
    if (snapshot.state === 'running') {
      const speed = snapshot.speed > 0 ? `${bytes(snapshot.speed, language)}/s` : ''
      return [this.#percentOf(snapshot), speed].filter(Boolean).join(' · ')
    }
    if (snapshot.state === 'done' && snapshot.keep) return this.#words.states.held
    const state = this.#words.states[snapshot.state]
    if (!['starting', 'queued', 'paused'].includes(snapshot.state) || snapshot.received === 0) return state
    return [state, this.#percentOf(snapshot)].filter(Boolean).join(' · ')
  }

  #percentOf({ received, size }: Snapshot): string {
    return size ? percent(received / size, this.#preferences.language) : ''
  }

  #numberText(snapshot: Snapshot): string {
    const { language } = this.#preferences
    const { state, received, size, remaining } = snapshot
    if (state === 'running' && remaining !== undefined) {
      return remaining < 1 ? this.#words.soon : this.#words.left(duration(remaining))
    }
    if (['queued', 'starting', 'paused', 'waiting', 'failed'].includes(state) && size !== undefined && received > 0) {
      return this.#words.of(bytes(received, language), bytes(size, language))
    }
    return ''
  }

  #drawButtons(actions: readonly Action[]): void {
    const offered = actions.join()
    if (offered === this.#offered) return
    const hadFocus = this.#buttons.contains(document.activeElement)
    this.#offered = offered
    const made = actions.map((action, i) => {
      const look = i === 0 ? 'primary' : action === 'keep' ? 'quiet' : 'quiet icon-only'
      const one = button({ class: look }, pictures[action], this.#words[action], () =>
        this.#act(action),
      )
      const hasLong = action === 'download' || action === 'keep' || action === 'save'
      const label = hasLong ? this.#words[`${action}Long`] : this.#words[action]
      one.setAttribute('aria-label', `${label} : ${this.item.title}`)
      return one
    })
    this.#buttons.replaceChildren(...made)
    if (hadFocus) (made[0] ?? this.#title).focus()
  }

  #act(action: Action): void {
    const download = this.#download
    if (download === undefined || action === 'download' || action === 'keep') {
      this.#actions.start(this.item, action === 'keep')
    } else if (action === 'pause') {
      download.pause()
    } else if (action === 'resume' || action === 'retry') {
      download.resume()
    } else if (action === 'again' || action === 'save') {
      void download.saveAgain()
    } else if (action === 'remove') {
      this.#actions.remove(download)
    } else {
      this.#actions.cancel(download, this.item)
    }
  }
}
