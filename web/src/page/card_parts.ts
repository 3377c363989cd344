// The elements of a card. One is made for each language and heading; the others are copies of it, because a copy takes
// a fraction of the time. They have no listeners: the shelf has one for all, and `data-act` says what a button does.

import type { Language } from '../lib/index.js'
import { button, element, type Icon } from './dom.js'
import { words } from './text.js'

const pictures = {
  download: 'download',
  keep: 'keep',
  pause: 'pause',
  resume: 'play',
  retry: 'retry',
  cancel: 'close',
  again: 'save',
  save: 'save',
  remove: 'close',
} satisfies Readonly<Record<string, Icon>>

/** The buttons of a card. */
export type Action = keyof typeof pictures

/** Those of a video that has not been downloaded. The first one of a card is the large one. */
export const firstOffers: readonly Action[] = ['download', 'keep']

export interface Parts {
  readonly root: HTMLLIElement
  readonly poster: HTMLButtonElement
  readonly title: HTMLElement
  readonly meta: HTMLElement
  readonly bar: HTMLElement
  readonly fill: HTMLElement
  readonly state: HTMLElement
  readonly numbers: HTMLElement
  readonly buttons: HTMLElement
}

const made = new Map<string, HTMLLIElement>()

/** The parts of a card for a video that has not been downloaded; the texts about the video are missing. */
export function cardParts(heading: 'h2' | 'h3', language: Language): Parts {
  const key = heading + language
  let first = made.get(key)
  if (first === undefined) made.set(key, (first = makeFirst(heading, language)))
  const root = first.cloneNode(true) as HTMLLIElement
  const [poster, about, status, buttons] = root.children as unknown as [HTMLButtonElement, HTMLElement, HTMLElement, HTMLElement]
  const [title, meta] = about.children as unknown as [HTMLElement, HTMLElement]
  const [bar, state, numbers] = status.children as unknown as [HTMLElement, HTMLElement, HTMLElement]
  return { root, poster, title, meta, bar, fill: bar.firstElementChild as HTMLElement, state, numbers, buttons }
}

export function actionButtons(actions: readonly Action[], language: Language): HTMLButtonElement[] {
  return actions.map((action, i) => {
    const look = i === 0 ? 'primary' : action === 'keep' ? 'quiet' : 'quiet icon-only'
    return button({ class: look, 'data-act': action }, pictures[action], words[language][action])
  })
}

/** Fetched when it comes near the window. A picture that cannot be shown leaves the poster as it is without one. */
export function thumbnail(path: string): HTMLImageElement {
  return element('img', { loading: 'lazy', decoding: 'async', alt: '', src: path })
}

function makeFirst(heading: 'h2' | 'h3', language: Language): HTMLLIElement {
  const range = { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' }
  return element(
    'li',
    { class: 'card' },
    button({ class: 'poster', 'data-act': 'play' }, 'play', ''),
    element('div', { class: 'about' }, element(heading, { class: 'name', dir: 'auto', tabindex: '-1' }), element('p', { class: 'meta', dir: 'auto' })),
    element(
      'div',
      { class: 'status' },
      element('div', { class: 'bar', ...range }, element('div', { class: 'fill' })),
      element('span', { class: 'state' }),
      element('span', { class: 'numbers' }),
    ),
    element('div', { class: 'buttons' }, ...actionButtons(firstOffers, language)),
  )
}
