// One video: its title and the state of its download. Its height is the same in every state, so that
// the content below it does not move.

import { messageFor, type Download, type Snapshot } from '../lib/index.js'
import { actionButtons, cardParts, firstOffers, thumbnail, type Action, type Parts } from './card_parts.js'
import type { Item } from './catalogue.js'
import { element, setText } from './dom.js'
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

/** Titles that are longer than two lines of a phone have a button that shows them in full. */
const longTitle = 60

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
      return firstOffers
  }
}

export class Card {
  readonly item: Item
  readonly #preferences: Preferences
  readonly #actions: CardActions
  readonly #parts: Parts
  #download: Download | undefined
  #offered = firstOffers
  #frame = 0
  #isDoomed = false

  constructor(item: Item, preferences: Preferences, actions: CardActions) {
    this.item = item
    this.#preferences = preferences
    this.#actions = actions
    this.#parts = cardParts(item.group === undefined ? 'h2' : 'h3', preferences.language)
    const { root, poster } = this.#parts
    poster.dataset['kind'] = item.media.type
    if (item.thumbnail !== undefined) {
      root.classList.add('wide')
      poster.prepend(thumbnail(item.thumbnail))
    }
    this.#drawTitle()
    this.#label()
    this.#draw()
  }

  get root(): HTMLElement {
    return this.#parts.root
  }

  /** Writes it again in the language of the page. */
  translate(): void {
    this.#drawButtons(this.#offered, true)
    this.#label()
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

  /** Does what the pressed button says in `data-act`. */
  press(action: string | undefined): void {
    if (action === 'play') this.#actions.play(this.item)
    else if (action === 'more') this.#openTitle()
    else if (action !== undefined) this.#act(action as Action)
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
      this.#parts.meta,
      [
        subtitle ?? this.#words.kinds[media.type],
        length === undefined ? '' : apart(duration(length)),
        size === undefined ? '' : apart(bytes(size, language)),
      ]
        .filter(Boolean)
        .join(' · '),
    )
    const { root, state: stateLine, numbers } = this.#parts
    root.dataset['state'] = state
    this.#drawBar(snapshot)
    setText(stateLine, this.#stateText(snapshot))
    setText(numbers, snapshot === undefined ? '' : this.#numberText(snapshot))
    this.#drawButtons(offersOf(snapshot))
  }

  #drawTitle(): void {
    const { title } = this.#parts
    const text = this.item.title
    if (text.length <= longTitle) {
      title.textContent = text
      return
    }
    title.classList.add('long')
    const attributes = { type: 'button', class: 'more', 'data-act': 'more', 'aria-expanded': 'false' }
    title.append(element('button', attributes, element('span', {}, text)))
  }

  #openTitle(): void {
    const isOpen = this.root.toggleAttribute('data-open')
    this.#parts.title.firstElementChild!.setAttribute('aria-expanded', String(isOpen))
  }

  #drawBar(snapshot: Snapshot | undefined): void {
    const share =
      snapshot?.state === 'done' ? 1 : snapshot?.size ? snapshot.received / snapshot.size : 0
    const { bar, fill } = this.#parts
    if (share > 0 || fill.style.transform !== '') fill.style.transform = `scaleX(${share})`
    bar.setAttribute('aria-valuenow', String(Math.floor(share * 100)))
    bar.setAttribute('aria-valuetext', percent(share, this.#preferences.language))
  }

  /** Names its controls after the video, for those who do not see where they stand. */
  #label(): void {
    const { poster, bar, buttons } = this.#parts
    const { title } = this.item
    const text = this.#words
    poster.setAttribute('aria-label', `${text.watch} : ${title}`)
    bar.setAttribute('aria-label', text.progressOf(title))
    this.#offered.forEach((action, i) => {
      const hasLong = action === 'download' || action === 'keep' || action === 'save'
      buttons.children[i]!.setAttribute('aria-label', `${hasLong ? text[`${action}Long`] : text[action]} : ${title}`)
    })
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

  #drawButtons(actions: readonly Action[], isTranslated = false): void {
    if (actions.join() === this.#offered.join() && !isTranslated) return
    const { buttons, title } = this.#parts
    const { activeElement } = document
    const hadFocus = buttons.contains(activeElement) || activeElement === title // while there is no button
    this.#offered = actions
    buttons.replaceChildren(...actionButtons(actions, this.#preferences.language))
    this.#label()
    if (hadFocus) ((buttons.firstElementChild as HTMLElement | null) ?? title).focus({ preventScroll: true })
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
