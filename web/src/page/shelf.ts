// The cards of the page, in groups. Those of the first screen are made at once, the others when the browser has nothing
// else to do, so that a long list does not block a phone; the style leaves out the layout of those that are not on the
// screen. A key, a search or a print does not wait: it makes the rest first.

import { mediaKey } from '../lib/index.js'
import type { Card } from './card.js'
import type { Item } from './catalogue.js'
import { element } from './dom.js'

const firstScreen = 12 // cards: more than a phone shows, about as many as a desktop does
const slice = 8 // milliseconds for the cards that are made without a pause

interface Group {
  readonly root: HTMLElement
  readonly list: HTMLElement
}

export class Shelf {
  readonly cards = new Map<string, Card>()
  readonly #host: HTMLElement
  readonly #make: (item: Item) => Card
  readonly #groups = new Map<string, Group>()
  readonly #byRoot = new WeakMap<Element, Card>()
  readonly #texts = new WeakMap<Item, string>()
  #items = new Map<string, Item>()
  #waiting: Item[] = []
  #search: string[] = []
  #isScheduled = false
  #began = 0

  constructor(host: HTMLElement, make: (item: Item) => Card) {
    this.#host = host
    this.#make = make
    host.addEventListener('click', ({ target }) => {
      const pressed = (target as Element).closest<HTMLElement>('button')
      const card = pressed?.closest('.card')
      if (card) this.#byRoot.get(card)?.press(pressed!.dataset['act'])
    })
    // Of the thumbnails; it does not bubble.
    host.addEventListener('error', ({ target }) => (target as Element).remove(), { capture: true })
    for (const event of ['keydown', 'beforeprint']) addEventListener(event, () => this.#place(Infinity), { capture: true })
  }

  get items(): readonly Item[] {
    return [...this.#items.values()]
  }

  /** Shows these items; cards of the same items stay as they are. */
  replace(items: readonly Item[]): void {
    const known = this.items
    this.#items = new Map(items.map((item) => [mediaKey(item.media), item]))
    if (!this.#host.hidden && JSON.stringify(known) === JSON.stringify(this.items)) return
    this.#host.replaceChildren()
    this.#groups.clear()
    this.cards.clear()
    this.#waiting = this.items.slice()
    this.#host.hidden = false
    this.#host.setAttribute('aria-busy', 'false')
    this.#began = performance.now()
    this.#place(0, firstScreen)
  }

  /** Adds one item at the end, unless it is there already. */
  add(item: Item): void {
    const key = mediaKey(item.media)
    if (this.#items.has(key)) return
    this.#items.set(key, item)
    this.#waiting.push(item)
    if (!this.#isScheduled) this.#place(0, 1)
  }

  itemOf(key: string): Item | undefined {
    return this.#items.get(key)
  }

  /** Shows the items that contain each word of `text`, whatever its case and accents; returns their number. */
  filter(text: string): number {
    this.#search = plain(text).split(/\s+/).filter(Boolean)
    this.#place(Infinity)
    return this.#hideOthers()
  }

  #hideOthers(): number {
    const shown = new Set<HTMLElement | null>()
    let count = 0
    for (const card of this.cards.values()) {
      const isFound = this.#matches(card.item)
      card.root.hidden = !isFound
      if (!isFound) continue
      count++
      shown.add(card.root.parentElement)
    }
    for (const { root, list } of this.#groups.values()) root.hidden = !shown.has(list)
    return count
  }

  /** Makes cards for so many milliseconds, and at least `least` of them. */
  #place(time: number, least = 0): void {
    const { length } = this.#waiting
    if (length === 0) return
    const end = performance.now() + time
    const lists = new Map<Group, DocumentFragment>()
    let done = 0
    while (done < length && (done < least || performance.now() < end)) {
      const item = this.#waiting[done++]!
      const card = this.#make(item)
      this.cards.set(mediaKey(item.media), card)
      this.#byRoot.set(card.root, card)
      const group = this.#groupOf(item.group ?? '')
      let rows = lists.get(group)
      if (rows === undefined) lists.set(group, (rows = new DocumentFragment()))
      rows.append(card.root)
    }
    this.#waiting.splice(0, done)
    for (const [{ list }, rows] of lists) list.append(rows)
    if (this.#search.length > 0) this.#hideOthers()
    if (this.#waiting.length > 0) this.#schedule()
    else performance.measure('sluice-list', { start: this.#began }) // for the browser's own tools, and Lighthouse
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    whenIdle(() => {
      this.#isScheduled = false
      this.#place(slice, 1)
    })
  }

  #groupOf(name: string): Group {
    let group = this.#groups.get(name)
    if (group === undefined) {
      const heading = element('h2', { dir: 'auto', class: 'heading' }, name)
      const list = element('ul', { class: 'list' })
      group = { root: element('section', { class: 'group' }, ...(name === '' ? [] : [heading]), list), list }
      this.#groups.set(name, group)
      this.#host.append(group.root)
    }
    return group
  }

  #matches(item: Item): boolean {
    if (this.#search.length === 0) return true
    const { title, subtitle = '', group = '' } = item
    let text = this.#texts.get(item)
    if (text === undefined) this.#texts.set(item, (text = plain(`${title} ${subtitle} ${group}`)))
    return this.#search.every((word) => text.includes(word))
  }
}

/** Lower case without accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** After the next picture of the page, and soon even if the browser is never idle; not every browser can tell. */
function whenIdle(act: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(act, { timeout: 100 })
  else setTimeout(act, 20)
}
