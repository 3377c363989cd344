// One video: its title and the state of its download. Its height is the same in every state, so that
// the content below it does not move.

import { messageFor, type Download, type Snapshot } from '../lib/index.js'
import type { Item } from './catalogue.js'
import { button, element, icon, setText, type Icon } from './dom.js'
import { bytes, duration, percent } from './format.js'
import type { Preferences } from './preferences.js'
import { words, type Words } from './text.js'

export interface CardActions {
  readonly start: (item: Item) => void
  readonly remove: (download: Download) => void
}

type Action = 'download' | 'pause' | 'resume' | 'retry' | 'cancel' | 'again' | 'remove'

const pictures: Readonly<Record<Action, Icon>> = {
  download: 'download',
  pause: 'pause',
  resume: 'play',
  retry: 'retry',
  cancel: 'close',
  again: 'save',
  remove: 'close',
}

/** The buttons of each state; the first is the large one. */
const offers: Readonly<Record<Snapshot['state'], readonly Action[]>> = {
  queued: ['pause', 'cancel'],
  starting: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  waiting: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  saving: [],
  done: ['again', 'remove'],
  failed: ['retry', 'remove'],
  cancelled: ['download'],
}

export class Card {
  readonly root: HTMLLIElement
  readonly item: Item
  readonly #preferences: Preferences
  readonly #actions: CardActions
  readonly #title = element('h2', { class: 'name' })
  readonly #meta = element('p', { class: 'meta' })
  readonly #bar = element('div', { class: 'bar' }, element('div', { class: 'fill' }))
  readonly #state = element('span', { class: 'state' })
  readonly #numbers = element('span', { class: 'numbers' })
  readonly #buttons = element('div', { class: 'buttons' })
  #download: Download | undefined
  #offered = ''
  #frame = 0

  constructor(item: Item, preferences: Preferences, actions: CardActions) {
    this.item = item
    this.#preferences = preferences
    this.#actions = actions
    const kind = item.media.type
    const poster = element('span', { class: 'poster', 'data-kind': kind }, icon(kind))
    const status = element('div', { class: 'status' }, this.#bar, this.#state, this.#numbers)
    const about = element('div', { class: 'about' }, this.#title, this.#meta)
    this.root = element('li', { class: 'card' }, poster, about, status, this.#buttons)
    this.#bar.setAttribute('role', 'progressbar')
    this.#bar.setAttribute('aria-valuemin', '0')
    this.#bar.setAttribute('aria-valuemax', '100')
    preferences.addEventListener('change', () => {
      this.#offered = ''
      this.#draw()
    })
    setInterval(() => {
      if (this.#download?.snapshot.state === 'waiting') this.#draw() // the seconds count down
    }, 1000)
    this.#draw()
  }

  /** Shows the given download from now on, or none if undefined. */
  follow(download: Download | undefined): void {
    if (download === this.#download) return
    this.#download = download
    download?.addEventListener('change', () => {
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
    const { media, title, subtitle } = this.item
    const snapshot = this.#download?.snapshot
    const size = snapshot?.size ?? this.item.size
    const state = snapshot?.state ?? 'cancelled'
    setText(this.#title, title)
    setText(
      this.#meta,
      [subtitle ?? this.#words.kinds[media.type], size === undefined ? '' : bytes(size, language)]
        .filter(Boolean)
        .join(' · '),
    )
    this.root.dataset['state'] = state
    this.#drawBar(snapshot)
    setText(this.#state, this.#stateText(snapshot))
    setText(this.#numbers, snapshot === undefined ? '' : this.#numberText(snapshot))
    this.#drawButtons(offers[state])
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
    return this.#words.states[snapshot.state]
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
    if (['paused', 'waiting', 'failed'].includes(state) && size !== undefined && received > 0) {
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
      const look = i === 0 ? 'primary' : 'quiet icon-only'
      const one = button({ class: look }, pictures[action], this.#words[action], () =>
        this.#act(action),
      )
      one.setAttribute('aria-label', `${this.#words[action]} : ${this.item.title}`)
      return one
    })
    this.#buttons.replaceChildren(...made)
    if (hadFocus) (made[0] ?? this.#title).focus()
  }

  #act(action: Action): void {
    const download = this.#download
    if (download === undefined || action === 'download') {
      this.#actions.start(this.item)
    } else if (action === 'pause') {
      download.pause()
    } else if (action === 'resume' || action === 'retry') {
      download.resume()
    } else if (action === 'again') {
      void download.saveAgain()
    } else if (action === 'remove') {
      this.#actions.remove(download)
    } else {
      void download.cancel()
    }
  }
}
