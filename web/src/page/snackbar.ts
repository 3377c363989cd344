// Short messages at the foot of the page. Screen readers announce them. They disappear by themselves
// unless the pointer or the focus is on them. They never lie over the end of the page, or over the card in use.

import { button, byId, element } from './dom.js'

export interface SnackOptions {
  readonly isError?: boolean
  readonly action?: { readonly label: string; readonly act: () => void }
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

export function showSnack({ text, isError = false, action, dismissLabel, onGone }: Snack): void {
  const host = byId('snackbars')
  const wasAtEnd = isAtEnd()
  const bar = element('div', {
    class: isError ? 'snack error' : 'snack',
    role: isError ? 'alert' : 'status',
  })
  const remove = (): void => {
    bar.remove()
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
    host.childElementCount > atOnce || (host.childElementCount > 1 && host.offsetHeight > innerHeight / 2)
  while (isTooMuch()) host.firstElementChild?.dispatchEvent(new Event('close'))
  keepClear(host)
  setTimeout(() => uncover(host, wasAtEnd), settleTime)
}

function isAtEnd(): boolean {
  return scrollY + innerHeight > document.documentElement.scrollHeight - 8
}

/** What the focus moves to is shown above the messages. */
function keepClear(host: HTMLElement): void {
  const isBeside = getComputedStyle(host).position === 'fixed'
  const room = isBeside || host.childElementCount === 0 ? '' : `${host.offsetHeight + 24}px`
  document.documentElement.style.scrollPaddingBottom = room
}

/** Moves the page up if a message has come to lie over its end, or over what is in use. */
function uncover(host: HTMLElement, wasAtEnd: boolean): void {
  const { activeElement, body, documentElement } = document
  if (wasAtEnd) {
    scrollTo({ top: documentElement.scrollHeight })
  } else if (activeElement !== null && activeElement !== body && !host.contains(activeElement)) {
    const end = host.getBoundingClientRect().top
    const card = activeElement.closest<HTMLElement>('.card')
    const used = card !== null && card.offsetHeight < end ? card : activeElement
    const { top, bottom } = used.getBoundingClientRect()
    // Not what the user has scrolled away from.
    if (top < innerHeight && bottom > end) used.scrollIntoView({ block: 'nearest' })
  }
}
