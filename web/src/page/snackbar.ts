// Short messages at the foot of the window, in a bar of their own: while it is there, the window is that much shorter. The
// page moves up where the bar would hide its end, the card in use, or the card that has failed. Screen readers announce
// the messages. They disappear by themselves unless the pointer or the focus is on them.

import { button, byId, element } from './dom.js'

export interface SnackOptions {
  readonly isError?: boolean
  readonly action?: { readonly label: string; readonly act: () => void }
  /** The card that the message is about: the page shows it above. */
  readonly about?: HTMLElement | undefined
  /** It is closed, and its action was not used. */
  readonly onGone?: () => void
}

export interface Snack extends SnackOptions {
  readonly text: string
  readonly dismissLabel: string
}

const shownFor = 7_000
const atOnce = 2
const settleTime = 100 // milliseconds for the card that a message is about to take its new height

export function showSnack({ text, isError = false, action, dismissLabel, about, onGone }: Snack): void {
  const host = byId('snackbars')
  const wasAtEnd = isAtEnd()
  const bar = element('div', {
    class: isError ? 'snack error' : 'snack',
    role: isError ? 'alert' : 'status',
  })
  const remove = (): void => {
    bar.remove()
    if (subject === about) subject = undefined
    keepClear(host)
  }
  let isOpen = true
  const close = (hasActed = false): void => {
    clearTimeout(timer)
    if (isOpen && !hasActed) onGone?.()
    isOpen = false
    bar.classList.add('leaving')
    setTimeout(remove, 250)
  }
  let timer = setTimeout(() => close(), shownFor)
  const hold = (): void => clearTimeout(timer)
  const release = (): void => {
    clearTimeout(timer) // the pointer may leave after the focus has
    timer = setTimeout(() => close(), shownFor)
  }
  bar.addEventListener('pointerenter', hold)
  bar.addEventListener('focusin', hold)
  bar.addEventListener('pointerleave', release)
  bar.addEventListener('focusout', release)

  bar.addEventListener('close', () => {
    close()
    remove()
  })

  for (const old of [...host.children]) {
    // A repeated message replaces the first.
    if (old.firstElementChild?.textContent === text) old.dispatchEvent(new Event('close'))
  }
  host.append(bar)
  bar.append(element('span', {}, text)) // screen readers announce text that is added to an existing element
  if (action !== undefined) {
    const act = element('button', { type: 'button', class: 'snack-action' }, action.label)
    act.addEventListener('click', () => {
      action.act()
      close(true)
    })
    bar.append(act)
  }
  bar.append(button({ class: 'quiet icon-only' }, 'close', dismissLabel, () => close()))
  const isTooMuch = (): boolean =>
    host.childElementCount > atOnce || (host.childElementCount > 1 && host.scrollHeight > innerHeight / 2)
  while (isTooMuch()) host.firstElementChild?.dispatchEvent(new Event('close'))
  subject = about ?? subject
  keepClear(host)
  setTimeout(() => uncover(host, wasAtEnd), settleTime)
}

/** The card of the last message that has one. */
let subject: HTMLElement | undefined
/** Cards get their true height when they come into view, so the end of a scroll may not be where it was meant to be. */
let corrections = 0

/** Keeps what is in use above the messages when a phone is turned, text grows, or the keyboard moves on. */
export function watchSnacks(): void {
  const host = byId('snackbars')
  const again = (): void => uncover(host, false)
  new ResizeObserver(() => {
    keepClear(host)
    again()
  }).observe(host)
  addEventListener('resize', again)
  addEventListener('scrollend', () => {
    if (corrections-- > 0) raiseAll(host)
  })
  addEventListener('focusin', ({ target }) => {
    if ((target as Element).matches(':focus-visible')) again() // under a pointer, nothing moves
  })
}

function isAtEnd(): boolean {
  return scrollY + innerHeight > document.documentElement.scrollHeight - 8
}

/** What the focus moves to is shown above the messages. */
function keepClear(host: HTMLElement): void {
  const { dataset, style } = document.documentElement
  const isEmpty = host.childElementCount === 0
  const isBeside = getComputedStyle(host).position === 'fixed'
  style.scrollPaddingBottom = isBeside || isEmpty ? '' : `${host.offsetHeight + 8}px`
  if (isEmpty) delete dataset['message']
  else dataset['message'] = ''
}

/** Moves the page up if the messages hide its end, or a part of what is in use. */
function uncover(host: HTMLElement, wasAtEnd: boolean): void {
  if (host.childElementCount === 0) return
  corrections = 3
  if (wasAtEnd) scrollTo({ top: document.documentElement.scrollHeight })
  else raiseAll(host)
}

function raiseAll(host: HTMLElement): void {
  const end = host.childElementCount === 0 ? Infinity : host.getBoundingClientRect().top
  for (const each of [subject, document.activeElement]) {
    if (each?.isConnected && each !== document.body && !host.contains(each)) raise(each, end)
  }
}

/** Shows `used` above `end`: with its card if that fits, else with the buttons beside it. */
function raise(used: Element, end: number): void {
  const card = used.closest<HTMLElement>('.card')
  const buttons = card?.querySelector('.buttons')
  const part = buttons && (used === card || buttons.contains(used)) ? buttons : used
  const whole = card !== null && card.offsetHeight < end ? card : part
  const { top, bottom } = whole.getBoundingClientRect()
  // Not what the user has scrolled away from.
  if (top < innerHeight && bottom > end) whole.scrollIntoView({ block: 'nearest' })
}
