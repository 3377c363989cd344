// The cards of the page, in groups. They are made a few at a time, so that a long list does not block a
// phone; the style leaves out the layout of those that are not on the screen.

import { mediaKey } from '../lib/index.js'
import type { Card } from './card.js'
import type { Item } from './catalogue.js'
import { element } from './dom.js'

const perFrame = 16

export class Shelf {
  readonly cards = new Map<string, Card>()
  readonly #host: HTMLElement
  readonly #make: (item: Item) => Card
  readonly #groups = new Map<string, HTMLElement>()
  #items = new Map<string, Item>()
  #waiting: Item[] = []
  #search = ''
  #frame = 0

  constructor(host: HTMLElement, make: (item: Item) => Card) {
    this.#host = host
    this.#make = make
  }

  get items(): readonly Item[] {
    return [...this.#items.values()]
  }

  /** Shows these items; cards of the same items stay as they are. */
  replace(items: readonly Item[]): void {
    const known = this.#items
    this.#items = new Map(items.map((item) => [mediaKey(item.media), item]))
    const isSame = JSON.stringify([...known.values()]) === JSON.stringify(this.items)
    if (isSame && this.#host.getAttribute('aria-busy') === 'false') return
    this.#host.replaceChildren()
    this.#groups.clear()
    this.cards.clear()
    this.#waiting = this.items.slice()
    this.#host.setAttribute('aria-busy', 'false')
    this.#placeSome()
  }

  /** Adds one item at the end, unless it is there already. */
  add(item: Item): void {
    const key = mediaKey(item.media)
    if (this.#items.has(key)) return
    this.#items.set(key, item)
    this.#waiting.push(item)
    if (this.#frame === 0) this.#placeSome()
  }

  itemOf(key: string): Item | undefined {
    return this.#items.get(key)
  }

  /** Shows the items that contain each word of `text`, whatever its case and accents; returns their number. */
  filter(text: string): number {
    this.#search = plain(text)
    for (const card of this.cards.values()) this.#hide(card)
    for (const group of this.#groups.values()) {
      group.hidden = group.querySelector('.card:not([hidden])') === null
    }
    return this.items.filter((item) => this.#matches(item)).length
  }

  #placeSome(): void {
    this.#frame = 0
    for (const item of this.#waiting.splice(0, perFrame)) {
      const card = this.#make(item)
      this.cards.set(mediaKey(item.media), card)
      this.#hide(card)
      this.#listOf(item.group ?? '').append(card.root)
    }
    if (this.#waiting.length > 0) this.#frame = requestAnimationFrame(() => this.#placeSome())
    else if (this.#search !== '') this.filter(this.#search)
  }

  #listOf(name: string): HTMLElement {
    let group = this.#groups.get(name)
    if (group === undefined) {
      const heading = element('h2', { dir: 'auto', class: 'heading' }, name)
      const list = element('ul', { class: 'list' })
      group = element('section', { class: 'group' }, ...(name === '' ? [] : [heading]), list)
      this.#groups.set(name, group)
      this.#host.append(group)
    }
    return group.lastElementChild as HTMLElement
  }

  #hide(card: Card): void {
    card.root.hidden = !this.#matches(card.item)
  }

  #matches({ title, subtitle = '', group = '' }: Item): boolean {
    if (this.#search === '') return true
    const text = plain(`${title} ${subtitle} ${group}`)
    return this.#search.split(/\s+/).every((word) => text.includes(word))
  }
}

/** Lower case without accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
